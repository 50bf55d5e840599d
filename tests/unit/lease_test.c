/* Claims about the lease: one holds it, another takes over once that one has stood still, and one
 * that was paused finds out before it acts. */
#include "collector/effects/lease.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

static void one_has_it(void **state)
{
    struct lease a = { .name = "x" }, b = { .name = "x" }, other = { .name = "y" };

    assert_true(lease_keep(&a, *state, 0));
    for (int64_t t = 0; t < 60000; t += 500) {
        assert_true(lease_keep(&a, *state, t));
        assert_false(lease_keep(&b, *state, t + 1000000)); /* clocks have nothing in common */
    }
    assert_true(lease_keep(&other, *state, 0));
}

static void a_dead_owner_is_followed(void **state)
{
    struct lease a = { .name = "x" }, b = { .name = "x" };

    assert_true(lease_keep(&a, *state, 0));
    assert_false(lease_keep(&b, *state, 100));
    assert_false(lease_keep(&b, *state, 100 + LEASE_MS - 1));
    assert_true(lease_keep(&b, *state, 100 + LEASE_MS));
}

static void a_paused_owner_finds_out(void **state)
{
    struct lease a = { .name = "x" }, b = { .name = "x" };

    assert_true(lease_keep(&a, *state, 0));
    assert_false(lease_keep(&b, *state, 0));
    assert_true(lease_keep(&b, *state, LEASE_MS));
    assert_true(store_begin(*state));
    assert_false(lease_fence(&a, *state));
    assert_false(a.held);
    store_rollback(*state);
    assert_false(lease_keep(&a, *state, LEASE_MS + 1));
    assert_true(lease_keep(&b, *state, LEASE_MS + 1));
}

static void given_back_it_is_free_at_once(void **state)
{
    struct lease a = { .name = "x" }, b = { .name = "x" };

    assert_true(lease_keep(&a, *state, 0));
    assert_false(lease_keep(&b, *state, 0));
    lease_release(&a, *state);
    assert_true(lease_keep(&b, *state, 1));
    assert_false(lease_keep(&a, *state, 1));
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("one has it", one_has_it),
        CLAIM("a dead owner is followed", a_dead_owner_is_followed),
        CLAIM("a paused owner finds out", a_paused_owner_finds_out),
        CLAIM("given back it is free at once", given_back_it_is_free_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
