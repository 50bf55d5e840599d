/* GPX by searching: a point is what stands between "<trkpt" and the next "<trkpt" or its end. */
#include "agent/gpx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOOK_MAX   1024 /* bytes looked at for "<gpx" */
#define POINT_MAX  4096 /* bytes of one point looked at; extensions behind them are not ours */
#define NUMBER_MAX 40

struct span {
    const char *at, *end;
};

static const char *find(struct span in, const char *word)
{
    return in.at < in.end ? memmem(in.at, (size_t)(in.end - in.at), word, strlen(word)) : NULL;
}

/* The number that the span begins with and that ends where `stop` says; else NAN. */
static double number(struct span in, char stop)
{
    char text[NUMBER_MAX + 1];
    size_t length = 0;
    char *end;

    while (in.at < in.end && *in.at != stop && length < NUMBER_MAX) {
        text[length++] = *in.at++;
    }
    text[length] = '\0';
    if (length == 0 || in.at == in.end || *in.at != stop ||
        strspn(text, "+-.0123456789") != length) {
        return NAN;
    }
    double value = strtod(text, &end);
    return *end == '\0' ? value : NAN;
}

/* The value of ` name="…"` or ` name='…'` in a tag. */
static double attribute(struct span tag, const char *name)
{
    size_t length = strlen(name);

    for (const char *found = find(tag, name); found != NULL; found = find(tag, name)) {
        char before = found[-1]; /* a tag begins with "<trkpt", so there is one */
        tag.at = found + length;
        if (tag.end - tag.at >= 2 &&
            (before == ' ' || before == '\t' || before == '\n' || before == '\r') &&
            tag.at[0] == '=' && (tag.at[1] == '"' || tag.at[1] == '\'')) {
            return number((struct span){ tag.at + 2, tag.end }, tag.at[1]);
        }
    }
    return NAN;
}

static int digits(const char *text, size_t count)
{
    int value = 0;

    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + text[i] - '0';
    }
    return value;
}

/* 2026-09-06T12:00:00Z, with or without a fraction; GPX demands UTC. */
static int64_t read_time(struct span in)
{
    static const char shape[] = "0000-00-00T00:00:00";
    struct tm date = { 0 };
    int64_t fraction_ms = 0;

    if ((size_t)(in.end - in.at) < sizeof shape) {
        return FIX_TIME_ABSENT;
    }
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        if (shape[i] != '0' ? in.at[i] != shape[i] : in.at[i] < '0' || in.at[i] > '9') {
            return FIX_TIME_ABSENT;
        }
    }
    if (in.at[19] == '.' && in.end - in.at >= 23 && digits(in.at + 20, 3) >= 0) {
        fraction_ms = digits(in.at + 20, 3);
    }
    date.tm_year = digits(in.at, 4) - 1900;
    date.tm_mon = digits(in.at + 5, 2) - 1;
    date.tm_mday = digits(in.at + 8, 2);
    date.tm_hour = digits(in.at + 11, 2);
    date.tm_min = digits(in.at + 14, 2);
    date.tm_sec = digits(in.at + 17, 2);
    if (date.tm_year < 70 || date.tm_mon < 0 || date.tm_mon > 11 || date.tm_mday < 1 ||
        date.tm_mday > 31 || date.tm_hour > 23 || date.tm_min > 59 || date.tm_sec > 60) {
        return FIX_TIME_ABSENT;
    }
    return (int64_t)timegm(&date) * 1000 + fraction_ms;
}

/* The content of the first `<name>` of the point; empty where there is none. */
static struct span element(struct span point, const char *tag)
{
    const char *found = find(point, tag);

    return found == NULL ? (struct span){ point.end, point.end }
                         : (struct span){ found + strlen(tag), point.end };
}

static bool read_point(struct span point, struct fix *fix)
{
    const char *tag_end = memchr(point.at, '>', (size_t)(point.end - point.at));
    struct fix read;

    if (tag_end == NULL) {
        return false;
    }
    fix_clear(&read);
    read.lat = attribute((struct span){ point.at, tag_end }, "lat");
    read.lon = attribute((struct span){ point.at, tag_end }, "lon");
    if (!(fabs(read.lat) <= 90) || !(fabs(read.lon) <= 180) || (read.lat == 0 && read.lon == 0)) {
        return false;
    }
    read.alt = number(element(point, "<ele>"), '<');
    read.time_ms = read_time(element(point, "<time>"));
    read.mode = isnan(read.alt) ? FIX_2D : FIX_3D;
    *fix = read;
    return true;
}

bool gpx_is(const char *text, size_t length)
{
    return find((struct span){ text, text + (length < LOOK_MAX ? length : LOOK_MAX) }, "<gpx") !=
           NULL;
}

bool gpx_next(const char *text, size_t length, size_t *at, struct fix *fix)
{
    static const char begin[] = "<trkpt";

    for (;;) {
        struct span rest = { text + *at, text + length };
        const char *found = find(rest, begin);
        if (found == NULL) {
            *at = length;
            return false;
        }
        struct span point = { found + strlen(begin), rest.end };
        const char *next = find(point, begin);
        point.end = next != NULL ? next : rest.end;
        *at = (size_t)(point.end - text);
        const char *close = find(point, "</trkpt>");
        if (close != NULL) {
            point.end = close;
        }
        if (point.end - point.at > POINT_MAX) {
            point.end = point.at + POINT_MAX;
        }
        if (read_point(point, fix)) {
            return true;
        }
    }
}
