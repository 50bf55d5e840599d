/* Passwords as Argon2id hashes (RFC 9106; libsodium's INTERACTIVE: 64 MiB, 2 passes, about 80 ms).
 *
 * Both calls block for that long and take that much memory: how many run at once is the caller's
 * to limit. */
#ifndef CARRITO_COLLECTOR_PASSWORDS_H
#define CARRITO_COLLECTOR_PASSWORDS_H

#include "common/json_read.h"

#include <stdbool.h>

#define PASSWORD_HASH_SIZE 128
#define PASSWORD_MIN       8   /* code points; NIST SP 800-63B, 5.1.1.1 */
#define PASSWORD_MAX       256 /* code points */

/* May it be somebody's new password? Not what has a token's form, which would never be looked at,
 * nor what everybody uses (common_passwords.txt). Its length is the caller's. False, and why: of
 * `field`. */
bool password_may_be(const char *field, const char *password, struct json_reason *why);
/* False where memory is short, logged. */
bool password_hash(const char *password, char hash[PASSWORD_HASH_SIZE]);
/* True where it is the password that `hash` was made from. With a NULL hash (there is no such user)
 * the same work is done for nothing, so that the time tells nobody which users exist. */
bool password_check(const char *hash, const char *password);

#endif
