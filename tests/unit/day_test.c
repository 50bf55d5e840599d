/* Claims about local days in America/Santiago, whose clocks change at midnight. */
#include "common/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS 3600000LL

static int32_t day_named(const char *text)
{
    int32_t day;

    assert_true(day_from_text(text, &day));
    return day;
}

static int64_t hours_of(const char *text)
{
    int32_t day = day_named(text);

    return (day_start_ms(day + 1) - day_start_ms(day)) / HOUR_MS;
}

static void days_of_23_and_25_hours(void **state)
{
    int64_t start;

    (void)state;
    assert_int_equal(hours_of("2026-09-06"), 23);
    assert_int_equal(hours_of("2026-04-04"), 25);
    assert_int_equal(hours_of("2026-11-22"), 24);
    assert_true(time_from_text("2026-09-06T04:00:00Z", &start));
    assert_int_equal(day_start_ms(day_named("2026-09-06")), start);
}

static void shows_the_clock(void **state)
{
    char text[CLOCK_TEXT_SIZE];
    int64_t at_ms;

    (void)state;
    assert_true(time_from_text("2026-09-06T03:59:59Z", &at_ms));
    clock_text(at_ms, text);
    assert_string_equal(text, "2026-09-05 23:59");
    clock_text(at_ms + 1000, text);
    assert_string_equal(text, "2026-09-06 01:00");
    assert_true(time_from_text("2107-01-01T02:30:00Z", &at_ms)); /* past 32 bits of seconds */
    clock_text(at_ms, text);
    assert_string_equal(text, "2106-12-31 23:30");
    assert_int_equal(day_of_ms(at_ms), day_named("2106-12-31"));
}

static void every_day_begins_where_the_last_ends(void **state)
{
    int32_t first = day_named("2022-01-01"), last = day_named("2027-12-31");
    int changed = 0;

    (void)state;
    for (int32_t day = first; day <= last; day++) {
        int64_t start = day_start_ms(day), end = day_start_ms(day + 1);
        assert_int_equal(day_of_ms(start), day);
        assert_int_equal(day_of_ms(start - 1), day - 1);
        assert_int_equal(day_of_ms(end - 1), day);
        changed += end - start != 24 * HOUR_MS;
    }
    assert_int_equal(changed, 12);
}

static void reads_dates_strictly(void **state)
{
    static const char *const wrong[] = { "2026-02-29",  "2026-13-01", "2026-1-01", "26-01-01",
                                         "2026-01-01 ", "2026-01-32", "" };
    int32_t day;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(day_from_text(wrong[i], &day));
    assert_true(day_from_text("2024-02-29", &day));
}

static void writes_and_reads_rfc_3339(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } times[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "2026-09-21T14:13:20.123Z", 1790000000123 },
        { "1969-12-31T23:59:59.999Z", -1 },
        { "2038-01-19T03:14:08Z", INT64_C(0x80000000) * 1000 },
        { "2106-02-07T06:28:16Z", INT64_C(0x100000000) * 1000 },
    };
    char text[TIME_TEXT_SIZE];
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        time_text(times[i].ms, text);
        assert_string_equal(text, times[i].text);
        assert_true(time_from_text(times[i].text, &ms));
        assert_int_equal(ms, times[i].ms);
    }
    assert_true(time_from_text("2026-09-21T11:13:20.1239-03:00", &ms));
    assert_int_equal(ms, 1790000000123);
    assert_false(time_from_text("2026-09-21T11:13:20", &ms));
    assert_false(time_from_text("2026-09-21T11:13Z", &ms));
    assert_false(time_from_text("2026-09-21", &ms));
}

static void knows_zones(void **state)
{
    (void)state;
    assert_false(day_set_zone("Mars/Olympus"));
    assert_false(day_set_zone("../etc/passwd"));
    assert_false(day_set_zone(""));
    assert_true(day_set_zone("America/Santiago"));
}

static int set_santiago(void **state)
{
    (void)state;
    return day_set_zone("America/Santiago") ? 0 : -1;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "2026-09-06 has 23 hours and no midnight, 2026-04-04 has 25", days_of_23_and_25_hours,
          NULL, NULL, NULL },
        { "every day of 2022 to 2027 begins where the last ends",
          every_day_begins_where_the_last_ends, NULL, NULL, NULL },
        { "dates are read strictly", reads_dates_strictly, NULL, NULL, NULL },
        { "RFC 3339 is written and read", writes_and_reads_rfc_3339, NULL, NULL, NULL },
        { "people are told what their clock shows", shows_the_clock, NULL, NULL, NULL },
        { "an unknown zone is refused", knows_zones, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, set_santiago, NULL);
}
