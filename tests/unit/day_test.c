/* Claims about local days in America/Santiago, whose clocks change at midnight. */
#include "common/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

/* The definition, read slowly: the clock shows the start, or what is behind a gap; it did not show
 * it, or a later time of that date, in the day and a bit before. */
static void begins_when_the_clock_first_shows_it(int32_t day, int32_t minutes)
{
    int64_t start = day_start_ms(day), shown = day * 24 * HOUR_MS + minutes * 60000LL;
    char text[CLOCK_TEXT_SIZE], wanted[CLOCK_TEXT_SIZE], date[DAY_TEXT_SIZE];

    day_text(day, date);
    snprintf(wanted, sizeof wanted, "%s %02d:%02d", date, minutes / 60, minutes % 60);
    clock_text(start, text);
    assert_true(strcmp(text, wanted) >= 0);
    for (int64_t at = start - 1; at > start - 27 * HOUR_MS; at -= 30 * 60000LL) {
        clock_text(at, text);
        assert_true(strcmp(text, wanted) < 0);
        assert_int_equal(day_of_ms(at) < day, 1);
    }
    assert_int_equal(day_of_ms(start), day);
    assert_in_range(start - shown + 26 * HOUR_MS, 0, 52 * HOUR_MS);
}

static void any_start_divides_all_time(void **state)
{
    static const char *const zones[] = { "America/Santiago", "Europe/Madrid" };
    static const int32_t starts[] = { 0, 120, 150, 240, 720 };
    int32_t first = day_named("2022-01-01"), last = day_named("2027-12-31");

    (void)state;
    for (size_t i = 0; i < sizeof zones / sizeof *zones * 5; i++) {
        int32_t minutes = starts[i % 5];
        assert_true(day_set_zone(zones[i / 5]));
        day_set_starts(&(struct day_start){ 0, minutes }, 1);
        for (int32_t day = first; day <= last; day++) {
            begins_when_the_clock_first_shows_it(day, minutes);
            assert_int_equal(day_of_ms(day_start_ms(day + 1) - 1), day);
        }
    }
}

static int64_t time_named(const char *text)
{
    int64_t wall_ms;

    assert_true(time_from_text(text, &wall_ms));
    return wall_ms;
}

static void half_past_two_where_there_is_none(void **state)
{
    struct day_start start = { 0, 150 };

    (void)state;
    assert_true(day_set_zone("Europe/Madrid"));
    day_set_starts(&start, 1);
    /* 2026-03-29: the clock goes from 02:00 to 03:00; 2026-10-25: from 03:00 back to 02:00. */
    assert_int_equal(day_start_ms(day_named("2026-03-29")), time_named("2026-03-29T01:00:00Z"));
    assert_int_equal(day_start_ms(day_named("2026-10-25")), time_named("2026-10-25T00:30:00Z"));
    assert_int_equal(day_of_ms(time_named("2026-10-25T01:10:00Z")), day_named("2026-10-25"));
    assert_true(day_set_zone("America/Santiago"));
    start.minutes = 30;
    day_set_starts(&start, 1);
    assert_int_equal(day_start_ms(day_named("2026-09-06")), time_named("2026-09-06T04:00:00Z"));
}

static void a_sale_after_midnight_is_yesterdays(void **state)
{
    int64_t night = time_named("2026-11-21T04:30:00Z"); /* 01:30 there */

    (void)state;
    assert_int_equal(day_of_ms(night), day_named("2026-11-21"));
    day_set_starts(&(struct day_start){ 0, 240 }, 1);
    assert_int_equal(day_of_ms(night), day_named("2026-11-20"));
    assert_int_equal(date_of_ms(night), day_named("2026-11-21"));
    assert_int_equal(day_of_ms(night + 150 * 60000 - 1), day_named("2026-11-20"));
    assert_int_equal(day_of_ms(night + 150 * 60000), day_named("2026-11-21"));
}

