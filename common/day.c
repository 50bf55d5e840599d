/* Local days by the system's zone data, and RFC 3339 in both directions. */
#include "common/day.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DAY_MS    86400000LL
#define MINUTE_MS 60000LL
#define ZONE_OFFSET_MAX                                                                            \
    (26 * 3600000LL) /* more than any zone was ever off UTC, and a day's change */

/* Never freed: another thread may be reading one while the next is set, which is once in years. */
struct day_starts {
    struct day_starts *before;
    size_t count;
    struct day_start starts[];
};

static _Atomic(struct day_starts *) current;

/* Days since 1970-01-01 of a civil date, proleptic Gregorian (Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", days_from_civil). */
static int32_t day_from_civil(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

/* The inverse (civil_from_days). */
static void civil_from_day(int32_t days, int *year, int *month, int *day)
{
    int shifted = days + 719468;
    int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int day_of_era = shifted - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_shifted = (5 * day_of_year + 2) / 153;

    *day = day_of_year - (153 * month_shifted + 2) / 5 + 1;
    *month = month_shifted < 10 ? month_shifted + 3 : month_shifted - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

static bool civil_is_valid(int year, int month, int day)
{
    int y, m, d;

    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    civil_from_day(day_from_civil(year, month, day), &y, &m, &d);
    return y == year && m == month && d == day;
}

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* Each part of the name stands in the database's folder as it is written, and none leads out of
 * it. `right/…` counts leap seconds, which no other clock of ours does. */
static bool zone_name_is_plain(const char *name)
{
    const char *part = name;

    do {
        if (part[0] == '\0' || part[0] == '/' || part[0] == '.')
            return false;
        part += strcspn(part, "/");
    } while (*part++ == '/');
    return strncmp(name, "right/", 6) != 0;
}

/* Folders, tables and leap seconds stand beside the zones, and a zone begins with "TZif"
 * (RFC 8536). */
static bool is_zone_file(const char *path)
{
    static const char magic[] = { 'T', 'Z', 'i', 'f' };
    char begin[sizeof magic];
    FILE *file = fopen(path, "re");
    bool is = file != NULL && fread(begin, 1, sizeof begin, file) == sizeof begin &&
              memcmp(begin, magic, sizeof magic) == 0;

    if (file != NULL)
        fclose(file);
    return is;
}

bool day_set_zone(const char *name)
{
    char path[256];

    /* glibc takes an unknown name for UTC without a word, so the file is looked at first. */
    if (!zone_name_is_plain(name) ||
        snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name) >= (int)sizeof path ||
        (strcmp(name, "UTC") != 0 && !is_zone_file(path)))
        return false;
    setenv("TZ", name, 1);
    tzset();
    return true;
}

/* Reads exactly `count` digits; -1 where there are none. */
static int read_digits(const char **at, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return -1;
        value = value * 10 + (**at - '0');
    }
    return value;
}

bool day_start_from_text(const char *text, int32_t *minutes)
{
    const char *at = text;
    int hour = read_digits(&at, 2);

    if (hour < 0 || *at++ != ':')
        return false;
    int minute = read_digits(&at, 2);
    if (minute < 0 || minute > 59 || *at != '\0' || hour * 60 + minute > DAY_START_MAX)
        return false;
    *minutes = hour * 60 + minute;
    return true;
}

bool day_start_is_valid(const char *text)
{
    int32_t minutes;

    return day_start_from_text(text, &minutes);
}

void day_start_text(int32_t minutes, char text[DAY_START_TEXT_SIZE])
{
    snprintf(text, DAY_START_TEXT_SIZE, "%02u:%02u", (unsigned)minutes / 60 % 100,
             (unsigned)minutes % 60);
}

void day_set_starts(const struct day_start *starts, size_t count)
{
    struct day_starts *set = malloc(sizeof *set + count * sizeof *starts);

    if (set == NULL)
        abort();
    set->count = count;
    if (count > 0)
        memcpy(set->starts, starts, count * sizeof *starts);
    set->before = atomic_load(&current);
    atomic_store(&current, set);
}

