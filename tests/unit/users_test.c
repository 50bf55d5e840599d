/* Claims about users as rows: somebody can always manage them, and whoever is removed is out. */
#include "collector/access/users.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOON 1790000000000LL

static int open_empty(void **state)
{
    *state = store_open("sqlite://:memory:", STORE_REPEATABLE);
    return store_migrate(*state) == STORE_OK ? 0 : -1;
}

static int close_it(void **state)
{
    store_close(*state);
    return 0;
}

static void the_last_admin_stays(void **state)
{
    struct store *store = *state;
    struct identity who = { .role = ROLE_ADMIN, .name = "eva" };
    struct token token;

    user_add(store, &(struct user){ "ana", ROLE_ADMIN, NULL, "x" }, NOON);
    user_add(store, &(struct user){ "luz", ROLE_OPERATOR, NULL, "x" }, NOON);
    assert_int_equal(user_remove(store, "ana"), USER_LAST_ADMIN);
    assert_int_equal(user_remove(store, "nobody"), USER_UNKNOWN);
    assert_int_equal(user_remove(store, "luz"), USER_CHANGED);
    user_add(store, &(struct user){ "eva", ROLE_ADMIN, NULL, "x" }, NOON);
    token_give(store, &who, "eva", &token, NOON);
    token_read(store, token.text, NOON, &who);
    assert_int_equal(who.role, ROLE_ADMIN);
    assert_int_equal(user_remove(store, "eva"), USER_CHANGED);
    token_read(store, token.text, NOON, &who);
    assert_int_equal(who.role, ROLE_NONE);
}

static enum role role_of(struct store *store, const struct token *token)
{
    struct identity who;

    token_read(store, token->text, NOON, &who);
    return who.role;
}

static enum user_change give_role(struct store *store, const char *name, enum role role,
                                  const char *cart)
{
    return user_set_role(store, &(struct user){ name, role, cart, NULL });
}

static void a_change_of_role_ends_what_stood_for_the_old_one(void **state)
{
    struct store *store = *state;
    struct identity luz = { .role = ROLE_OPERATOR, .name = "luz" };
    struct identity phone = { .role = ROLE_TRACKER, .name = "bbcl23" };
    struct token session, of_a_phone;
    struct account account;

    user_add(store, &(struct user){ "ana", ROLE_ADMIN, NULL, "x" }, NOON);
    user_add(store, &(struct user){ "luz", ROLE_OPERATOR, NULL, "x" }, NOON);
    token_give(store, &luz, "luz", &session, NOON);
    token_give(store, &phone, "luz", &of_a_phone, NOON);
    assert_int_equal(give_role(store, "luz", ROLE_OPERATOR, NULL), USER_SAME);
    assert_int_equal(role_of(store, &session), ROLE_OPERATOR);
    assert_int_equal(give_role(store, "luz", ROLE_VENDOR, "BBCL23"), USER_CHANGED);
    assert_int_equal(role_of(store, &session), ROLE_NONE);
    assert_int_equal(role_of(store, &of_a_phone), ROLE_TRACKER);
    account_read(store, "luz", &account);
    assert_int_equal(account.role, ROLE_VENDOR);
    assert_string_equal(account.cart, "BBCL23");
    assert_int_equal(give_role(store, "luz", ROLE_VENDOR, "BBCL24"), USER_CHANGED);
    assert_int_equal(give_role(store, "nobody", ROLE_VIEWER, NULL), USER_UNKNOWN);
}

static void the_last_admin_stays_one(void **state)
{
    struct store *store = *state;
    struct account account;

    user_add(store, &(struct user){ "ana", ROLE_ADMIN, NULL, "x" }, NOON);
    assert_int_equal(give_role(store, "ana", ROLE_VIEWER, NULL), USER_LAST_ADMIN);
    user_add(store, &(struct user){ "luz", ROLE_VIEWER, NULL, "x" }, NOON);
    assert_int_equal(give_role(store, "luz", ROLE_ADMIN, NULL), USER_CHANGED);
    assert_int_equal(give_role(store, "ana", ROLE_VIEWER, NULL), USER_CHANGED);
    account_read(store, "ana", &account);
    assert_int_equal(account.role, ROLE_VIEWER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "the last admin stays, and a removed user's tokens end", the_last_admin_stays, open_empty,
          close_it, NULL },
        { "a change of role ends what stood for the old one",
          a_change_of_role_ends_what_stood_for_the_old_one, open_empty, close_it, NULL },
        { "the last admin stays one", the_last_admin_stays_one, open_empty, close_it, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
