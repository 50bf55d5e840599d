/* By what a cart proves its plate to a broker: a key, and a certificate whose common name is the
 * plate (RFC 5280); and how it asks for the next one (PKCS #10, RFC 2986). By libcrypto; all texts
 * are PEM. Pure but for the system's random numbers; nothing blocks. */
#ifndef CARRITO_COMMON_CREDENTIAL_H
#define CARRITO_COMMON_CREDENTIAL_H

#include "common/buffer.h"
#include "common/event.h"

#include <stdbool.h>

#define CREDENTIAL_PEM_MAX 16384 /* bytes of one text; a longer one is refused */

/* Appends a new key (P-256; PKCS #8, without a password). False where libcrypto fails. */
bool credential_make_key(struct buffer *key);

/* Appends a request for a certificate of this plate, signed with the key. False where the text is
 * no key, or libcrypto fails. */
bool credential_make_request(const char *key, const char *cart, struct buffer *request);

/* The plate that the first certificate of the text names; false where it names none. */
bool credential_cart(const char *certificate, char cart[CART_LENGTH_MAX + 1]);

struct credential {
    const char *key, *certificate;
    const char *authority; /* that must have signed the certificate; NULL: not looked at */
};

/* What is wrong with them for this cart, in words; NULL: nothing. The clock is not asked, since
 * that of a board may say 1970: only a certificate that had ended at `built_ms`, when this program
 * was made, has surely ended. */
const char *credential_wrong(const struct credential *credential, const char *cart,
                             int64_t built_ms);

/* Whether the text has a certificate that can be read. */
bool credential_readable(const char *certificate);

/* Whether one authority, by its name and its key's id, has signed both. */
bool credential_same_authority(const char *certificate, const char *other);

#endif
