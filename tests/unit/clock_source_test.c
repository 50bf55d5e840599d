/* Claims about clock_source: an event says that its time is right only while something that knows
 * the time says so, and a receiver that errs by a week rollover is not believed. */
#include "agent/clock_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define BUILT_MS   1788652800000 /* 2026-09-06 */
#define NOW_MS     (BUILT_MS + 86400000)
#define MONO_MS    5000
#define ROLLOVER   (INT64_C(1024) * 7 * 86400000)
#define YEARS_20   (INT64_C(7305) * 86400000)
#define TEN_MIN_MS 600000

static const struct clock_state nothing = { .synchronised = false };
static const struct clock_state ntp = { .synchronised = true };

/* A board with a chip that tells this time. */
static const struct clock_state *rtc_at(int64_t ms)
{
    static struct clock_state state;

    state = (struct clock_state){ .rtc_count = 1, .rtc_ms = { ms } };
    return &state;
}

static enum event_clock after_gps(int64_t gps_ms, int64_t wall_ms)
{
    struct clock_source source;

    clock_source_init(&source, BUILT_MS);
    clock_source_take_gps(&source, gps_ms, wall_ms, MONO_MS);
    return clock_source_now(&source, &nothing, wall_ms, MONO_MS);
}

static void ntp_comes_first(void **state)
{
    struct clock_source source;

    (void)state;
    clock_source_init(&source, BUILT_MS);
    assert_int_equal(clock_source_now(&source, &ntp, NOW_MS, MONO_MS), CLOCK_NTP);
    clock_source_take_gps(&source, NOW_MS, NOW_MS, MONO_MS);
    assert_int_equal(clock_source_now(&source, &ntp, NOW_MS, MONO_MS), CLOCK_NTP);
    assert_int_equal(clock_source_now(&source, rtc_at(NOW_MS), NOW_MS, MONO_MS), CLOCK_GPS);
}

static void gps_within_two_seconds(void **state)
{
    (void)state;
    assert_int_equal(after_gps(NOW_MS - 2000, NOW_MS), CLOCK_GPS);
    assert_int_equal(after_gps(NOW_MS + 2000, NOW_MS), CLOCK_GPS);
    assert_int_equal(after_gps(NOW_MS - 2001, NOW_MS), CLOCK_NONE);
    assert_int_equal(after_gps(NOW_MS + 2001, NOW_MS), CLOCK_NONE);
    assert_int_equal(after_gps(-1, NOW_MS), CLOCK_NONE);
}

/* The wall clock was set from the wrong receiver, so that the two agree. */
static void unbelievable_gps(void **state)
{
    (void)state;
    assert_int_equal(after_gps(NOW_MS - ROLLOVER, NOW_MS - ROLLOVER), CLOCK_NONE);
    assert_int_equal(after_gps(BUILT_MS - 1, BUILT_MS - 1), CLOCK_NONE);
    assert_int_equal(after_gps(BUILT_MS, BUILT_MS), CLOCK_GPS);
    assert_int_equal(after_gps(BUILT_MS + YEARS_20, BUILT_MS + YEARS_20), CLOCK_GPS);
    assert_int_equal(after_gps(BUILT_MS + YEARS_20 + 1, BUILT_MS + YEARS_20 + 1), CLOCK_NONE);
}

static void gps_counts_ten_minutes(void **state)
{
    struct clock_source source;

    (void)state;
    clock_source_init(&source, BUILT_MS);
    clock_source_take_gps(&source, NOW_MS, NOW_MS, MONO_MS);
    assert_int_equal(clock_source_now(&source, rtc_at(NOW_MS + TEN_MIN_MS), NOW_MS + TEN_MIN_MS,
                                      MONO_MS + TEN_MIN_MS),
                     CLOCK_GPS);
    assert_int_equal(clock_source_now(&source, rtc_at(NOW_MS + TEN_MIN_MS), NOW_MS + TEN_MIN_MS + 1,
                                      MONO_MS + TEN_MIN_MS + 1),
                     CLOCK_RTC);
}

