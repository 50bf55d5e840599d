/* Claims about nmea: sentences of one second become one report, in the event's units, and nothing
 * that is damaged, unchecked or without a fix becomes a position. */
#include "agent/nmea.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RMC     "GPRMC,120000.00,A,3326.4000,S,07039.0000,W,10.0,84.4,060926,,,A"
#define GGA     "GPGGA,120000.00,3326.4000,S,07039.0000,W,1,08,1.2,570.5,M,27.0,M,,"
#define NOON_MS 1788696000000 /* 2026-09-06 12:00 UTC */

/* Takes all sentences of a text; true, and the last `*fix`, where any completed a report. */
static bool take_text(struct nmea *nmea, const char *text, size_t length, struct fix *fix)
{
    struct nmea_span sentence;
    bool completed = false;

    for (size_t at = 0; nmea_next(text, length, &at, &sentence);) {
        completed = nmea_take(nmea, sentence, fix) || completed;
    }
    return completed;
}

/* Takes one sentence, to which "$" and the checksum are added. */
static bool take(struct nmea *nmea, const char *inner, struct fix *fix)
{
    char line[400];
    unsigned sum = 0;

    for (const char *at = inner; *at != '\0'; at++) {
        sum ^= (unsigned char)*at;
    }
    int length = snprintf(line, sizeof line, "$%s*%02X\r\n", inner, sum);
    return take_text(nmea, line, (size_t)length, fix);
}

/* The only report of these sentences. */
static struct fix report(const char *first, const char *second, const char *third)
{
    struct nmea nmea;
    struct fix fix;

    nmea_init(&nmea);
    assert_false(take(&nmea, first, &fix));
    assert_false(take(&nmea, second, &fix));
    assert_false(take(&nmea, third, &fix));
    assert_true(nmea_finish(&nmea, &fix));
    assert_false(nmea_finish(&nmea, &fix));
    return fix;
}

static void assert_near(double a, double b)
{
    assert_true(fabs(a - b) < 1e-9);
}

static void test_one_report(void **state)
{
    static const char *const orders[][3] = {
        { RMC, GGA, "GPGSA,A,3,,,,,,,,,,,,,2.0,1.2,1.6" },
        { GGA, "GPGSA,A,3,,,,,,,,,,,,,2.0,1.2,1.6", RMC },
        { "GNGSA,A,3,,,,,,,,,,,,,2.0,1.2,1.6", RMC, GGA },
    };

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct fix fix = report(orders[i][0], orders[i][1], orders[i][2]);
        assert_near(fix.lat, -33.44);
        assert_near(fix.lon, -70.65);
        assert_near(fix.vel, 18.52);
        assert_near(fix.cog, 84.4);
        assert_near(fix.alt, 570.5);
        assert_near(fix.acc, 1.2 * NMEA_METERS_HDOP);
        assert_true(fix.time_ms == NOON_MS);
        assert_int_equal(fix.mode, FIX_3D);
    }
}

static void test_next_second_completes(void **state)
{
    struct nmea nmea;
    struct fix fix;

    (void)state;
    nmea_init(&nmea);
    assert_false(take(&nmea, RMC, &fix));
    assert_false(take(&nmea, GGA, &fix));
    assert_true(take(&nmea, "GPRMC,120000.50,A,3326.5,S,07039.0,W,,,060926,,,A", &fix));
    assert_true(fix.time_ms == NOON_MS);
    assert_true(nmea_finish(&nmea, &fix));
    assert_true(fix.time_ms == NOON_MS + 500);
    assert_true(isnan(fix.vel) && isnan(fix.cog) && isnan(fix.alt) && isnan(fix.acc));
    assert_int_equal(fix.mode, FIX_2D);
}

/* How many sentences a text has. */
static int count(const char *text, size_t length)
{
    struct nmea_span sentence;
    int sentences = 0;

    for (size_t at = 0; nmea_next(text, length, &at, &sentence);) {
        assert_null(memchr(sentence.at + 1, '$', sentence.length - 1));
        sentences++;
    }
    return sentences;
}

