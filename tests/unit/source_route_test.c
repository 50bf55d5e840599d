/* Claims about source_route and its choice by source_gps: routes are replayed at their own pace and
 * for ever, walks are the same for the same seed, and a file that is not there is waited for. */
#include "agent/position.h"
#include "agent/source_gps.h"
#include "captured_log.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WALL_MS 1788696000000

static const char gpx[] =
    "<gpx><trkpt lat=\"1\" lon=\"1\"><time>2026-09-06T12:00:00Z</time></trkpt>"
    "<trkpt lat=\"2\" lon=\"1\"><time>2026-09-06T12:00:00.200Z</time></trkpt>"
    "<trkpt lat=\"3\" lon=\"1\"><time>2026-09-06T12:00:04.200Z</time></trkpt>"
    "<trkpt lat=\"4\" lon=\"1\"></trkpt></gpx>";

static const char nmea[] = "$GPRMC,120000,A,3326.4,S,07039.0,W,1,1,060926,,,A*7A\n"
                           "$GPRMC,120001,V,,,,,,,060926,,,N*5A\n";

struct file {
    char path[576];
    char url[592];
};

static struct scratch files; /* of the whole program: a claim that fails leaves its file in it */

static int make_files(void **state)
{
    (void)state;
    scratch_make(&files);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    scratch_remove(&files);
    return 0;
}

static struct file write_file(const char *text, size_t length)
{
    struct file file;
    int fd;

    snprintf(file.path, sizeof file.path, "%s/route.XXXXXX", files.folder);
    fd = mkstemp(file.path);
    assert_true(fd >= 0);
    assert_true(write(fd, text, length) == (ssize_t)length);
    close(fd);
    snprintf(file.url, sizeof file.url, "file:%s", file.path);
    return file;
}

static void replays_at_its_own_pace(void **state)
{
    static const struct {
        int64_t due_ms;
        double lat;
    } points[] = { { 0, 1 },    { 200, 2 },  { 1200, 2.25 }, { 2200, 2.5 }, { 3200, 2.75 },
                   { 4200, 3 }, { 5200, 4 }, { 6200, 1 },    { 6400, 2 },   { 7400, 2.25 } };
    struct file file = write_file(gpx, strlen(gpx));
    struct source_gps *source = source_gps_open(file.url);
    struct fix fix;

    (void)state;
    assert_non_null(source);
    assert_false(source_gps_tells_time(source));
    assert_int_equal(source_gps_fd(source), -1);
    assert_int_equal(source_gps_timeout_ms(source, 0), 0);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        if (i > 0) {
            int64_t before_ms = points[i].due_ms - 1;
            assert_false(source_gps_turn(source, 0, before_ms, WALL_MS, &fix));
            assert_int_equal(source_gps_timeout_ms(source, before_ms), 1);
        }
        assert_true(source_gps_turn(source, 0, points[i].due_ms, WALL_MS + points[i].due_ms, &fix));
        assert_true(fix.lat == points[i].lat);
        assert_true(fix.time_ms == WALL_MS + points[i].due_ms);
        assert_string_equal(source_gps_state(source), "fix");
    }
    source_gps_close(source);
}

/* The reports of the first seconds of a file, one each second, and what the filter of positions
 * makes of them. */
struct replayed {
    int reports, recorded;
    struct fix last;
};

static struct replayed replay(const char *text, int seconds)
{
    struct file file = write_file(text, strlen(text));
    struct source_gps *source = source_gps_open(file.url);
    struct replayed replayed = { .reports = 0 };
    struct position_filter filter;
    struct fix fix;

    position_init(&filter, 1);
    for (int64_t ms = 0; ms < seconds * INT64_C(1000); ms += 10) {
        while (source_gps_turn(source, 0, ms, WALL_MS + ms, &fix)) {
            replayed.reports++;
            replayed.recorded += position_take(&filter, &fix, WALL_MS + ms) ? 1 : 0;
            replayed.last = fix;
        }
    }
    source_gps_close(source);
    return replayed;
}

/* 50 km/h and a point each 3 s, as a phone records: 42 m from point to point. */
static void keeps_the_speed_of_a_sparse_recording(void **state)
{
    char text[8000] = "<gpx>";

    (void)state;
    for (int i = 0; i < 40; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "<trkpt lat='%.6f' lon='-70.6'><time>2026-09-18T12:%02d:%02dZ</time></trkpt>",
                 -33.4 - i * 0.000375, i * 3 / 60, i * 3 % 60);
    }
    strcat(text, "</gpx>");
    struct replayed replayed = replay(text, 100);
    assert_int_equal(replayed.reports, 100);
    assert_in_range(replayed.recorded, 95, 100);
    assert_true(fabs(replayed.last.lat - (-33.4 - 33 * 0.000375)) < 1e-9);
}

