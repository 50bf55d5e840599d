/* Proves that what operators want of a role is kept, and that a store that does not answer changes
 * nothing. */
#include "collector/store/role_desired.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct store *open_store(void)
{
    struct store *store = store_open("sqlite://:memory:", STORE_REPEATABLE);

    assert_non_null(store);
    assert_int_equal(store_migrate(store), STORE_OK);
    return store;
}

static void want(struct store *store, enum role_desired wish)
{
    role_desired_set(store, &(struct role_desired_change){ "sales", wish, "ana", 5 });
}

static void a_role_runs_until_somebody_stops_it(void **state)
{
    struct store *store = open_store();
    (void)state;

    assert_int_equal(role_desired_read(store, "sales", ROLE_DESIRED_STOP), ROLE_DESIRED_RUN);
    want(store, ROLE_DESIRED_STOP);
    assert_int_equal(role_desired_read(store, "sales", ROLE_DESIRED_RUN), ROLE_DESIRED_STOP);
    assert_int_equal(role_desired_read(store, "location", ROLE_DESIRED_STOP), ROLE_DESIRED_RUN);
    want(store, ROLE_DESIRED_RUN);
    assert_int_equal(role_desired_read(store, "sales", ROLE_DESIRED_STOP), ROLE_DESIRED_RUN);
    store_close(store);
}

static void a_store_that_fails_leaves_all_as_it_is(void **state)
{
    struct store *store = open_store();
    (void)state;

    store_run(store, "DROP TABLE role_wishes", "");
    assert_int_equal(role_desired_read(store, "sales", ROLE_DESIRED_STOP), ROLE_DESIRED_STOP);
    store_rollback(store);
    assert_int_equal(role_desired_read(store, "sales", ROLE_DESIRED_RUN), ROLE_DESIRED_RUN);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        { "a role runs until somebody stops it", a_role_runs_until_somebody_stops_it, NULL, NULL,
          NULL },
        { "a store that fails leaves all as it is", a_store_that_fails_leaves_all_as_it_is, NULL,
          NULL, NULL },
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
