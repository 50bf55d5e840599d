/* Claims about the day of a sale: an event counts on its own local day, or on Kafka's where its
 * clock cannot be believed; days of 23 and 25 hours are whole; the cache changes nothing. */
#include "collector/engine/event_time.h"
#include "collector/sales/sales_day.h"
#include "common/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HOUR_MS 3600000LL
#define NOON    1790000000000LL /* 2026-09-21 in Santiago */

static int set_zone(void **state)
{
    (void)state;
    return day_set_zone("America/Santiago") ? 0 : -1;
}

static int32_t day_named(const char *text)
{
    int32_t day;

    assert_true(day_from_text(text, &day));
    return day;
}

static int32_t fresh(int64_t ts_ms, enum event_clock clock, int64_t append_ms)
{
    struct day_cache cache = { 0 };
    struct event event = { .ts_ms = ts_ms, .clock = clock };

    return sales_day_at(&cache, event_time_ms(&event, ts_ms, append_ms));
}

static void a_clock_is_believed_to_two_minutes_ahead(void **state)
{
    int64_t midnight = day_start_ms(day_named("2026-09-22"));
    int64_t kafka = midnight - 60000; /* a minute before */

    (void)state;
    assert_int_equal(fresh(kafka + 120000, CLOCK_GPS, kafka), day_named("2026-09-22"));
    assert_int_equal(fresh(kafka + 120001, CLOCK_GPS, kafka), day_named("2026-09-21"));
    assert_int_equal(fresh(NOON + 8 * 365 * 24 * HOUR_MS, CLOCK_GPS, NOON), day_of_ms(NOON));
}

static void the_past_is_believed(void **state)
{
    (void)state;
    assert_int_equal(fresh(NOON - 72 * HOUR_MS, CLOCK_RTC, NOON), day_named("2026-09-18"));
}

static void without_a_clock_it_is_kafkas_day(void **state)
{
    (void)state;
    assert_int_equal(fresh(5000, CLOCK_NONE, NOON), day_named("2026-09-21"));
    assert_int_equal(fresh(NOON - 48 * HOUR_MS, CLOCK_NONE, NOON), day_named("2026-09-21"));
    assert_int_equal(fresh(5000, CLOCK_RTC, NOON), day_named("1969-12-31"));
}

static void days_of_23_and_25_hours_are_whole(void **state)
{
    static const struct {
        const char *day;
        int64_t hours;
    } cases[] = { { "2026-09-06", 23 }, { "2026-04-04", 25 }, { "2026-09-07", 24 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t day = day_named(cases[i].day);
        int64_t begin = day_start_ms(day), end = begin + cases[i].hours * HOUR_MS;
        assert_int_equal(fresh(begin - 1, CLOCK_NTP, end), day - 1);
        assert_int_equal(fresh(begin, CLOCK_NTP, end), day);
        assert_int_equal(fresh(end - 1, CLOCK_NTP, end), day);
        assert_int_equal(fresh(end, CLOCK_NTP, end), day + 1);
    }
}

/* Through a year and back, in steps that no day is a multiple of, with one cache. */
static void the_cache_changes_nothing(void **state)
{
    int64_t begin = day_start_ms(day_named("2026-01-01")), step = 5 * HOUR_MS + 17;
    struct day_cache cache = { 0 };

    (void)state;
    for (int i = 0; i < 3600; i++) {
        int64_t when_ms = begin + (i < 1800 ? i : 3600 - i) * step;
        assert_int_equal(sales_day_at(&cache, when_ms), day_of_ms(when_ms));
    }
    int64_t end_ms = cache.end_ms;
    assert_int_equal(sales_day_at(&cache, end_ms), day_of_ms(end_ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a clock is believed up to two minutes ahead", a_clock_is_believed_to_two_minutes_ahead,
          NULL, NULL, NULL },
        { "the past is believed", the_past_is_believed, NULL, NULL, NULL },
        { "without a clock it is Kafka's day", without_a_clock_it_is_kafkas_day, NULL, NULL, NULL },
        { "days of 23 and 25 hours are whole", days_of_23_and_25_hours_are_whole, NULL, NULL,
          NULL },
        { "the cache changes nothing", the_cache_changes_nothing, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, set_zone, NULL);
}
