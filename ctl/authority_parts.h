/* What authority.c and authority_list.c share, and nobody else. */
#ifndef CARRITO_CTL_AUTHORITY_PARTS_H
#define CARRITO_CTL_AUTHORITY_PARTS_H

#include "ctl/authority.h"

#include <openssl/x509.h>

#define AUTHORITY_KEY         "carts-ca.key"
#define AUTHORITY_CERTIFICATE "carts-ca.crt"
#define AUTHORITY_LIST        "carts.crl"
#define AUTHORITY_CARTS       "carts"

struct authority {
    enum lang language;
    char *folder;
    EVP_PKEY *key;
    X509 *own;
    bool complete; /* both are there and fit each other */
};

struct authority_time {
    int64_t now_ms, days;
};

/* Writes the list as it is in the folder, or an empty one, signed anew. */
bool authority_write_list(struct authority *authority, int64_t now_ms);
/* Says that the file could not be written, by errno; false. */
bool authority_told(enum lang language, const char *path);

#endif