static void a_set_clock_is_another_clock(void **state)
{
    struct clock_source source;

    (void)state;
    clock_source_init(&source, BUILT_MS);
    clock_source_take_gps(&source, NOW_MS, NOW_MS, MONO_MS);
    assert_int_equal(clock_source_now(&source, &nothing, NOW_MS + 3600000, MONO_MS), CLOCK_NONE);
    assert_int_equal(clock_source_now(&source, &nothing, NOW_MS - 3600000, MONO_MS), CLOCK_NONE);
    clock_source_take_gps(&source, NOW_MS + 1000, NOW_MS - 3600000, MONO_MS + 1000);
    assert_int_equal(clock_source_now(&source, &nothing, NOW_MS + 1000, MONO_MS + 1000), CLOCK_GPS);
}

static void rtc_after_the_build(void **state)
{
    struct clock_source source;

    (void)state;
    clock_source_init(&source, BUILT_MS);
    assert_int_equal(clock_source_now(&source, rtc_at(NOW_MS), NOW_MS, MONO_MS), CLOCK_RTC);
    assert_int_equal(clock_source_now(&source, rtc_at(BUILT_MS), BUILT_MS, MONO_MS), CLOCK_NONE);
    assert_int_equal(clock_source_now(&source, rtc_at(BUILT_MS), BUILT_MS + 1, MONO_MS),
                     CLOCK_NONE);
    assert_int_equal(clock_source_now(&source, rtc_at(1000), 1000, MONO_MS), CLOCK_NONE);
    assert_int_equal(clock_source_now(&source, &nothing, NOW_MS, MONO_MS), CLOCK_NONE);
}

/* Without a cell the chip begins at 1970, while systemd sets the last shutdown's time. */
static void an_rtc_that_disagrees_is_none(void **state)
{
    static const struct {
        int64_t chip_ms;
        enum event_clock clock;
    } cases[] = {
        { 1000, CLOCK_NONE },           { NOW_MS - 30001, CLOCK_NONE },
        { NOW_MS - 30000, CLOCK_RTC },  { NOW_MS + 30000, CLOCK_RTC },
        { NOW_MS + 30001, CLOCK_NONE }, { NOW_MS + YEARS_20, CLOCK_NONE },
    };
    struct clock_state two = { .rtc_count = 2, .rtc_ms = { 1000, NOW_MS } };
    struct clock_source source;

    (void)state;
    clock_source_init(&source, BUILT_MS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(clock_source_now(&source, rtc_at(cases[i].chip_ms), NOW_MS, MONO_MS),
                         cases[i].clock);
    /* A chip with a cell beside the board's own without one. */
    assert_int_equal(clock_source_now(&source, &two, NOW_MS, MONO_MS), CLOCK_RTC);
}

static void right_are_gps_and_ntp(void **state)
{
    (void)state;
    assert_true(clock_source_is_right(CLOCK_GPS));
    assert_true(clock_source_is_right(CLOCK_NTP));
    assert_false(clock_source_is_right(CLOCK_RTC));
    assert_false(clock_source_is_right(CLOCK_NONE));
}

static void the_build_is_in_the_past(void **state)
{
    char boot[BOOT_ID_LENGTH + 1];

    (void)state;
    assert_true(clock_state_built_ms() > 1767225600000); /* 2026 */
    clock_state_boot_id(boot);
    assert_true(boot[0] == '\0' || boot[8] == '-');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a clock that is kept right is ntp, whatever GPS says", ntp_comes_first, NULL, NULL,
          NULL },
        { "gps is within 2 s of the wall clock", gps_within_two_seconds, NULL, NULL, NULL },
        { "a GPS time before the build or 20 years after it is not believed", unbelievable_gps,
          NULL, NULL, NULL },
        { "gps counts 10 minutes", gps_counts_ten_minutes, NULL, NULL, NULL },
        { "a clock that was set since is not gps", a_set_clock_is_another_clock, NULL, NULL, NULL },
        { "a chip whose time is another's is none", an_rtc_that_disagrees_is_none, NULL, NULL,
          NULL },
        { "rtc needs a device and a time after the build", rtc_after_the_build, NULL, NULL, NULL },
        { "right are gps and ntp", right_are_gps_and_ntp, NULL, NULL, NULL },
        { "the build date and the boot id can be read", the_build_is_in_the_past, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
