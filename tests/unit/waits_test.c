/* Claims about how long orders waited: rows by cart and by hour, medians and the 90th percentile by
 * the nearest rank, offers that came to nothing, and an end to what is looked at. */
#include "collector/orders/waits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define NOON   1790002800000LL /* 2026-09-21T12:00 in America/Santiago */
#define HOUR   3600000LL
#define NOBODY NULL

/* Negative: it did not come so far. */
static void order(struct store *store, const char *cart, int64_t received_ms, int wait_s, int way_s)
{
    static int number;
    char id[33];
    int64_t taken_ms = wait_s < 0 ? -1 : received_ms + wait_s * 1000LL;
    snprintf(id, sizeof id, "%032d", ++number);
    assert_true(store_begin(store));
    assert_true(store_run(store,
                          "INSERT INTO orders (id, product, price, quantity, email, cart, status, "
                          "received_ms, preparing_ms, done_ms) "
                          "VALUES ($1, 'Pan', 100, 1, 'a@x.cl', $2, 'recibido', $3, $4, $5)",
                          "ttioo", id, cart, received_ms, taken_ms,
                          way_s < 0 ? (int64_t)-1 : taken_ms + way_s * 1000LL));
    assert_int_equal(store_commit(store), STORE_OK);
}

/* Of the order that was made last; `turn` counts the offers of one. */
static void offer(struct store *store, const char *cart, int turn, const char *outcome)
{
    assert_true(store_begin(store));
    assert_true(store_run(store,
                          "INSERT INTO offers (order_id, turn, cart, offered_ms, until_ms, "
                          "outcome) SELECT MAX(id), $1, $2, 1, 2, $3 FROM orders",
                          "itt", (int64_t)turn, cart, outcome));
    assert_int_equal(store_commit(store), STORE_OK);
}

static void expect(struct store *store, const struct waits_span *span, const char *expected)
{
    size_t count;
    struct waits_row *rows = waits_read(store, span, &count);
    struct buffer said = { 0 };
    buffer_text(&said, "");
    for (size_t i = 0; i < count; i++)
        buffer_format(&said, "[%s %lld %lld %lld/%lld %lld/%lld %lld %lld]", rows[i].key,
                      (long long)rows[i].orders, (long long)rows[i].taken,
                      (long long)rows[i].wait.median_s, (long long)rows[i].wait.p90_s,
                      (long long)rows[i].way.median_s, (long long)rows[i].way.p90_s,
                      (long long)rows[i].refused, (long long)rows[i].unanswered);
    assert_string_equal(said.bytes, expected);
    buffer_free(&said);
    free(rows);
}

static const struct waits_span by_cart = { 0, INT64_MAX, WAITS_BY_CART };
static const struct waits_span by_hour = { 0, INT64_MAX, WAITS_BY_HOUR };

static void ten_orders_of_a_cart(void **state)
{
    for (int i = 1; i <= 10; i++)
        order(*state, "AA11", NOON, 10 * i, i < 10 ? 100 * i : -1);
    order(*state, "BB22", NOON, 7, 0);
    expect(*state, &by_cart, "[AA11 10 10 50/90 500/900 0 0][BB22 1 1 7/7 0/0 0 0]");
}

static void what_nobody_took_and_who_let_it_go(void **state)
{
    order(*state, NOBODY, NOON, -1, -1);
    offer(*state, "AA11", 1, "refused");
    offer(*state, "BB22", 2, "unanswered");
    offer(*state, "AA11", 3, "unanswered");
    order(*state, "AA11", NOON, 5, -1);
    offer(*state, "AA11", 1, "accepted");
    expect(*state, &by_cart,
           "[ 1 0 -1/-1 -1/-1 0 0][AA11 1 1 5/5 -1/-1 1 1][BB22 0 0 -1/-1 -1/-1 0 1]");
}

static void hours_are_those_of_the_guilds_clock(void **state)
{
    order(*state, "AA11", NOON - 1, 1, -1);
    order(*state, "BB22", NOON, 3, -1);
    order(*state, "AA11", NOON + HOUR - 1, 5, -1);
    order(*state, "AA11", NOON + 24 * HOUR, 9, -1);
    offer(*state, "CC33", 1, "refused");
    expect(*state, &by_hour, "[11 1 1 1/1 -1/-1 0 0][12 3 3 5/9 -1/-1 1 0]");
}

static void a_span_has_its_first_instant_and_not_its_last(void **state)
{
    struct waits_span span = { NOON, NOON + 2, WAITS_BY_CART };
    order(*state, "AA11", NOON - 1, 1, -1);
    order(*state, "BB22", NOON, 2, -1);
    order(*state, "CC33", NOON + 1, 3, -1);
    order(*state, "DD44", NOON + 2, 4, -1);
    expect(*state, &span, "[BB22 1 1 2/2 -1/-1 0 0][CC33 1 1 3/3 -1/-1 0 0]");
    span.from_ms = span.to_ms;
    expect(*state, &span, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ten_orders_of_a_cart, open_store, close_store),
        cmocka_unit_test_setup_teardown(what_nobody_took_and_who_let_it_go, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(hours_are_those_of_the_guilds_clock, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(a_span_has_its_first_instant_and_not_its_last, open_store,
                                        close_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
