/* `Authorization: Basic` (RFC 7617), for phones, which know nothing else: the password is a token
 * of that name, or the user's own password.
 *
 * A password costs 80 ms to check and counts as an attempt to sign in, so it is checked once: what
 * comes of it is a token like any other, remembered here, which ends when the user's tokens end. */
#ifndef CARRITO_COLLECTOR_BASIC_H
#define CARRITO_COLLECTOR_BASIC_H

#include "collector/access/access.h"
#include "collector/access/passwords.h"
#include "collector/base/tokens.h"
#include "collector/http/request.h"

#include <stdbool.h>

#define BASIC_REMEMBERED_MAX                                                                       \
    4096 /* the oldest goes first; who is forgotten is hashed at each call */

struct basic {
    char user[USER_NAME_MAX + 1];
    char password[PASSWORD_MAX * 4 + 1];
    char key[TOKEN_HASH_SIZE]; /* a hash of both */
};

/* False where the header is absent or cannot be read. Pure. */
bool basic_read(const struct request *request, struct basic *basic);

struct basic_tokens;

struct basic_tokens *basic_tokens_open(void);
void basic_tokens_close(struct basic_tokens *tokens);
/* The token that this name and password were given before. Thread-safe, as is the next. */
bool basic_tokens_find(struct basic_tokens *tokens, const struct basic *basic,
                       char token[TOKEN_SIZE]);
void basic_tokens_keep(struct basic_tokens *tokens, const struct basic *basic, const char *token);

#endif
