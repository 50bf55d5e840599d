/* Bearer tokens: 256 random bits for the client, a SHA-256 hash of them for the store. Whoever
 * reads the store cannot sign in with what is in it; no slow hash is needed, because there is
 * nothing to guess. */
#ifndef CARRITO_COLLECTOR_TOKENS_H
#define CARRITO_COLLECTOR_TOKENS_H

#include <stdbool.h>

#define TOKEN_SIZE      44 /* base64url without padding, and NUL */
#define TOKEN_HASH_SIZE 65 /* hexadecimal, and NUL */

void token_make(char token[TOKEN_SIZE]);
/* Of any text: what is no token has a hash that is in no store. */
void token_hash(const char *token, char hash[TOKEN_HASH_SIZE]);
/* True where it has a token's form. Such a text is a token that may have ended, and never a try at
 * a password: a phone goes on with its old one for weeks. */
bool token_has_form(const char *text);

#endif