static void nmea_keeps_its_pace_without_a_date(void **state)
{
    struct replayed replayed = replay("$GPGGA,235958,3324.0,S,07036.0,W,1,08,1.0,500,M,0,M,,*75\n"
                                      "$GPGGA,000002,3324.4,S,07036.0,W,1,08,1.0,500,M,0,M,,*73\n",
                                      3);

    (void)state;
    assert_int_equal(replayed.reports, 3);
    assert_true(fabs(replayed.last.lat + 33 + 24.2 / 60) < 1e-9);
}

static void crosses_the_date_line(void **state)
{
    struct replayed replayed =
        replay("<gpx><trkpt lat='1' lon='179.9'><time>2026-09-06T12:00:00Z</time></trkpt>"
               "<trkpt lat='1' lon='-179.7'><time>2026-09-06T12:00:04Z</time></trkpt></gpx>",
               3);

    (void)state;
    assert_true(fabs(replayed.last.lon + 179.9) < 1e-9);
}

/* 20 reports a second at most; a recording of years ends some time. */
static void bounds_its_gaps(void **state)
{
    struct replayed dense =
        replay("<gpx><trkpt lat='1' lon='1'><time>2026-09-06T12:00:00Z</time></trkpt>"
               "<trkpt lat='2' lon='1'><time>2026-09-06T12:00:00Z</time></trkpt>"
               "<trkpt lat='3' lon='1'><time>2026-09-06T12:00:00.049Z</time></trkpt>"
               "<trkpt lat='4' lon='1'><time>2026-09-06T12:00:00.05Z</time></trkpt></gpx>",
               1);
    struct replayed years =
        replay("<gpx><trkpt lat='1' lon='1'><time>2006-09-06T12:00:00Z</time></trkpt>"
               "<trkpt lat='2' lon='1'><time>2026-09-06T12:00:00Z</time></trkpt></gpx>",
               2);

    (void)state;
    assert_int_equal(dense.reports, 2);
    assert_true(dense.last.lat == 4);
    assert_int_equal(years.reports, 2);
    assert_true(years.last.lat == 2);
}

static void does_not_catch_up(void **state)
{
    struct file file = write_file(gpx, strlen(gpx));
    struct source_gps *source = source_gps_open(file.url);
    struct fix fix;
    int given = 0;

    (void)state;
    assert_true(source_gps_turn(source, 0, 0, WALL_MS, &fix));
    while (source_gps_turn(source, 0, 3600000, WALL_MS, &fix)) {
        given++;
    }
    assert_in_range(given, 1, 3);
    source_gps_close(source);
}

static void replays_nmea_with_its_gaps(void **state)
{
    struct file file = write_file(nmea, strlen(nmea));
    struct source_gps *source = source_gps_open(file.url);
    struct fix fix;

    (void)state;
    for (int64_t second = 0; second < 10; second++) {
        assert_true(source_gps_turn(source, 0, second * 1000, WALL_MS, &fix));
        assert_int_equal(fix.mode, second % 2 == 0 ? FIX_2D : FIX_NONE);
        assert_string_equal(source_gps_state(source), second % 2 == 0 ? "fix" : "nofix");
    }
    source_gps_close(source);
}

/* Nothing in these can be replayed; the source says so and does not turn without a pause. */
static void absent_files_are_waited_for(void **state)
{
    static const char noise[] = "\0\0\xff\xfe $GPRMC,\n\n<trkpt lat";
    struct file file = write_file(noise, sizeof noise);
    const char *const urls[] = { "file:/nonexistent/route", "file:/dev", "file:/dev/zero",
                                 file.url };
    struct fix fix;

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct source_gps *source = source_gps_open(urls[i]);
        assert_non_null(source);
        assert_false(source_gps_turn(source, 0, 0, WALL_MS, &fix));
        assert_string_equal(source_gps_state(source), "absent");
        assert_in_range(source_gps_timeout_ms(source, 0), 1000, 30000);
        source_gps_close(source);
    }
    struct source_gps *source = source_gps_open(file.url);
    assert_false(source_gps_turn(source, 0, 0, WALL_MS, &fix));
    FILE *again = fopen(file.path, "w");
    fputs(gpx, again);
    fclose(again);
    assert_true(source_gps_turn(source, 0, 31000, WALL_MS, &fix));
    assert_string_equal(source_gps_state(source), "fix");
    source_gps_close(source);
}

static void tells_once_what_is_wrong(void **state)
{
    static const char broken[] = "<gpx><trkpt lat=\"1\" lon=\"1\"/>\n</trk>";
    struct file file = write_file("", 0);
    struct source_gps *source = source_gps_open(file.url);
    struct fix fix;
    int saved;

    (void)state;
    FILE *log = capture(&saved);
    for (int64_t second = 0; second < 300; second++) {
        assert_false(source_gps_turn(source, 0, second * 1000, WALL_MS, &fix));
    }
    FILE *again = fopen(file.path, "w");
    fputs(broken, again);
    fclose(again);
    for (int64_t second = 400; second < 500; second++) {
        assert_true(source_gps_turn(source, 0, second * 1000, WALL_MS, &fix));
    }
    char *text = captured(log, saved);
    assert_int_equal(count(text, "no route"), 1);
    assert_int_equal(count(text, "the route is back"), 1);
    assert_int_equal(count(text, "cannot be read to its end"), 1);
    assert_int_equal(count(text, "line=2"), 1);
    free(text);
    source_gps_close(source);
}

