/* Claims about gpx: the points of a track are found in whatever surrounds them, and a broken or
 * hostile file gives fewer points, never a wrong place or an end of the program. */
#include "agent/gpx.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int count(const char *text)
{
    size_t at = 0;
    struct fix fix;
    int points = 0;

    while (gpx_next(text, strlen(text), &at, &fix)) {
        points++;
    }
    return points;
}

static void reads_a_point(void **state)
{
    static const char text[] =
        "<?xml version='1.0'?><gpx><trk><trkseg>\n"
        "<trkpt lat=\"-33.44\" lon=\"-70.65\"><ele>570.5</ele><time>2026-09-06T12:00:00Z</time>"
        "</trkpt><trkpt lon='-70.5'\n\tlat='-33.5'><time>2026-09-06T12:00:01.250Z</time></trkpt>"
        "<trkpt lat=\"1\" lon=\"2\"/></trkseg></trk></gpx>";
    size_t at = 0;
    struct fix fix;

    (void)state;
    assert_true(gpx_is(text, strlen(text)));
    assert_true(gpx_next(text, strlen(text), &at, &fix));
    assert_true(fix.lat == -33.44 && fix.lon == -70.65 && fix.alt == 570.5);
    assert_true(fix.time_ms == 1788696000000);
    assert_int_equal(fix.mode, FIX_3D);
    assert_true(gpx_next(text, strlen(text), &at, &fix));
    assert_true(fix.lat == -33.5 && fix.lon == -70.5 && isnan(fix.alt));
    assert_true(fix.time_ms == 1788696001250);
    assert_int_equal(fix.mode, FIX_2D);
    assert_true(gpx_next(text, strlen(text), &at, &fix));
    assert_true(fix.time_ms == FIX_TIME_ABSENT);
    assert_false(gpx_next(text, strlen(text), &at, &fix));
    assert_false(gpx_next(text, strlen(text), &at, &fix));
}

static void reads_times_past_2038(void **state)
{
    static const char text[] =
        "<gpx><trkpt lat=\"1\" lon=\"2\"><time>2040-01-01T00:00:00Z</time></trkpt></gpx>";
    size_t at = 0;
    struct fix fix;

    (void)state;
    assert_true(gpx_next(text, strlen(text), &at, &fix));
    assert_true(fix.time_ms == 2208988800000);
}

static void passes_over_bad_points(void **state)
{
    static const char *const bad[] = {
        "<trkpt lat=\"0\" lon=\"0\"></trkpt>",
        "<trkpt lat=\"91\" lon=\"0\"></trkpt>",
        "<trkpt lat=\"1\" lon=\"180.1\"></trkpt>",
        "<trkpt lat=\"nan\" lon=\"1\"></trkpt>",
        "<trkpt lat=\"0x1\" lon=\"1\"></trkpt>",
        "<trkpt lat=\"1.2.3\" lon=\"1\"></trkpt>",
        "<trkpt lat=\"\" lon=\"1\"></trkpt>",
        "<trkpt lat=\"1\"></trkpt>",
        "<trkpt lat=\"1\" xlon=\"1\"></trkpt>",
        "<trkpt lat=\"1\" lon=\"1",
        "<trkpt lat=1 lon=1></trkpt>",
        "<trkpt",
        "<trkpt lat=\"1\" lon=\"11111111111111111111111111111111111111111111111111111\"/>",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(count(bad[i]), 0);
    }
    assert_int_equal(count("<trkpt lat=\"0\" lon=\"0\"/><trkpt lat=\"1\" lon=\"0\"/>"), 1);
}

static int64_t time_of(const char *time)
{
    char text[200] = "<trkpt lat=\"1\" lon=\"2\"><time>";
    size_t at = 0;
    struct fix fix;

    strcat(strcat(text, time), "</time></trkpt>");
    assert_true(gpx_next(text, strlen(text), &at, &fix));
    return fix.time_ms;
}

static void refuses_bad_times(void **state)
{
    static const char *const bad[] = { "",
                                       "yesterday",
                                       "2026-13-06T12:00:00Z",
                                       "2026-09-00T12:00:00Z",
                                       "2026-09-06 12:00:00Z",
                                       "1969-09-06T12:00:00Z",
                                       "2026-09-06T24:00:00Z" };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_true(time_of(bad[i]) == FIX_TIME_ABSENT);
    }
    assert_true(time_of("2026-09-06T12:00:00.5Z") == 1788696000000);
}

/* The time of the neighbour is not taken for the point's own. */
static void keeps_points_apart(void **state)
{
    static const char text[] =
        "<trkpt lat=\"1\" lon=\"2\"/><trkpt lat=\"3\" lon=\"4\">"
        "<time>2026-09-06T12:00:00Z</time></trkpt>"
        "<trkpt lat=\"5\" lon=\"6\"></trkpt><time>2026-09-06T12:00:00Z</time>";
    static const bool has_time[] = { false, true, false };
    size_t at = 0;
    struct fix fix;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(gpx_next(text, strlen(text), &at, &fix));
        assert_true((fix.time_ms != FIX_TIME_ABSENT) == has_time[i]);
    }
}

/* Every cut of a file is read without reading past its end; the sanitizers watch. */
static void survives_every_cut(void **state)
{
    static const char text[] =
        "<gpx><trkpt lat=\"-33.44\" lon=\"-70.65\"><ele>570.5</ele>"
        "<time>2026-09-06T12:00:00.123Z</time></trkpt><trkpt lat='1' lon='2'/></gpx>";

    (void)state;
    for (size_t length = 0; length < sizeof text; length++) {
        char *cut = malloc(length + 1);
        size_t at = 0;
        struct fix fix;
        assert_non_null(cut);
        memcpy(cut, text, length);
        cut = realloc(cut, length > 0 ? length : 1);
        gpx_is(cut, length);
        while (gpx_next(cut, length, &at, &fix)) {
        }
        assert_true(at == length);
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a point has place, height and time, its attributes in any order", reads_a_point, NULL,
          NULL, NULL },
        { "a time past 2038 is read", reads_times_past_2038, NULL, NULL, NULL },
        { "points without a usable place are passed over", passes_over_bad_points, NULL, NULL,
          NULL },
        { "a time that is none is absent", refuses_bad_times, NULL, NULL, NULL },
        { "a point without a time does not take its neighbour's", keeps_points_apart, NULL, NULL,
          NULL },
        { "every cut of a file is survived", survives_every_cut, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
