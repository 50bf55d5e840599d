/* Claims about position: a moving cart is recorded each interval, a standing one each minute, one
 * that starts at once; and what a receiver gets wrong is never recorded. */
#include "agent/position.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define START_MS 1788696000000
#define DEGREE_M 111195.0

/* A good fix so many metres north of a place in Santiago. */
static struct fix at_m(double north_m)
{
    struct fix fix;

    fix_clear(&fix);
    fix.lat = -33.44 + north_m / DEGREE_M;
    fix.lon = -70.65;
    fix.mode = FIX_3D;
    return fix;
}

static bool take_at(struct position_filter *filter, double north_m, int64_t second)
{
    struct fix fix = at_m(north_m);

    return position_take(filter, &fix, START_MS + second * 1000);
}

/* How many are recorded in these seconds, at this speed from `*north_m` on, which is moved. */
static int records(struct position_filter *filter, double *north_m, double speed,
                   int64_t seconds[2])
{
    int recorded = 0;

    for (; seconds[0] < seconds[1]; seconds[0]++) {
        recorded += take_at(filter, *north_m, seconds[0]) ? 1 : 0;
        *north_m += speed;
    }
    return recorded;
}

static void refuses_bad_fixes(void **state)
{
    static const struct {
        double lat, lon;
        int mode;
    } bad[] = {
        { -33.44, -70.65, FIX_NONE }, { -33.44, -70.65, FIX_UNKNOWN },
        { -33.44, -70.65, 4 },        { 0, 0, FIX_3D },
        { -0.0, 0, FIX_3D },          { NAN, -70.65, FIX_3D },
        { -33.44, NAN, FIX_3D },      { 90.1, 0, FIX_3D },
        { 1, -180.1, FIX_3D },        { INFINITY, 1, FIX_3D },
    };
    struct position_filter filter;
    int64_t when;

    (void)state;
    position_init(&filter, 10);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct fix fix = at_m(0);
        fix.lat = bad[i].lat;
        fix.lon = bad[i].lon;
        fix.mode = bad[i].mode;
        assert_false(position_good(&fix));
        assert_false(position_take(&filter, &fix, START_MS));
    }
    assert_null(position_last(&filter, &when));
    assert_true(take_at(&filter, 0, 1));
    assert_true(position_last(&filter, &when)->lat == -33.44);
    assert_true(when == START_MS + 1000);
}

static void moving_each_interval(void **state)
{
    static const double speeds[] = { 0.7, 1, 1.4, 8 };
    struct position_filter filter;

    (void)state;
    for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++) {
        double north_m = 0;
        int64_t seconds[2] = { 0, 40 };
        position_init(&filter, 10);
        records(&filter, &north_m, speeds[i], seconds);
        seconds[1] = 640;
        assert_int_equal(records(&filter, &north_m, speeds[i], seconds), 60);
    }
}

static void standing_each_minute(void **state)
{
    struct position_filter filter;
    double north_m = 0;
    int64_t seconds[2] = { 0, 600 };

    (void)state;
    position_init(&filter, 10);
    assert_int_equal(records(&filter, &north_m, 0, seconds), 10);
    position_init(&filter, 300);
    seconds[0] = 0;
    assert_int_equal(records(&filter, &north_m, 0, seconds), 2);
}

static void noise_is_not_movement(void **state)
{
    struct position_filter filter;
    int recorded = 0;

    (void)state;
    position_init(&filter, 10);
    for (int64_t second = 0; second < 600; second++) {
        struct fix fix = at_m(second % 2 == 0 ? 0 : 25);
        fix.acc = 30;
        recorded += position_take(&filter, &fix, START_MS + second * 1000) ? 1 : 0;
    }
    assert_int_equal(recorded, 10);
}

static void starting_at_once(void **state)
{
    struct position_filter filter;
    double north_m = 0;
    int64_t seconds[2] = { 0, 63 };

    (void)state;
    position_init(&filter, 10);
    assert_int_equal(records(&filter, &north_m, 0, seconds), 2); /* at 0 and at 60 */
    assert_false(take_at(&filter, 14, 63));
    assert_true(take_at(&filter, 16, 64));
    assert_false(take_at(&filter, 17, 65));
    assert_true(take_at(&filter, 26, 74));
}

