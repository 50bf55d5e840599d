/* Claims about fixes that cannot be: they do not move a cart, unless three in a row agree. */
#include "collector/base/geo.h"
#include "collector/location/fix_filter.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LAT  (-33.4372)
#define LON  (-70.6506)
#define STEP 0.0001 /* of latitude: 11.1 m */

static struct fix fix_at(double lat, int64_t time_ms)
{
    return (struct fix){ .lat = lat, .lon = LON, .time_ms = time_ms };
}

static enum fix_verdict judge(struct fix_filter *filter, double lat, int64_t time_ms)
{
    struct fix fix = fix_at(lat, time_ms);

    return fix_filter_judge(filter, &fix);
}

static void the_first_place_is_believed(void **state)
{
    struct fix_filter filter = { 0 };

    (void)state;
    assert_int_equal(judge(&filter, LAT, 1000), FIX_BELIEVED);
    assert_true(filter.has_last && filter.last.lat == LAT);
}

static void what_is_no_place_is_never_believed(void **state)
{
    static const struct fix fixes[] = {
        { 0, 0, 1000, false },      { NAN, LON, 1000, false },    { LAT, NAN, 1000, false },
        { 90.1, LON, 1000, false }, { LAT, -180.1, 1000, false }, { INFINITY, LON, 1000, false },
    };
    struct fix_filter filter = { 0 };

    (void)state;
    for (int round = 0; round < FIX_AGREE + 1; round++)
        for (size_t i = 0; i < sizeof fixes / sizeof *fixes; i++)
            assert_int_equal(fix_filter_judge(&filter, &fixes[i]), FIX_IMPOSSIBLE);
    assert_false(filter.has_last);
}

static void on_the_equator_or_the_meridian_is_a_place(void **state)
{
    struct fix_filter filter = { 0 };

    (void)state;
    assert_int_equal(fix_filter_judge(&filter, &(struct fix){ 0, 20, 1000, false }), FIX_BELIEVED);
    filter = (struct fix_filter){ 0 };
    assert_int_equal(fix_filter_judge(&filter, &(struct fix){ 51, 0, 1000, false }), FIX_BELIEVED);
}

static void thirty_metres_a_second_is_the_limit(void **state)
{
    struct fix_filter filter = { 0 };

    (void)state;
    judge(&filter, LAT, 0);
    /* 27 steps are 300.2 m. */
    assert_int_equal(judge(&filter, LAT + 27 * STEP, 9900), FIX_CLAIMED);
    assert_true(filter.last.lat == LAT);
    assert_int_equal(judge(&filter, LAT + 27 * STEP, 10100), FIX_BELIEVED);
}

static void three_in_a_row_that_agree_are_believed(void **state)
{
    struct fix_filter filter = { 0 };

    (void)state;
    judge(&filter, LAT, 0);
    assert_int_equal(judge(&filter, LAT + 1, 1000), FIX_CLAIMED);
    assert_int_equal(judge(&filter, LAT + 1 + STEP, 2000), FIX_CLAIMED);
    assert_true(filter.last.lat == LAT);
    assert_int_equal(judge(&filter, LAT + 1 + 2 * STEP, 3000), FIX_BELIEVED);
    assert_int_equal(judge(&filter, LAT + 1 + 3 * STEP, 4000), FIX_BELIEVED);
}