const struct day_start *day_starts(size_t *count)
{
    const struct day_starts *set = atomic_load(&current);

    *count = set != NULL ? set->count : 0;
    return *count > 0 ? set->starts : NULL;
}

int32_t day_start_minutes(int32_t day)
{
    size_t count;
    const struct day_start *starts = day_starts(&count);

    while (count > 1 && starts[count - 1].first_day > day)
        count--;
    return count > 0 ? starts[count - 1].minutes : 0;
}

/* What the clock on the wall is ahead of UTC. */
static int64_t offset_ms(int64_t wall_ms)
{
    time_t seconds = (time_t)floor_divide(wall_ms, 1000);
    struct tm local;

    return localtime_r(&seconds, &local) != NULL ? local.tm_gmtoff * 1000LL : 0;
}

/* The first instant with the offset that holds at `after`; the one at `before` has another. */
static int64_t change_ms(int64_t before, int64_t after)
{
    int64_t offset = offset_ms(after);

    while (after - before > 1) {
        int64_t middle = before + (after - before) / 2;
        if (offset_ms(middle) == offset)
            after = middle;
        else
            before = middle;
    }
    return after;
}

/* The first instant at which the clock on the wall shows this time of this date, or a later one.
 * The clocks change at most once in the hours around it. */
static int64_t begin_ms(int32_t day, int32_t minutes)
{
    int64_t shown = day * DAY_MS + minutes * MINUTE_MS;
    int64_t first = shown - ZONE_OFFSET_MAX, last = shown + ZONE_OFFSET_MAX;
    int64_t old_offset = offset_ms(first), new_offset = offset_ms(last);

    if (old_offset == new_offset)
        return shown - old_offset;
    int64_t change = change_ms(first, last);
    if (shown - old_offset < change)
        return shown - old_offset;
    return shown - new_offset > change ? shown - new_offset : change;
}

int64_t day_start_ms(int32_t day)
{
    return begin_ms(day, day_start_minutes(day));
}

int32_t date_of_ms(int64_t wall_ms)
{
    return (int32_t)floor_divide(wall_ms + offset_ms(wall_ms), DAY_MS);
}

static int64_t start_after_ms(const struct day_start *change, int32_t day)
{
    return day >= change->first_day ? begin_ms(day, change->minutes) : day_start_ms(day);
}

/* By the days' starts, as a clock that was put back shows a time from before one that has been. */
int32_t day_of_ms_after(const struct day_start *change, int64_t wall_ms)
{
    int32_t date = date_of_ms(wall_ms);

    if (wall_ms >= start_after_ms(change, date + 1))
        return date + 1;
    return wall_ms >= start_after_ms(change, date) ? date : date - 1;
}

int32_t day_of_ms(int64_t wall_ms)
{
    static const struct day_start none = { INT32_MAX, 0 };

    return day_of_ms_after(&none, wall_ms);
}

int32_t day_not_begun(int64_t wall_ms, int32_t minutes)
{
    int32_t day = day_of_ms(wall_ms) + 1;

    while (begin_ms(day, minutes) <= wall_ms)
        day++;
    return day;
}

void day_text(int32_t day, char text[DAY_TEXT_SIZE])
{
    int year, month, day_of_month;

    civil_from_day(day, &year, &month, &day_of_month);
    snprintf(text, DAY_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000u, (unsigned)month % 100u,
             (unsigned)day_of_month % 100u);
}

void clock_text(int64_t wall_ms, char text[CLOCK_TEXT_SIZE])
{
    time_t seconds = (time_t)floor_divide(wall_ms, 1000);
    struct tm local;

    if (localtime_r(&seconds, &local) == NULL) {
        time_text(wall_ms, text);
        return;
    }
    char day[DAY_TEXT_SIZE];
    day_text(day_from_civil(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday), day);
    snprintf(text, CLOCK_TEXT_SIZE, "%s %02u:%02u", day, (unsigned)local.tm_hour % 100u,
             (unsigned)local.tm_min % 100u);
}