static void a_jump_waits_for_three(void **state)
{
    struct position_filter filter;
    int64_t when;

    (void)state;
    position_init(&filter, 10);
    assert_true(take_at(&filter, 0, 0));
    assert_false(take_at(&filter, 5000, 10)); /* 500 m/s */
    assert_false(take_at(&filter, 9000, 11)); /* elsewhere: it does not agree */
    assert_false(take_at(&filter, 5000, 12));
    assert_false(take_at(&filter, 5000, 13));
    assert_true(position_last(&filter, &when)->lat == -33.44);
    assert_true(take_at(&filter, 5001, 14)); /* the third in a row */
    assert_true(when == START_MS);
}

static void a_good_one_between_starts_over(void **state)
{
    struct position_filter filter;

    (void)state;
    position_init(&filter, 10);
    take_at(&filter, 0, 0);
    for (int64_t second = 1; second < 60; second++) {
        assert_false(take_at(&filter, second % 3 == 0 ? 0 : 5000, second));
    }
}

static void thirty_metres_a_second(void **state)
{
    struct position_filter filter;

    (void)state;
    position_init(&filter, 10);
    take_at(&filter, 0, 0);
    assert_false(take_at(&filter, 302, 10));
    position_init(&filter, 10);
    take_at(&filter, 0, 0);
    assert_true(take_at(&filter, 299, 10));
}

static void locate_for_a_while(void **state)
{
    struct position_filter filter;
    double north_m = 0;
    int64_t seconds[2] = { 2, 24 };

    (void)state;
    position_init(&filter, 10);
    assert_true(take_at(&filter, 0, 0));
    position_locate(&filter, 4);
    assert_true(take_at(&filter, 0, 1)); /* at once */
    assert_int_equal(records(&filter, &north_m, 0, seconds), 5);
    position_locate_end(&filter);
    seconds[1] = 85;
    assert_int_equal(records(&filter, &north_m, 0, seconds), 1); /* at 81 */
}

static void the_clock_is_put_right(void **state)
{
    struct position_filter filter;

    (void)state;
    position_init(&filter, 10);
    assert_true(take_at(&filter, 0, 1000000));
    assert_true(take_at(&filter, 0, 0));
    assert_false(take_at(&filter, 0, 59));
    assert_true(take_at(&filter, 0, 60));
    assert_true(take_at(&filter, 0, 1000000));
}

static void early_by_a_moment_is_in_time(void **state)
{
    struct position_filter filter;
    struct fix fix = at_m(0);

    (void)state;
    position_init(&filter, 60);
    assert_true(position_take(&filter, &fix, START_MS));
    assert_false(position_take(&filter, &fix, START_MS + 59000));
    assert_true(position_take(&filter, &fix, START_MS + 59900));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "no mode, NaN, out of range and exactly 0/0 are refused", refuses_bad_fixes, NULL, NULL,
          NULL },
        { "a moving cart is recorded each interval, at a slow walk too", moving_each_interval, NULL,
          NULL, NULL },
        { "a standing cart is recorded each minute", standing_each_minute, NULL, NULL, NULL },
        { "movement under the accuracy is none", noise_is_not_movement, NULL, NULL, NULL },
        { "a cart that starts to move is recorded at once", starting_at_once, NULL, NULL, NULL },
        { "a jump is believed when three in a row agree", a_jump_waits_for_three, NULL, NULL,
          NULL },
        { "a good fix between two jumps starts the count over", a_good_one_between_starts_over,
          NULL, NULL, NULL },
        { "faster than 30 m/s is a jump", thirty_metres_a_second, NULL, NULL, NULL },
        { "locate records at its own interval until its end", locate_for_a_while, NULL, NULL,
          NULL },
        { "a clock that is set does not stop the records", the_clock_is_put_right, NULL, NULL,
          NULL },
        { "a report that is early by a moment is in time", early_by_a_moment_is_in_time, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
