/* Claims about gpx: the points of a track are found in whatever surrounds them, and a broken or
 * hostile file gives fewer points, never a wrong place or an end of the program. */
#include "agent/gpx.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What is read of a text: its first points, how many there are, and why no more. */
struct reading {
    struct fix points[8];
    int count;
    const char *error;
    unsigned long line;
};

static struct reading read_bytes(const char *text, size_t length)
{
    struct gpx *gpx = gpx_open(text, length);
    struct reading reading = { .count = 0 };
    struct fix fix;

    assert_non_null(gpx);
    while (gpx_next(gpx, &fix)) {
        if (reading.count < 8) {
            reading.points[reading.count] = fix;
        }
        reading.count++;
    }
    assert_false(gpx_next(gpx, &fix));
    reading.error = gpx_error(gpx, &reading.line);
    gpx_close(gpx);
    return reading;
}

static struct reading read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

/* What stands in a track. */
static struct reading read_track(const char *inner)
{
    char text[2000];

    snprintf(text, sizeof text, "<gpx><trk><trkseg>%s</trkseg></trk></gpx>", inner);
    return read_text(text);
}

static void reads_a_point(void **state)
{
    struct reading all = read_text(
        "<?xml version='1.0'?><gpx><trk><trkseg>\n"
        "<trkpt lat=\"-33.44\" lon=\"-70.65\"><ele>570.5</ele><time>2026-09-06T12:00:00Z</time>"
        "</trkpt><trkpt lon='-70.5'\n\tlat=' -33.5'><time>\n2026-09-06T12:00:01.250Z\n</time>"
        "</trkpt><trkpt lat=\"1\" lon=\"2\"/></trkseg></trk></gpx>");

    (void)state;
    assert_int_equal(all.count, 3);
    assert_null(all.error);
    assert_true(all.points[0].lat == -33.44 && all.points[0].lon == -70.65);
    assert_true(all.points[0].alt == 570.5 && all.points[0].time_ms == 1788696000000);
    assert_int_equal(all.points[0].mode, FIX_3D);
    assert_true(all.points[1].lat == -33.5 && all.points[1].lon == -70.5);
    assert_true(isnan(all.points[1].alt) && all.points[1].time_ms == 1788696001250);
    assert_int_equal(all.points[1].mode, FIX_2D);
    assert_true(all.points[2].time_ms == FIX_TIME_ABSENT);
}

#define POINT "<trkpt lat='1' lon='2'/>"

/* One point each, at 1/2, in whatever way XML allows to say it. */
static void reads_what_xml_allows(void **state)
{
    static const char *const texts[] = {
        "<g:gpx xmlns:g='http://www.topografix.com/GPX/1/1'><g:trk><g:trkpt lat='1' lon='2'/>"
        "</g:trk></g:gpx>",
        "<gpx xmlns='urn:g' xmlns:g='urn:g'><g:trkpt lat='1' lon='2'/></gpx>",
        "<gpx><!-- <trkpt lat='8' lon='9'/> -->" POINT "<!--" POINT "--></gpx>",
        "<gpx><name><![CDATA[<trkpt lat='8' lon='9'/>]]></name>" POINT "</gpx>",
        "<gpx xmlns:o='urn:o'><o:trkpt lat='8' lon='9'/>" POINT "</gpx>",
        "<gpx><extensions><trkpt lat='8' lon='9'/></extensions>" POINT "</gpx>",
        "<gpx><trkpt lat='1' lon='2'><extensions><h:hr>90</h:hr></extensions></trkpt></gpx>",
        "<gpx>" POINT "<trkpt lat='0' lon='0'><h:hr>90</h:hr></trkpt></gpx>",
        "<gpx><name>Caf&eacute;&nbsp;</name>" POINT "</gpx>",
        "<!DOCTYPE gpx [<!ENTITY one '1'>]><gpx><trkpt lat='&one;' lon='&#50;'/></gpx>",
        "<!DOCTYPE gpx SYSTEM 'file:///etc/passwd'><gpx>" POINT "</gpx>",
        "\n\n<?xml version='1.0'?><gpx>" POINT "</gpx>",
        "\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><gpx>" POINT "</gpx>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><gpx><name>\xf1u\xf1oa</name>" POINT "</gpx>",
        "<?xml version='1.0' encoding='windows-1252'?><gpx><name>\x80\xf1</name>" POINT "</gpx>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct reading all = read_text(texts[i]);
        assert_true(gpx_is(texts[i], strlen(texts[i])));
        assert_int_equal(all.count, 1);
        assert_true(all.points[0].lat == 1 && all.points[0].lon == 2);
        assert_null(all.error);
    }
}

static void reads_utf_16(void **state)
{
    static const char text[] = "<?xml version='1.0' encoding='UTF-16'?><gpx>" POINT "</gpx>";
    char wide[2 * sizeof text];

    (void)state;
    for (size_t order = 0; order < 2; order++) {
        memset(wide, 0, sizeof wide);
        wide[order] = '\xff';
        wide[1 - order] = '\xfe';
        for (size_t i = 0; i + 1 < sizeof text; i++) {
            wide[2 + 2 * i + order] = text[i];
        }
        assert_true(gpx_is(wide, sizeof wide));
        assert_int_equal(read_bytes(wide, sizeof wide).count, 1);
    }
    assert_false(gpx_is("$GPRMC", 6));
    assert_false(gpx_is("\xff\xfe$\0", 4));
}

