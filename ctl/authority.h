/* The guild's authority over its carts: a folder, best on no server, with its key and certificate
 * (carts-ca.key, carts-ca.crt), what it has signed (carts/PLATE.SERIAL.crt), and the list of what
 * it has taken back (carts.crl; RFC 5280, section 5). A cart's certificate has the plate as its
 * common name, which the broker takes for the user's name (deploy/mosquitto).
 *
 * By libcrypto. All calls block for the disk; a key with a password asks for it at the terminal.
 * Where one returns false or NULL, the person was told why. */
#ifndef CARRITO_CTL_AUTHORITY_H
#define CARRITO_CTL_AUTHORITY_H

#include "common/buffer.h"
#include "ctl/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct authority;

/* Where the folder has neither key nor certificate: makes both, and an empty list. */
bool authority_make_first(enum lang language, const char *folder, int64_t now_ms);
struct authority *authority_open(enum lang language, const char *folder);
void authority_close(struct authority *authority);

struct authority_wish {
    const char *cart;
    const char *request; /* PEM; of it only the public key is signed, where it proves itself */
    int64_t days;        /* from now; it begins a day before, for who is a little behind */
    int64_t now_ms;
};

/* Appends the certificate, which is kept in the folder first. */
bool authority_sign(struct authority *authority, const struct authority_wish *wish,
                    struct buffer *certificate);

/* Whether the cart has a certificate of the folder that has not ended and was not taken back. */
bool authority_has_valid(struct authority *authority, const char *cart, int64_t now_ms);

/* Takes all of the cart's certificates back that have not ended, however its plate is spelt in
 * them, and writes the list anew. */
bool authority_revoke(struct authority *authority, const char *cart, int64_t now_ms);

#define AUTHORITY_LIST_BYTES_MAX (16 * 1024 * 1024) /* some 300,000 certificates */

/* Whether a broker may get the list at `from` for that at `to`: signed by the authority whose
 * certificate, carts-ca.crt, lies beside the latter, and not older than it. Any other one would
 * shut every cart out. */
bool authority_list_may_replace(enum lang language, const char *from, const char *to);

/* Appends the authority's own certificate, PEM. */
bool authority_certificate(const struct authority *authority, struct buffer *certificate);

/* FOLDER/NAME; the caller frees. */
char *authority_path(const char *folder, const char *name);

#endif