static void test_checksum(void **state)
{
    static const char *const bad[] = {
        "$GPGSA,A,1,,,,,,,,,,,,,,,*1F",
        "$GPGSA,A,1,,,,,,,,,,,,,,,*",
        "$GPGSA,A,1,,,,,,,,,,,,,,,",
        "GPGSA,A,1,,,,,,,,,,,,,,,*1E",
        "$GPGSA,A,1,,,,,,,,,,,,,,,*1G",
        "$*00",
        "",
        "\r\n",
        "$",
    };
    static const char good[] = "$GPGSA,A,1,,,,,,,,,,,,,,,*1e\r\n";

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(count(bad[i], strlen(bad[i])), 0);
    }
    assert_int_equal(count(good, strlen(good)), 1);
    assert_int_equal(count("$GP\0SA,A,1,,,,,,,,,,,,,,,*1E", 28), 0);
}

#define NOON    "$GPRMC,120000.00,A,3324.0000,S,07036.0000,W,10.0,180.0,180926,,,A*6A"
#define NOON_1S "$GPRMC,120001.00,A,3324.0030,S,07036.0000,W,10.0,180.0,180926,,,A*68"

/* Loggers write the time, a name or nothing at all between the sentences. */
static void test_begins_at_its_dollar(void **state)
{
    static const struct {
        const char *text;
        int sentences;
    } texts[] = {
        { "2026-09-18 12:00:00 " NOON "\n2026-09-18 12:00:01 " NOON_1S "\n", 2 },
        { "$" NOON "\r\n", 1 },
        { "$$$" NOON "$" NOON_1S, 2 },
        { NOON NOON_1S, 2 },
        { NOON " " NOON_1S " 12:00:01\r" NOON, 3 },
        { "$GPRMC,120000.00,A,33" NOON_1S, 1 },
        { "$GPRMC,120000.00,A,33\n" NOON_1S, 1 },
        { "$5 " NOON, 1 },
        { "\xef\xbb\xbf" NOON, 1 },
        { "$GPRMC,120000.00,A,3324.0000,S,07036.0000,W,10.0,180.0,180926,,,A*6B" NOON_1S, 1 },
        { NOON "*00", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(count(texts[i].text, strlen(texts[i].text)), texts[i].sentences);
    }
}

static void test_damaged_changes_nothing(void **state)
{
    struct nmea nmea;
    struct fix fix;
    char line[] = "$" RMC "*00";
    char longer[300];

    (void)state;
    nmea_init(&nmea);
    assert_false(take_text(&nmea, line, strlen(line), &fix));
    memset(longer, ',', sizeof longer);
    memcpy(longer, RMC, strlen(RMC));
    longer[sizeof longer - 1] = '\0';
    assert_false(take(&nmea, longer, &fix));
    assert_false(take(&nmea, "GPRMC,120000,A", &fix));
    assert_false(take(&nmea, "GPRMC,250000,A,3326.4,S,07039.0,W,1,1,060926,,,A", &fix));
    assert_false(take(&nmea, "PRMC,120000,A,3326.4,S,07039.0,W,1,1,060926,,,A", &fix));
    assert_false(nmea_finish(&nmea, &fix));
}

static void test_no_position(void **state)
{
    static const char *const sentences[] = {
        "GPRMC,120000.00,V,3326.4000,S,07039.0000,W,10.0,84.4,060926,,,N",
        "GPRMC,120000.00,A,0000.0000,N,00000.0000,E,10.0,84.4,060926,,,A",
        "GPRMC,120000.00,A,9100.0000,S,07039.0000,W,10.0,84.4,060926,,,A",
        "GPRMC,120000.00,A,3360.0000,S,07039.0000,W,10.0,84.4,060926,,,A",
        "GPRMC,120000.00,A,3326.4000,X,07039.0000,W,10.0,84.4,060926,,,A",
        "GPRMC,120000.00,A,nan,S,inf,W,10.0,84.4,060926,,,A",
        "GPRMC,120000.00,A,0x10,S,1e2,W,10.0,84.4,060926,,,A",
        "GPRMC,120000.00,A,,,,,,,060926,,,A",
        "GPGGA,120000.00,3326.4000,S,07039.0000,W,0,00,,,M,,M,,",
        "GPGGA,120000.00,3326.4000,S,07039.0000,W,,00,,,M,,M,,",
    };

    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        struct fix fix = report(sentences[i], "GPGLL,,,,,,,", "GPZDA,,,,,,,");
        assert_int_equal(fix.mode, FIX_NONE);
        assert_true(isnan(fix.lat) && isnan(fix.lon) && isnan(fix.vel));
    }
    assert_int_equal(report(RMC, GGA, "GPGSA,A,1,,,,,,,,,,,,,,,").mode, FIX_NONE);
    assert_int_equal(report(RMC, GGA, "GPGSA,A,2,,,,,,,,,,,,,,,").mode, FIX_2D);
    /* The newest word: a position before it is void, whatever GSA says after. */
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        assert_int_equal(report(RMC, sentences[i], "GPGSA,A,3,,,,,,,,,,,,,,,").mode, FIX_NONE);
    }
}