static void a_new_start_moves_no_day_that_has_begun(void **state)
{
    int32_t day = day_named("2026-11-21");
    struct day_start starts[2] = { { 0, 240 }, { 0, 0 } };
    int64_t night = time_named("2026-11-21T04:30:00Z"); /* 01:30 there, still the 20th */

    (void)state;
    day_set_starts(starts, 1);
    /* The 21st would have begun at 00:00: it keeps its 04:00. */
    assert_int_equal(day_not_begun(night, 0), day + 1);
    assert_int_equal(day_not_begun(night, 300), day);
    starts[1] = (struct day_start){ day + 1, 0 };
    day_set_starts(starts, 2);
    assert_int_equal(day_of_ms(night), day - 1);
    assert_int_equal(day_start_ms(day + 1) - day_start_ms(day), 20 * HOUR_MS);
    assert_int_equal(day_of_ms(day_start_ms(day + 1) - 1), day);
    assert_int_equal(day_start_minutes(day), 240);
    assert_int_equal(day_start_minutes(day + 1), 0);
}

static void starts_are_read_strictly(void **state)
{
    static const char *const wrong[] = { "12:01",  "24:00", "4:00", "04:60", "04.00",
                                         "04:00 ", "-1:00", "0400", "",      "aa:bb" };
    int32_t minutes;
    char text[DAY_START_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(day_start_is_valid(wrong[i]));
    assert_true(day_start_from_text("12:00", &minutes));
    assert_int_equal(minutes, DAY_START_MAX);
    assert_true(day_start_from_text("04:30", &minutes));
    day_start_text(minutes, text);
    assert_string_equal(text, "04:30");
}

static void shows_the_offset(void **state)
{
    char text[TIME_TEXT_SIZE];

    (void)state;
    local_time_text(time_named("2026-09-06T03:59:59.999Z"), text);
    assert_string_equal(text, "2026-09-05T23:59:59-04:00");
    local_time_text(time_named("2026-09-06T04:00:00Z"), text);
    assert_string_equal(text, "2026-09-06T01:00:00-03:00");
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
    static const char *const none[] = { "Mars/Olympus",
                                        "../etc/passwd",
                                        "",
                                        "/etc/localtime",
                                        "America",
                                        "America/",
                                        "America//Santiago",
                                        "America/./Santiago",
                                        "zone.tab",
                                        "tzdata.zi",
                                        "leapseconds",
                                        "right/America/Santiago",
                                        "america/santiago" };

    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (day_set_zone(none[i]))
            fail_msg("\"%s\" is taken", none[i]);
    assert_true(day_set_zone("posix/America/Santiago"));
    assert_true(day_set_zone("UTC"));
    assert_true(day_set_zone("America/Santiago"));
}

static int set_santiago(void **state)
{
    (void)state;
    return day_set_zone("America/Santiago") ? 0 : -1;
}

static int as_it_was(void **state)
{
    day_set_starts(NULL, 0);
    return set_santiago(state);
}

/* Whatever it sets, the next one finds Santiago's days from 00:00 on. */
#define DAYS(text, function)                                                                       \
    {                                                                                              \
        text, function, as_it_was, as_it_was, NULL                                                 \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "2026-09-06 has 23 hours and no midnight, 2026-04-04 has 25", days_of_23_and_25_hours,
          NULL, NULL, NULL },
        { "every day of 2022 to 2027 begins where the last ends",
          every_day_begins_where_the_last_ends, NULL, NULL, NULL },
        DAYS("any start divides all time, as the clock first shows it", any_start_divides_all_time),
        DAYS("a start in the gap of a spring day, or twice in autumn",
             half_past_two_where_there_is_none),
        DAYS("01:30 is of the day before where days begin at 04:00",
             a_sale_after_midnight_is_yesterdays),
        DAYS("a new start moves no day that has begun", a_new_start_moves_no_day_that_has_begun),
        { "starts are read strictly", starts_are_read_strictly, NULL, NULL, NULL },
        { "an instant is shown with its offset", shows_the_offset, NULL, NULL, NULL },
        { "dates are read strictly", reads_dates_strictly, NULL, NULL, NULL },
        { "RFC 3339 is written and read", writes_and_reads_rfc_3339, NULL, NULL, NULL },
        { "people are told what their clock shows", shows_the_clock, NULL, NULL, NULL },
        { "a zone is what the zone database has", knows_zones, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, set_santiago, NULL);
}
