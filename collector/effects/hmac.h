/* HMAC-SHA256 (RFC 2104, FIPS 180-4) by libsodium, in hexadecimal: signs what is posted, so that
 * the receiver can tell that it comes from here. */
#ifndef CARRITO_COLLECTOR_HMAC_H
#define CARRITO_COLLECTOR_HMAC_H

#include <stddef.h>

#define HMAC_TEXT_SIZE 65 /* 64 hexadecimal digits and NUL */

struct hmac_key {
    const void *bytes;
    size_t length;
};

void hmac_sha256(const struct hmac_key *key, const void *bytes, size_t length,
                 char text[HMAC_TEXT_SIZE]);

#endif
