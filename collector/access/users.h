/* Users and tokens in the store. The caller opens and judges the transaction; nothing here hashes
 * a password. Calls block for the store. */
#ifndef CARRITO_COLLECTOR_USERS_H
#define CARRITO_COLLECTOR_USERS_H

#include "collector/access/access.h"
#include "collector/access/passwords.h"
#include "collector/base/tokens.h"
#include "collector/store/store.h"

/* What the store knows of a user, whether there is one or not. */
struct account {
    bool known;
    enum role role;
    char cart[CART_LENGTH_MAX + 1];
    char password[PASSWORD_HASH_SIZE]; /* the hash; "" where not known */
};

struct user {
    const char *name;
    enum role role;
    const char *cart;     /* a vendor's plate; else NULL */
    const char *password; /* the hash */
};

/* `[A-Za-z0-9][A-Za-z0-9._@-]{0,63}`: a name that needs no quoting anywhere. */
bool user_name_is_valid(const char *name);
/* True where a name that somebody types has a control sign: it is nobody's, and is not counted. */
bool user_name_has_control(const char *name);

void account_read(struct store *store, const char *name, struct account *account);
/* The writers say whether something changed: false also where the name is taken, or unknown. */
bool user_add(struct store *store, const struct user *user, int64_t now_ms);
/* Also ends the user's tokens: whoever had the old password is out. Phones that it made go on. */
bool user_set_password(struct store *store, const char *name, const char *password_hash);
/* USER_SAME: nothing was to be changed. USER_LAST_ADMIN: nothing was, for somebody must manage
 * them. */
enum user_change { USER_CHANGED, USER_SAME, USER_UNKNOWN, USER_LAST_ADMIN };
/* Also ends the user's tokens. */
enum user_change user_remove(struct store *store, const char *name);
/* Another role, and of a vendor another plate; `user->password` is not looked at. Where anything
 * changes, what stands for the user ends: a token has the role that it was given with. Phones that
 * the user has made go on. */
enum user_change user_set_role(struct store *store, const struct user *user);

/* The sign-ins of who speaks for a cart end: its vendors with their tokens, and its phones. */
void users_end_of_cart(struct store *store, const char *cart);

/* All users by name. Texts live until the next call. */
struct user_row {
    const char *name, *role, *cart;       /* cart "": none */
    int64_t created_ms, blocked_until_ms; /* wall clock; 0: not blocked */
};
struct store_rows *user_list(struct store *store);
bool user_list_next(struct store_rows *rows, struct user_row *row);

/* A token that is made: for a person to keep, and for the table. */
struct token {
    char id[EPOCH_LENGTH_MAX + 1];
    char text[TOKEN_SIZE]; /* shown once */
};

/* Makes a token, and drops those that have expired. who->expires_ms as there. `owner` is the user
 * that it ends with; NULL: it stands for no user. */
void token_give(struct store *store, const struct identity *who, const char *owner,
                struct token *token, int64_t now_ms);
/* Who the token stands for; role ROLE_NONE where it is unknown or has expired. */
void token_read(struct store *store, const char *token, int64_t now_ms, struct identity *who);
void token_end(struct store *store, const char *token);
/* False where there is none. */
bool token_end_by_id(struct store *store, const char *id);

#endif