/* Degrees a point, and the time between two: lorry, motorway, train; the first is the cart's. */
static void a_cart_that_is_carried_is_believed_from_the_third_point_on(void **state)
{
    static const struct {
        double step;
        int64_t gap_ms;
    } ways[] = {
        { 0.001374, 5000 },
        { 0.00035, 1000 },
        { 0.0126, 30000 },
        { 0.00075, 1000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct fix_filter filter = { 0 };
        int believed = 0;
        for (int point = 0; point < 120; point++)
            believed +=
                judge(&filter, LAT - point * ways[i].step, point * ways[i].gap_ms) == FIX_BELIEVED;
        assert_int_equal(believed, 118);
        /* Unloaded, it is judged as before. */
        int64_t end_ms = 120 * ways[i].gap_ms;
        double there = filter.last.lat;
        assert_int_equal(judge(&filter, there + STEP / 2, end_ms), FIX_BELIEVED);
        assert_int_equal(judge(&filter, there + 1, end_ms + 1000), FIX_CLAIMED);
        assert_int_equal(judge(&filter, there + STEP, end_ms + 2000), FIX_BELIEVED);
        assert_int_equal(judge(&filter, there + 5 * STEP, end_ms + 3000), FIX_CLAIMED);
    }
}

/* 80 m/s in turn to this side and that: no lorry, but echoes. */
static void what_jumps_to_and_fro_is_not(void **state)
{
    struct fix_filter filter = { 0 };

    (void)state;
    judge(&filter, LAT, 0);
    for (int i = 1; i < 20; i++)
        assert_int_equal(judge(&filter, LAT + 1 + (i % 2 ? 36 : -36) * STEP, i * 10000),
                         FIX_CLAIMED);
}

static void three_that_do_not_agree_are_not(void **state)
{
    struct fix_filter filter = { 0 };

    (void)state;
    judge(&filter, LAT, 0);
    for (int i = 1; i < 20; i++)
        assert_int_equal(judge(&filter, LAT + (i % 2 ? 1 : -1) * (1 + i / 10.0), i * 1000),
                         FIX_CLAIMED);
    assert_true(filter.last.lat == LAT);
}

static void a_good_fix_between_them_begins_the_count_anew(void **state)
{
    struct fix_filter filter = { 0 };

    (void)state;
    judge(&filter, LAT, 0);
    judge(&filter, LAT + 1, 1000);
    judge(&filter, LAT + 1, 2000);
    assert_int_equal(judge(&filter, LAT + STEP, 3000), FIX_BELIEVED);
    assert_int_equal(judge(&filter, LAT + 1, 4000), FIX_CLAIMED);
    assert_int_equal(judge(&filter, LAT + 1, 5000), FIX_CLAIMED);
    assert_int_equal(judge(&filter, LAT + 1, 6000), FIX_BELIEVED);
}

/* A sale repeats the cart's last fix. */
static void the_same_fix_again_agrees_with_nothing(void **state)
{
    struct fix_filter filter = { 0 };

    (void)state;
    judge(&filter, LAT, 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(judge(&filter, LAT + 1, 1000), FIX_CLAIMED);
    assert_true(filter.last.lat == LAT);
}

static void an_older_fix_moves_nothing(void **state)
{
    struct fix_filter filter = { 0 };

    (void)state;
    judge(&filter, LAT, 10000);
    for (int i = 0; i < 5; i++)
        assert_int_equal(judge(&filter, LAT + STEP, 1000 + i), FIX_OLD);
    assert_true(filter.last.lat == LAT);
    assert_int_equal(judge(&filter, LAT + STEP, 10000), FIX_BELIEVED);
}

static void speed_is_not_told_by_kafkas_time(void **state)
{
    struct fix_filter filter = { 0 };
    struct fix dated = { LAT, LON, 5000, true };

    (void)state;
    assert_int_equal(fix_filter_judge(&filter, &dated), FIX_BELIEVED);
    dated.lat += 0.01; /* 1.1 km, in one batch */
    assert_int_equal(fix_filter_judge(&filter, &dated), FIX_BELIEVED);
    assert_int_equal(judge(&filter, LAT, 5001), FIX_BELIEVED);
}

static void distances_are_right(void **state)
{
    (void)state;
    /* A degree of latitude, and one of longitude at 60°, half as long: 2 π R / 360. */
    assert_true(fabs(geo_distance_m(0, 0, 1, 0) - 111195.08) < 0.1);
    assert_true(fabs(geo_distance_m(60, 0, 60, 1) - 55597.5) < 5);
    /* Santiago to Valparaíso, 98.5 km as the crow flies. */
    assert_true(fabs(geo_distance_m(-33.4489, -70.6693, -33.0472, -71.6127) - 98560) < 500);
    assert_true(geo_distance_m(LAT, LON, LAT, LON) < 1e-9);
    assert_true(fabs(geo_distance_m(0, 0, 0, 180) - 20015115) < 10);
}

static void a_box_holds_the_circle(void **state)
{
    (void)state;
    for (double lat = -80; lat <= 80; lat += 10) {
        double high = geo_box_lat(100), wide = geo_box_lon(100, lat);
        assert_true(geo_distance_m(lat, 0, lat + high, 0) > 100);
        assert_true(geo_distance_m(lat, 0, lat, wide) > 100);
        assert_true(geo_distance_m(lat, 0, lat, wide) < 120);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "the first place is believed", the_first_place_is_believed, NULL, NULL, NULL },
        { "what is no place is never believed", what_is_no_place_is_never_believed, NULL, NULL,
          NULL },
        { "on the equator or the meridian is a place", on_the_equator_or_the_meridian_is_a_place,
          NULL, NULL, NULL },
        { "30 m/s is the limit", thirty_metres_a_second_is_the_limit, NULL, NULL, NULL },
        { "three in a row that agree are believed", three_in_a_row_that_agree_are_believed, NULL,
          NULL, NULL },
        { "a cart that is carried is believed from the third point on",
          a_cart_that_is_carried_is_believed_from_the_third_point_on, NULL, NULL, NULL },
        { "what jumps to and fro is not", what_jumps_to_and_fro_is_not, NULL, NULL, NULL },
        { "three that do not agree are not", three_that_do_not_agree_are_not, NULL, NULL, NULL },
        { "a good fix between them begins the count anew",
          a_good_fix_between_them_begins_the_count_anew, NULL, NULL, NULL },
        { "the same fix again agrees with nothing", the_same_fix_again_agrees_with_nothing, NULL,
          NULL, NULL },
        { "an older fix moves nothing", an_older_fix_moves_nothing, NULL, NULL, NULL },
        { "speed is not told by Kafka's time", speed_is_not_told_by_kafkas_time, NULL, NULL, NULL },
        { "distances are right", distances_are_right, NULL, NULL, NULL },
        { "a box holds the circle", a_box_holds_the_circle, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