/* Each ends the reading, with a word; what stood before it is kept. */
static void ends_at_what_is_hostile(void **state)
{
    char deep[3000] = "<gpx>" POINT;
    static const char *const texts[] = {
        "<!DOCTYPE gpx [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><gpx>" POINT "</gpx>",
        "<!DOCTYPE gpx [<!ENTITY a '1234567890123456789012345678901234567890123456789012345678901"
        "234567890'>]><gpx>" POINT "</gpx>",
        "<kml>" POINT "</kml>",
        "<trkpt lat='1' lon='2'/>",
        "<gpx",
        "<",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct reading all = read_text(texts[i]);
        assert_int_equal(all.count, 0);
        assert_non_null(all.error);
    }
    for (int i = 0; i < 200; i++) {
        strcat(deep, "<a>");
    }
    assert_int_equal(read_text(deep).count, 1);
    assert_string_equal(read_text(deep).error, "too many elements within each other");
    assert_int_equal(read_text("<gpx>\n" POINT "\n</trk>" POINT "</gpx>").count, 1);
    assert_int_equal(read_text("<gpx>\n" POINT "\n</trk>" POINT "</gpx>").line, 3);
}

static void reads_times_past_2038(void **state)
{
    (void)state;
    struct reading all =
        read_track("<trkpt lat=\"1\" lon=\"2\"><time>2040-01-01T00:00:00Z</time></trkpt>");
    assert_true(all.points[0].time_ms == 2208988800000);
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
        "<trkpt lat=\"-\" lon=\"1\"></trkpt>",
        "<trkpt lat=\"1\"></trkpt>",
        "<trkpt lat=\"1\" xlon=\"1\"></trkpt>",
        "<trkpt lat=\"1\" lon=\"1",
        "<trkpt lat=1 lon=1></trkpt>",
        "<trkpt",
        "<trkpt lat=\"1\" lon=\"1111111111111111111111111111111111111111111111111111111111111111"
        "\"/>",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_track(bad[i]).count, 0);
    }
    assert_int_equal(read_track("<trkpt lat=\"0\" lon=\"0\"/><trkpt lat=\"1\" lon=\"0\"/>").count,
                     1);
}

static int64_t time_of(const char *time)
{
    char text[200];

    snprintf(text, sizeof text, "<trkpt lat=\"1\" lon=\"2\"><time>%s</time></trkpt>", time);
    struct reading all = read_track(text);
    assert_int_equal(all.count, 1);
    return all.points[0].time_ms;
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
    assert_true(time_of("2026-09-06T12:00:00.5Z") == 1788696000500);
    assert_true(time_of("2026-09-06T12:00:00.1239999Z") == 1788696000123);
    assert_true(time_of("2026-09-06T09:00:00-03:00") == 1788696000000);
    assert_true(time_of("<![CDATA[2026-09-06T12:00:00Z]]>") == 1788696000000);
}

/* The time of the neighbour, or of an extension, is not taken for the point's own. */
static void keeps_points_apart(void **state)
{
    static const bool has_time[] = { false, true, false, false };
    struct reading all =
        read_track("<trkpt lat=\"1\" lon=\"2\"/><trkpt lat=\"3\" lon=\"4\">"
                   "<time>2026-09-06T12:00:00Z</time></trkpt>"
                   "<trkpt lat=\"5\" lon=\"6\"></trkpt><time>2026-09-06T12:00:00Z</time>"
                   "<trkpt lat=\"7\" lon=\"8\"><extensions><time>2026-09-06T12:00:00Z</time>"
                   "</extensions></trkpt>");

    (void)state;
    assert_int_equal(all.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true((all.points[i].time_ms != FIX_TIME_ABSENT) == has_time[i]);
    }
}

/* Every cut of a file is read without reading past its end; the sanitizers watch. */
static void survives_every_cut(void **state)
{
    static const char text[] =
        "<gpx><trkpt lat=\"-33.44\" lon=\"-70.65\"><ele>570.5</ele>"
        "<time>2026-09-06T12:00:00.123Z</time></trkpt><trkpt lat='1' lon='2'/></gpx>";
    int most = 0;

    (void)state;
    for (size_t length = 0; length < sizeof text; length++) {
        char *cut = malloc(length > 0 ? length : 1);
        assert_non_null(cut);
        memcpy(cut, text, length);
        gpx_is(cut, length);
        int count = read_bytes(cut, length).count;
        assert_in_range(count, most, 2);
        most = count;
        free(cut);
    }
    assert_int_equal(most, 2);
}

/* The pieces in which expat gets a long file do not show. */
static void reads_a_long_file(void **state)
{
    size_t room = 200000;
    char *text = malloc(room);
    size_t length = (size_t)snprintf(text, room, "<gpx>");

    (void)state;
    for (int i = 0; i < 5000; i++) {
        length +=
            (size_t)snprintf(text + length, room - length, "<trkpt lat='%d' lon='2'/>", i % 90);
    }
    length += (size_t)snprintf(text + length, room - length, "</gpx>");
    struct reading all = read_bytes(text, length);
    assert_int_equal(all.count, 5000);
    assert_null(all.error);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a point has place, height and time, its attributes in any order", reads_a_point, NULL,
          NULL, NULL },
        { "what XML allows is read: prefixes, comments, CDATA, entities, encodings",
          reads_what_xml_allows, NULL, NULL, NULL },
        { "UTF-16 is read, in both orders", reads_utf_16, NULL, NULL, NULL },
        { "what is hostile or no GPX ends the reading, with a word", ends_at_what_is_hostile, NULL,
          NULL, NULL },
        { "a long file is read whole", reads_a_long_file, NULL, NULL, NULL },
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
