/* NMEA 0183: checksum, fields, and the sentences of one second put together. Every number is
 * checked digit by digit before strtod sees it, since strtod also takes "inf", "nan" and hex. */
#include "agent/nmea.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FIELDS_MAX   24
#define NO_TIME      (-1)
#define KNOT_KMH     1.852
#define MS_PER_SEC   1000
#define SEC_PER_HOUR 3600

struct sentence {
    char text[NMEA_SENTENCE_MAX + 1];
    const char *field[FIELDS_MAX]; /* [0] is talker and kind; all others "" where absent */
    int fields;
};

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

/* The bytes of the sentence that begins at `text[0]`, '$' to checksum; 0 where none does. */
static size_t sentence_length(const char *text, size_t length)
{
    unsigned sum = 0;
    size_t end = 1;

    if (length == 0 || text[0] != '$')
        return 0;
    /* A second '$' is the next sentence: this one was cut off. */
    while (end < length && end < NMEA_SENTENCE_MAX && text[end] != '*') {
        if (text[end] < ' ' || text[end] > '~' || text[end] == '$')
            return 0;
        sum ^= (unsigned char)text[end++];
    }
    if (end < 6 || end + 3 > length || end + 3 > NMEA_SENTENCE_MAX || text[end] != '*' ||
        hex_value(text[end + 1]) < 0 || hex_value(text[end + 2]) < 0)
        return 0;
    return sum == (unsigned)(hex_value(text[end + 1]) * 16 + hex_value(text[end + 2])) ? end + 3
                                                                                       : 0;
}

bool nmea_next(const char *text, size_t length, size_t *at, struct nmea_span *sentence)
{
    while (*at < length) {
        const char *found = memchr(text + *at, '$', length - *at);
        if (found == NULL)
            break;
        *at = (size_t)(found - text);
        size_t whole = sentence_length(found, length - *at);
        *at += whole > 0 ? whole : 1;
        if (whole > 0) {
            *sentence = (struct nmea_span){ found, whole };
            return true;
        }
    }
    *at = length;
    return false;
}

/* Without '$' and checksum. */
static bool split(struct sentence *sentence, struct nmea_span span)
{
    size_t inner = span.length - 4;

    memcpy(sentence->text, span.at + 1, inner);
    sentence->text[inner] = '\0';
    for (int i = 0; i < FIELDS_MAX; i++)
        sentence->field[i] = "";
    sentence->fields = 0;
    for (char *at = sentence->text; at != NULL && sentence->fields < FIELDS_MAX;)
        sentence->field[sentence->fields++] = strsep(&at, ",");
    return strlen(sentence->field[0]) == 5;
}

static double number(const char *text)
{
    size_t digits = strspn(text + (*text == '-'), "0123456789.");
    const char *dot = strchr(text, '.');

    if (digits == 0 || text[digits + (*text == '-')] != '\0' ||
        (dot != NULL && (strchr(dot + 1, '.') != NULL || digits == 1)))
        return NAN;
    return strtod(text, NULL);
}

/* Two decimal digits, or -1. */
static int pair(const char *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return -1;
    return (text[0] - '0') * 10 + text[1] - '0';
}

/* hhmmss or hhmmss.sss in ms since midnight, or NO_TIME. */
static int64_t time_of_day(const char *text)
{
    double fraction = 0;

    if (strlen(text) < 6)
        return NO_TIME;
    if (text[6] != '\0')
        fraction = text[6] == '.' ? number(text + 6) : NAN;
    int hour = pair(text);
    int minute = pair(text + 2);
    int second = pair(text + 4);
    if (text[6] == '.' && text[7] == '\0')
        fraction = 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
        !(fraction >= 0 && fraction < 1))
        return NO_TIME;
    return (int64_t)(hour * SEC_PER_HOUR + minute * 60 + second) * MS_PER_SEC +
           (int64_t)(fraction * MS_PER_SEC + 0.5);
}

/* ddmmyy in ms since 1970, or FIX_TIME_ABSENT. */
static int64_t midnight_ms(const char *text)
{
    if (strlen(text) != 6)
        return FIX_TIME_ABSENT;
    int day = pair(text);
    int month = pair(text + 2);
    int year = pair(text + 4);
    if (day < 1 || day > 31 || month < 1 || month > 12 || year < 0)
        return FIX_TIME_ABSENT;
    struct tm date = { .tm_mday = day,
                       .tm_mon = month - 1,
                       .tm_year = year < NMEA_CENTURY_YEAR ? year + 100 : year };
    int64_t seconds = timegm(&date);
    /* timegm makes 1 March of 29 February where there is none: such a date is refused. */
    return date.tm_mday == day ? seconds * MS_PER_SEC : FIX_TIME_ABSENT;
}