static bool read_date(const char **at, int32_t *day)
{
    int year = read_digits(at, 4);
    if (year < 0 || *(*at)++ != '-')
        return false;
    int month = read_digits(at, 2);
    if (month < 0 || *(*at)++ != '-')
        return false;
    int day_of_month = read_digits(at, 2);
    if (day_of_month < 0 || !civil_is_valid(year, month, day_of_month))
        return false;
    *day = day_from_civil(year, month, day_of_month);
    return true;
}

bool day_from_text(const char *text, int32_t *day)
{
    int32_t read;

    if (strlen(text) != DAY_TEXT_SIZE - 1 || !read_date(&text, &read))
        return false;
    *day = read;
    return true;
}

void time_text(int64_t wall_ms, char text[TIME_TEXT_SIZE])
{
    char date[DAY_TEXT_SIZE];
    int64_t day = floor_divide(wall_ms, DAY_MS);
    unsigned rest = (unsigned)(wall_ms - day * DAY_MS);

    day_text((int32_t)day, date);
    int length = snprintf(text, TIME_TEXT_SIZE, "%sT%02u:%02u:%02u", date, rest / 3600000,
                          rest / 60000 % 60, rest / 1000 % 60);
    if (rest % 1000 != 0)
        length += snprintf(text + length, TIME_TEXT_SIZE - (size_t)length, ".%03u", rest % 1000);
    snprintf(text + length, TIME_TEXT_SIZE - (size_t)length, "Z");
}

void local_time_text(int64_t wall_ms, char text[TIME_TEXT_SIZE])
{
    int64_t offset = offset_ms(wall_ms);
    unsigned minutes = (unsigned)((offset < 0 ? -offset : offset) / MINUTE_MS);

    time_text(floor_divide(wall_ms + offset, 1000) * 1000, text);
    size_t length = strlen(text) - 1; /* without its Z */
    snprintf(text + length, TIME_TEXT_SIZE - length, "%c%02u:%02u", offset < 0 ? '-' : '+',
             minutes / 60, minutes % 60);
}

/* "Z", "+hh:mm" or "-hh:mm", to the end of the text. */
static bool read_offset(const char *at, int64_t *offset_ms)
{
    int sign = *at == '-' ? -1 : 1;

    if (*at == 'Z' || *at == 'z') {
        *offset_ms = 0;
        return at[1] == '\0';
    }
    if (*at != '+' && *at != '-')
        return false;
    at++;
    int hours = read_digits(&at, 2);
    if (hours < 0 || hours > 23 || *at++ != ':')
        return false;
    int minutes = read_digits(&at, 2);
    *offset_ms = sign * (hours * 60 + minutes) * 60000LL;
    return minutes >= 0 && minutes < 60 && *at == '\0';
}

/* The fraction's milliseconds; further digits are read over. */
static int read_fraction_ms(const char **at)
{
    int ms = 0, weight = 100;

    for (; **at >= '0' && **at <= '9'; (*at)++, weight /= 10)
        ms += (**at - '0') * weight;
    return ms;
}

bool time_from_text(const char *text, int64_t *wall_ms)
{
    int32_t day;
    int64_t offset_ms;
    int fraction_ms = 0;

    if (!read_date(&text, &day) || (*text != 'T' && *text != 't'))
        return false;
    text++;
    int hours = read_digits(&text, 2);
    if (hours < 0 || hours > 23 || *text++ != ':')
        return false;
    int minutes = read_digits(&text, 2);
    if (minutes < 0 || minutes > 59 || *text++ != ':')
        return false;
    int seconds = read_digits(&text, 2);
    if (seconds < 0 || seconds > 60)
        return false;
    if (*text == '.') {
        text++;
        fraction_ms = read_fraction_ms(&text);
    }
    if (!read_offset(text, &offset_ms))
        return false;
    *wall_ms =
        day * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1000LL + fraction_ms - offset_ms;
    return true;
}