static void walks_by_seed(void **state)
{
    struct source_gps *a = source_gps_open("sim:5");
    struct source_gps *b = source_gps_open("sim:5");
    struct source_gps *other = source_gps_open("sim:6");
    int stops = 0, differences = 0;

    (void)state;
    for (int64_t second = 0; second < 4 * 3600; second++) {
        struct fix one, same, third;
        assert_true(source_gps_turn(a, 0, second * 1000, WALL_MS, &one));
        assert_false(source_gps_turn(a, 0, second * 1000, WALL_MS, &one));
        assert_true(source_gps_turn(b, 0, second * 1000, WALL_MS, &same));
        assert_true(source_gps_turn(other, 0, second * 1000, WALL_MS, &third));
        assert_true(one.lat == same.lat && one.lon == same.lon && one.vel == same.vel);
        differences += one.lat != third.lat ? 1 : 0;
        stops += one.vel == 0 ? 1 : 0;
        assert_true(one.vel >= 0 && one.vel <= 5);
        assert_true(one.cog >= 0 && one.cog < 360);
        assert_true(fabs(one.lat + 33.44) < 0.03 && fabs(one.lon + 70.65) < 0.03);
        assert_int_equal(one.mode, FIX_3D);
    }
    assert_true(differences > 0);
    assert_in_range(stops, 600, 3 * 3600);
    source_gps_close(a);
    source_gps_close(b);
    source_gps_close(other);
}

static void none_is_none(void **state)
{
    struct source_gps *source = source_gps_open("none");
    struct fix fix;

    (void)state;
    assert_non_null(source);
    assert_int_equal(source_gps_fd(source), -1);
    assert_int_equal(source_gps_timeout_ms(source, 0), -1);
    assert_false(source_gps_turn(source, 0, 0, WALL_MS, &fix));
    assert_string_equal(source_gps_state(source), "none");
    source_gps_close(source);
    source_gps_close(NULL);
}

static void tells_good_texts_from_bad(void **state)
{
    static const char *const good[] = {
        "none",           "sim:0",
        "sim:1",          "sim:18446744073709551615",
        "file:x",         "gpsd://127.0.0.1:2947",
        "gpsd://[::1]",   "gpsd://localhost",
        "gpsd://[::1]:1", "gpsd://192.168.1.4:65535",
    };
    static const char *const bad[] = {
        "",
        "None",
        "none ",
        "nonesuch",
        "sim:",
        "sim:-1",
        "sim:1x",
        "sim:18446744073709551616",
        "file:",
        "gpsd:",
        "gpsd://",
        "gpsd://:2947",
        "gpsd://gps.example:2947",
        "gpsd://127.0.0.1:0",
        "gpsd://127.0.0.1:65536",
        "gpsd://127.0.0.1:",
        "gpsd://127.0.0.1:29 47",
        "gpsd://127.0.0.1:2947/x",
        "gpsd://[::1",
        "gpsd://[::1]x",
        "gpsd://::1",
        "gpsd://1111111111111111111111111111111111111111111111111111111111111111111111111111111111",
        "/dev/ttyACM0",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(source_gps_is_valid(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(source_gps_is_valid(bad[i]));
        assert_null(source_gps_open(bad[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a route is replayed at its own pace, at least once a second, and repeated",
          replays_at_its_own_pace, NULL, NULL, NULL },
        { "a sparse recording keeps its speed, and the filter believes it",
          keeps_the_speed_of_a_sparse_recording, NULL, NULL, NULL },
        { "NMEA keeps its pace without a date, over midnight", nmea_keeps_its_pace_without_a_date,
          NULL, NULL, NULL },
        { "a way over the date line is the short one", crosses_the_date_line, NULL, NULL, NULL },
        { "there are 20 reports a second at most, and no gap over an hour", bounds_its_gaps, NULL,
          NULL, NULL },
        { "after a suspension a route goes on, it does not catch up", does_not_catch_up, NULL, NULL,
          NULL },
        { "NMEA without a position is no position", replays_nmea_with_its_gaps, NULL, NULL, NULL },
        { "a file that cannot be replayed is absent, and tried again", absent_files_are_waited_for,
          NULL, NULL, NULL },
        { "the log says once what is wrong with a file, and once that it is well",
          tells_once_what_is_wrong, NULL, NULL, NULL },
        { "a walk is the same for the same seed, slow, with stops, in Santiago", walks_by_seed,
          NULL, NULL, NULL },
        { "none has no fix and wants no turn", none_is_none, NULL, NULL, NULL },
        { "good texts of CARRITO_GPS are told from bad ones", tells_good_texts_from_bad, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, make_files, remove_files);
}
