/* Claims about the start of days as the store keeps it: a change moves no day that has begun, and
 * every cart is told once. */
#include "collector/engine/day_starts.h"
#include "collector/sales/sales_day.h"
#include "collector/store/store_days.h"
#include "collector/store/store_schema.h"
#include "common/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOON   1790000000000LL /* 2026-09-21 11:13 in Santiago */
#define DAY    20717
#define DAY_MS 86400000LL
#define FOUR   240

static int open_store(void **state)
{
    struct store *store = store_open("sqlite://:memory:", STORE_REPEATABLE);

    *state = store;
    return day_set_zone("America/Santiago") && store_migrate(store) == STORE_OK ? 0 : -1;
}

static int close_store(void **state)
{
    day_set_starts(NULL, 0);
    store_close(*state);
    return 0;
}

static void take(struct store *store, int32_t minutes, int64_t now_ms)
{
    day_set_starts(NULL, 0); /* as a process that has just begun */
    assert_int_equal(day_starts_take(store, minutes, now_ms), STORE_OK);
}

static void run(struct store *store, const char *sql)
{
    assert_true(store_begin(store));
    assert_true(store_script(store, sql));
    assert_int_equal(store_commit(store), STORE_OK);
}

static int64_t count(struct store *store, const char *sql)
{
    struct store_rows *rows = store_query(store, sql, "");
    int64_t found = store_next(rows) ? store_int(rows, 0) : -1;

    store_rows_end(rows);
    store_rollback(store);
    return found;
}

static const char commands[] = "SELECT COUNT(*) FROM effects WHERE topic = 'carrito.commands'";

static void a_new_store_begins_as_it_is_set(void **state)
{
    struct store *store = *state;

    take(store, FOUR, NOON);
    assert_int_equal(day_start_minutes(DAY - 1000), FOUR);
    take(store, FOUR, NOON + DAY_MS);
    assert_int_equal(count(store, "SELECT COUNT(*) FROM day_starts"), 1);
}

static void a_change_counts_from_the_next_day_on(void **state)
{
    struct store *store = *state;

    take(store, 0, NOON);
    take(store, FOUR, NOON);
    assert_int_equal(day_start_minutes(DAY), 0);
    assert_int_equal(day_start_minutes(DAY + 1), FOUR);
    assert_int_equal(day_of_ms(day_start_ms(DAY + 1) - 1), DAY);
    /* The next process finds the same. */
    take(store, FOUR, NOON + DAY_MS);
    assert_int_equal(day_start_minutes(DAY), 0);
    assert_int_equal(day_start_minutes(DAY + 1), FOUR);
    assert_int_equal(count(store, "SELECT COUNT(*) FROM day_starts"), 2);
}

static void what_has_not_begun_can_be_taken_back(void **state)
{
    struct store *store = *state;

    take(store, 0, NOON);
    take(store, FOUR, NOON);
    take(store, 0, NOON + 1);
    assert_int_equal(day_start_minutes(DAY + 1), 0);
    assert_int_equal(count(store, "SELECT COUNT(*) FROM day_starts"), 1);
    take(store, 720, NOON);
    take(store, FOUR, NOON);
    assert_int_equal(day_start_minutes(DAY + 1), FOUR);
    assert_int_equal(count(store, "SELECT COUNT(*) FROM day_starts"), 2);
}

static void another_process_follows(void **state)
{
    struct store *store = *state;
    struct day_cache cache = { 0 };
    int64_t night_ms = day_start_ms(DAY + 1) + 2 * 3600000LL;

    take(store, FOUR, NOON);
    assert_int_equal(sales_day_at(&cache, night_ms), DAY);
    run(store, "INSERT INTO day_starts (first_day, minutes) VALUES (20718, 0)");
    assert_int_equal(store_days_follow(store), 2);
    store_rollback(store);
    assert_int_equal(sales_day_at(&cache, night_ms), DAY + 1);
}

static void each_cart_is_told_once(void **state)
{
    struct store *store = *state;

    run(store, "INSERT INTO carts (cart, state, fugitive, epoch) VALUES "
               "('BBCL23', 'heard', 0, '9f0c9f0c9f0c9f0c'), ('PHONE1', 'heard', 0, NULL)");
    take(store, 0, NOON);
    assert_int_equal(count(store, commands), 0);
    take(store, FOUR, NOON);
    assert_int_equal(count(store, commands), 1);
    assert_int_equal(count(store, "SELECT COUNT(*) FROM effects WHERE CAST(value AS TEXT) LIKE "
                                  "'%\"command\":\"config\"%\"day_start\":\"04:00\",'"
                                  " || '\"day_start_from\":\"2026-09-22\"%'"),
                     1);
    take(store, FOUR, NOON + DAY_MS);
    assert_int_equal(count(store, commands), 1);
    take(store, FOUR, NOON + 8 * DAY_MS); /* Kafka may have forgotten it */
    assert_int_equal(count(store, commands), 2);
    take(store, 0, NOON + 9 * DAY_MS);
    assert_int_equal(count(store, commands), 3);
}

static void a_cart_that_comes_is_told(void **state)
{
    struct store *store = *state;

    take(store, FOUR, NOON);
    for (int i = 0; i < 3; i++) {
        assert_true(store_begin(store));
        day_starts_tell(store, "BBCL23", i < 2 ? "9f0c9f0c9f0c9f0c" : "0a0a0a0a0a0a0a0a", NOON + i);
        assert_int_equal(store_commit(store), STORE_OK);
        assert_int_equal(count(store, commands), i != 1);
        run(store, "DELETE FROM effects"); /* Kafka has it */
    }
}

static void what_an_earlier_release_counted_began_at_midnight(void **state)
{
    struct store *store = *state;

    run(store, "DELETE FROM day_starts; INSERT INTO day_starts (first_day, minutes) VALUES (0, 0)");
    take(store, FOUR, NOON);
    assert_int_equal(day_start_minutes(DAY), 0);
    assert_int_equal(day_start_minutes(DAY + 1), FOUR);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("a new store begins as it is set", a_new_store_begins_as_it_is_set),
        CLAIM("a change counts from the next day on", a_change_counts_from_the_next_day_on),
        CLAIM("what has not begun can be taken back", what_has_not_begun_can_be_taken_back),
        CLAIM("another process on the store follows, and forgets what it knew of the day",
              another_process_follows),
        CLAIM("each cart is told once, and again when Kafka may have forgotten",
              each_cart_is_told_once),
        CLAIM("a cart that comes is told", a_cart_that_comes_is_told),
        CLAIM("what an earlier release counted began at midnight",
              what_an_earlier_release_counted_began_at_midnight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
