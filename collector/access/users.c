/* Users and tokens as rows. */
#include "collector/access/users.h"

#include "users_sql.h"

#include "common/event.h"
#include "common/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

bool user_name_is_valid(const char *name)
{
    size_t length = strlen(name);
    if (length > USER_NAME_MAX || !isalnum((unsigned char)name[0]))
        return false;
    for (const char *c = name; *c != '\0'; c++)
        if (!isascii((unsigned char)*c) || (!isalnum((unsigned char)*c) && !strchr("._@-", *c)))
            return false;
    return true;
}

bool user_name_has_control(const char *name)
{
    for (; *name != '\0'; name++)
        if (iscntrl((unsigned char)*name))
            return true;
    return false;
}

void account_read(struct store *store, const char *name, struct account *account)
{
    memset(account, 0, sizeof *account);
    struct store_rows *rows = store_query(store, SQL_USER_FIND, "t", name);
    if (store_next(rows)) {
        account->known = true;
        account->role = role_from_name(store_text(rows, 0));
        text_put(account->cart, sizeof account->cart, store_text(rows, 1));
        text_put(account->password, sizeof account->password, store_text(rows, 2));
    }
    store_rows_end(rows);
}

bool user_add(struct store *store, const struct user *user, int64_t now_ms)
{
    return store_run(store, SQL_USER_ADD, "tttti", user->name, role_name(user->role), user->cart,
                     user->password, now_ms) &&
           store_changed(store) > 0;
}

bool user_set_password(struct store *store, const char *name, const char *password_hash)
{
    bool changed =
        store_run(store, SQL_USER_PASSWORD, "tt", password_hash, name) && store_changed(store) > 0;
    store_run(store, SQL_TOKENS_REMOVE_SIGNED_IN, "t", name);
    return changed;
}

void users_end_of_cart(struct store *store, const char *cart)
{
    store_run(store, SQL_TOKENS_OF_CART_REMOVE, "t", cart);
    store_run(store, SQL_USERS_OF_CART_REMOVE, "t", cart);
}

enum user_change user_remove(struct store *store, const char *name)
{
    struct account account;
    bool removed = store_run(store, SQL_USER_REMOVE, "t", name) && store_changed(store) > 0;

    if (removed) {
        store_run(store, SQL_TOKENS_REMOVE_OF, "t", name);
        return USER_CHANGED;
    }
    account_read(store, name, &account);
    return account.known ? USER_LAST_ADMIN : USER_UNKNOWN;
}

enum user_change user_set_role(struct store *store, const struct user *user)
{
    const char *cart = user->cart != NULL ? user->cart : "";
    struct account account;

    account_read(store, user->name, &account);
    if (!account.known)
        return USER_UNKNOWN;
    if (account.role == user->role && strcmp(account.cart, cart) == 0)
        return USER_SAME;
    if (!store_run(store, SQL_USER_ROLE, "ttt", role_name(user->role), user->cart, user->name) ||
        store_changed(store) == 0)
        return USER_LAST_ADMIN;
    store_run(store, SQL_TOKENS_REMOVE_OWN, "t", user->name);
    return USER_CHANGED;
}

struct store_rows *user_list(struct store *store)
{
    return store_query(store, SQL_USER_LIST, "");
}

bool user_list_next(struct store_rows *rows, struct user_row *row)
{
    if (!store_next(rows))
        return false;
    const char *cart = store_text(rows, 2);
    *row = (struct user_row){ .name = store_text(rows, 0),
                              .role = store_text(rows, 1),
                              .cart = cart != NULL ? cart : "",
                              .created_ms = store_int(rows, 3),
                              .blocked_until_ms = store_int(rows, 4) };
    return true;
}

/* A parameter of type i cannot be null, so a token without an end gets one that never comes. */
#define NEVER_MS INT64_MAX

void token_give(struct store *store, const struct identity *who, const char *owner,
                struct token *token, int64_t now_ms)
{
    char hash[TOKEN_HASH_SIZE];
    token_make(token->text);
    token_hash(token->text, hash);
    epoch_make(token->id);
    store_run(store, SQL_TOKENS_REMOVE_EXPIRED, "i", now_ms);
    store_run(store, SQL_TOKEN_ADD, "ttttttii", hash, token->id, who->name, owner,
              role_name(who->role), who->cart[0] != '\0' ? who->cart : NULL, now_ms,
              who->expires_ms > 0 ? who->expires_ms : NEVER_MS);
}

void token_read(struct store *store, const char *token, int64_t now_ms, struct identity *who)
{
    char hash[TOKEN_HASH_SIZE];
    memset(who, 0, sizeof *who);
    token_hash(token, hash);
    struct store_rows *rows = store_query(store, SQL_TOKEN_FIND, "t", hash);
    if (store_next(rows) && store_int(rows, 3) > now_ms) {
        int64_t expires_ms = store_int(rows, 3);
        text_put(who->name, sizeof who->name, store_text(rows, 0));
        who->role = role_from_name(store_text(rows, 1));
        text_put(who->cart, sizeof who->cart, store_text(rows, 2));
        who->expires_ms = expires_ms == NEVER_MS ? 0 : expires_ms;
    }
    store_rows_end(rows);
}

void token_end(struct store *store, const char *token)
{
    char hash[TOKEN_HASH_SIZE];
    token_hash(token, hash);
    store_run(store, SQL_TOKEN_REMOVE, "t", hash);
}

bool token_end_by_id(struct store *store, const char *id)
{
    return store_run(store, SQL_TOKEN_REMOVE_BY_ID, "t", id) && store_changed(store) > 0;
}