/* ddmm.mmm or dddmm.mmm and its hemisphere, in degrees, or NAN. */
static double angle(const char *text, const char *hemisphere, const char *two)
{
    double value = number(text);
    double degrees = floor(value / 100);
    double minutes = value - degrees * 100;

    if (!(value >= 0) || minutes >= 60 || strlen(hemisphere) != 1 ||
        strchr(two, *hemisphere) == NULL)
        return NAN;
    degrees += minutes / 60;
    return *hemisphere == two[0] ? degrees : -degrees;
}

/* The receiver has no position now: what older sentences of the report said is void. */
static void refuse(struct nmea *nmea)
{
    int64_t time_ms = nmea->report.time_ms;

    fix_clear(&nmea->report);
    nmea->report.time_ms = time_ms;
}

/* False, and the report is without a position, where the place is none. */
static bool take_place(struct nmea *nmea, const struct sentence *sentence, int first)
{
    double lat = angle(sentence->field[first], sentence->field[first + 1], "NS");
    double lon = angle(sentence->field[first + 2], sentence->field[first + 3], "EW");

    if (!(fabs(lat) <= 90) || !(fabs(lon) <= 180) || (lat == 0 && lon == 0)) {
        refuse(nmea);
        return false;
    }
    nmea->report.lat = lat;
    nmea->report.lon = lon;
    return true;
}

static void begin(struct nmea *nmea, int64_t time)
{
    fix_clear(&nmea->report);
    nmea->time_of_day = time;
}

void nmea_init(struct nmea *nmea)
{
    nmea->gsa_mode = FIX_UNKNOWN;
    nmea->completed = NO_TIME;
    begin(nmea, NO_TIME);
}

bool nmea_finish(struct nmea *nmea, struct fix *fix)
{
    struct fix *report = &nmea->report;

    if (nmea->time_of_day == NO_TIME)
        return false;
    if (isnan(report->lat))
        report->mode = FIX_NONE;
    else if (nmea->gsa_mode != FIX_UNKNOWN)
        report->mode = nmea->gsa_mode;
    else
        report->mode = isnan(report->alt) ? FIX_2D : FIX_3D;
    *fix = *report;
    nmea->completed = nmea->time_of_day;
    begin(nmea, NO_TIME);
    return true;
}

/* Completes the report of another time; false where the sentence has no time and is left out. */
static bool turn_to(struct nmea *nmea, const char *field, struct fix *fix, bool *completed)
{
    int64_t time = time_of_day(field);

    if (time == NO_TIME)
        return false;
    if (time != nmea->time_of_day) {
        *completed = nmea_finish(nmea, fix);
        begin(nmea, time);
    }
    return true;
}

static bool take_rmc(struct nmea *nmea, const struct sentence *sentence, struct fix *fix)
{
    bool completed = false;

    if (!turn_to(nmea, sentence->field[1], fix, &completed))
        return false;
    int64_t midnight = midnight_ms(sentence->field[9]);
    if (midnight != FIX_TIME_ABSENT)
        nmea->report.time_ms = midnight + nmea->time_of_day;
    if (strcmp(sentence->field[2], "A") != 0) {
        refuse(nmea);
    } else if (take_place(nmea, sentence, 3)) {
        nmea->report.vel = number(sentence->field[7]) * KNOT_KMH;
        nmea->report.cog = number(sentence->field[8]);
    }
    return completed;
}

static bool take_gga(struct nmea *nmea, const struct sentence *sentence, struct fix *fix)
{
    bool completed = false;
    double quality = number(sentence->field[6]);

    if (!turn_to(nmea, sentence->field[1], fix, &completed))
        return false;
    if (!(quality > 0)) {
        refuse(nmea);
    } else if (take_place(nmea, sentence, 2)) {
        nmea->report.acc = number(sentence->field[8]) * NMEA_METERS_HDOP;
        nmea->report.alt = number(sentence->field[9]);
    }
    return completed;
}

static bool take_gsa(struct nmea *nmea, const struct sentence *sentence, struct fix *fix)
{
    double mode = number(sentence->field[2]);

    (void)fix;
    if (mode == (double)FIX_NONE) {
        /* Of now only: receivers that say it once and then a position have found one. */
        refuse(nmea);
        nmea->gsa_mode = FIX_UNKNOWN;
    } else if (mode == (double)FIX_2D || mode == (double)FIX_3D) {
        nmea->gsa_mode = (int)mode;
    }
    return false;
}

static const struct {
    const char *kind;
    int fields_min; /* shorter ones are cut off, whatever their checksum says */
    bool (*take)(struct nmea *nmea, const struct sentence *sentence, struct fix *fix);
} kinds[] = {
    { .kind = "RMC", .fields_min = 10, .take = take_rmc },
    { .kind = "GGA", .fields_min = 10, .take = take_gga },
    { .kind = "GSA", .fields_min = 3, .take = take_gsa },
};

bool nmea_take(struct nmea *nmea, struct nmea_span span, struct fix *fix)
{
    struct sentence sentence;

    if (!split(&sentence, span))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(sentence.field[0] + 2, kinds[i].kind) == 0)
            return sentence.fields >= kinds[i].fields_min && kinds[i].take(nmea, &sentence, fix);
    return false;
}