static void test_newest_word(void **state)
{
    static const char none[] = "GPGSA,A,1,,,,,,,,,,,,,,,";
    static const char void_rmc[] = "GPRMC,120000.00,V,,,,,,,060926,,,N";
    static const char void_gga[] = "GPGGA,120000.00,,,,,0,00,,,M,,M,,";
    struct nmea nmea;
    struct fix fix;

    (void)state;
    assert_int_equal(report(void_rmc, GGA, "GPGLL,,,,,,,").mode, FIX_3D);
    assert_true(report(void_rmc, GGA, "GPGLL,,,,,,,").time_ms == NOON_MS);
    assert_int_equal(report(void_gga, RMC, "GPGLL,,,,,,,").mode, FIX_2D);
    assert_int_equal(report(none, RMC, "GPGLL,,,,,,,").mode, FIX_2D);
    /* A mode 1 that is never said again does not hold for ever. */
    nmea_init(&nmea);
    assert_false(take(&nmea, RMC, &fix));
    assert_false(take(&nmea, none, &fix));
    assert_true(take(&nmea, "GPRMC,120001.00,A,3326.4,S,07039.0,W,,,060926,,,A", &fix));
    assert_int_equal(fix.mode, FIX_NONE);
    assert_true(nmea_finish(&nmea, &fix));
    assert_int_equal(fix.mode, FIX_2D);
}

static int64_t time_of(const char *date)
{
    char line[120];

    snprintf(line, sizeof line, "GPRMC,000000,A,3326.4,S,07039.0,W,1,1,%s,,,A", date);
    return report(line, "GPGLL,,,,,,,", "GPGLL,,,,,,,").time_ms;
}

static void test_dates(void **state)
{
    (void)state;
    assert_true(time_of("010100") == 946684800000);  /* 2000 */
    assert_true(time_of("060180") == 315964800000);  /* 1980: GPS begins */
    assert_true(time_of("311279") == 3471206400000); /* 2079 */
    assert_true(time_of("290224") == 1709164800000);
    assert_true(time_of("290223") == FIX_TIME_ABSENT);
    assert_true(time_of("320126") == FIX_TIME_ABSENT);
    assert_true(time_of("011326") == FIX_TIME_ABSENT);
    assert_true(time_of("") == FIX_TIME_ABSENT);
    assert_true(time_of("0101x6") == FIX_TIME_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "the sentences of a second make one report, in any order", test_one_report, NULL, NULL,
          NULL },
        { "a sentence of another time completes the report", test_next_second_completes, NULL, NULL,
          NULL },
        { "a sentence without its right checksum is none", test_checksum, NULL, NULL, NULL },
        { "a sentence begins at its $, wherever that is", test_begins_at_its_dollar, NULL, NULL,
          NULL },
        { "what is damaged changes nothing", test_damaged_changes_nothing, NULL, NULL, NULL },
        { "status V, quality 0, mode 1, 0/0 and nonsense are no position", test_no_position, NULL,
          NULL, NULL },
        { "the newest word on the fix counts", test_newest_word, NULL, NULL, NULL },
        { "two-digit years are of 1980 to 2079; impossible dates are none", test_dates, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
