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
    assert_int_equal(user_remove(store, "luz"), USER_REMOVED);
    user_add(store, &(struct user){ "eva", ROLE_ADMIN, NULL, "x" }, NOON);
    token_give(store, &who, "eva", &token, NOON);
    token_read(store, token.text, NOON, &who);
    assert_int_equal(who.role, ROLE_ADMIN);
    assert_int_equal(user_remove(store, "eva"), USER_REMOVED);
    token_read(store, token.text, NOON, &who);
    assert_int_equal(who.role, ROLE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "the last admin stays, and a removed user's tokens end", the_last_admin_stays, open_empty,
          close_it, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
