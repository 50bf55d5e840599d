/* Proves that a simulated cart begins within ten seconds, keeps its rate, and sells the same for
 * the same seed. */
#include "agent/source_sell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void the_configuration_is_checked(void **state)
{
    (void)state;
    assert_true(source_sell_is_valid("sim:1:60"));
    assert_false(source_sell_is_valid(""));
    assert_false(source_sell_is_valid("sim:1"));
    assert_false(source_sell_is_valid("sim:1:0"));
    assert_false(source_sell_is_valid("sim:x:5"));
    assert_false(source_sell_is_valid("sim:1:5x"));
    assert_false(source_sell_is_valid("sim:1:100000"));
}

static void none_never_sells(void **state)
{
    struct source_sell sell;
    struct sale_request request;

    (void)state;
    source_sell_init(&sell, "none", 0);
    assert_int_equal(source_sell_timeout_ms(&sell, 0), -1);
    assert_false(source_sell_turn(&sell, INT32_MAX, &request));
}

/* Sells for ten minutes; the sums tell two runs apart. */
static int run(const char *text, uint64_t *quantity, int *named)
{
    struct source_sell sell;
    struct sale_request request;
    int64_t mono_ms = 1000, end_ms = mono_ms + 600000;
    int sales = 0;

    source_sell_init(&sell, text, mono_ms);
    assert_true(source_sell_timeout_ms(&sell, mono_ms) <= 10000);
    while (mono_ms < end_ms) {
        mono_ms += source_sell_timeout_ms(&sell, mono_ms);
        assert_true(source_sell_turn(&sell, mono_ms, &request));
        assert_true(request.quantity >= 1 && request.amount > 0);
        *quantity = *quantity * 7 + (uint64_t)request.quantity;
        *named += request.client != NULL;
        sales++;
    }
    return sales;
}

static void the_rate_and_the_seed_hold(void **state)
{
    uint64_t first = 0, second = 0, other = 0;
    int named = 0;

    (void)state;
    int sales = run("sim:5:60", &first, &named);
    assert_in_range(sales, 540, 660);
    assert_in_range(named, sales / 2, sales);
    assert_int_equal(run("sim:5:60", &second, &named), sales);
    assert_true(first == second);
    run("sim:6:60", &other, &named);
    assert_true(first != other);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_configuration_is_checked),
        cmocka_unit_test(none_never_sells),
        cmocka_unit_test(the_rate_and_the_seed_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
