/* The guild's day of an instant in the guild's zone, and the first instant of a day.
 *
 * A day begins when a clock on the wall first shows its start (CARRITO_DAY_START, 00:00 to 12:00)
 * on its date, and has the name of that date; what is sold before belongs to the day before. Where
 * the clocks are put forward over that time it begins with the first instant behind the gap, and
 * where they are put back behind it, with the first of the two. Days of 23 and 25 hours exist
 * (America/Santiago changes at midnight: 2026-09-06 has no 00:00). Source: tzdata.
 *
 * The zone is the process's: day_set_zone() once at start, before threads. The start may change
 * from a day on: day_set_starts(). Any thread may ask. */
#ifndef CARRITO_DAY_H
#define CARRITO_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY_TEXT_SIZE 11 /* "2026-09-06" and NUL */

/* False where the system's zone database has no zone of this name: a folder or a table of it is
 * none, nor is one of right/, whose clocks count leap seconds. Reads a file. */
bool day_set_zone(const char *name);

/* Days from `first_day` on begin `minutes` after 00:00. */
struct day_start {
    int32_t first_day, minutes;
};
#define DAY_START_MAX       720 /* minutes: 12:00 */
#define DAY_START_TEXT_SIZE 6   /* "04:00" and NUL */
/* Reads HH:MM, 00:00 to 12:00; false where it is something else. */
bool day_start_from_text(const char *text, int32_t *minutes);
bool day_start_is_valid(const char *text);
void day_start_text(int32_t minutes, char text[DAY_START_TEXT_SIZE]);
/* Which start holds since when, in the order of the days; copied. Days before the first one begin
 * as it says, and without any at 00:00. */
void day_set_starts(const struct day_start *starts, size_t count);
/* They are the process's own and stay; NULL and 0: none were set. */
const struct day_start *day_starts(size_t *count);
/* The start of a day, in minutes. */
int32_t day_start_minutes(int32_t day);
/* The first day that has not begun at this instant, also where it began at `minutes`: from it on a
 * new start may hold without moving what has been. */
int32_t day_not_begun(int64_t wall_ms, int32_t minutes);

/* A day is kept as days since 1970-01-01 of the local calendar. */
int32_t day_of_ms(int64_t wall_ms);
/* The same if days from change->first_day on began as it says, and those before as they do. */
int32_t day_of_ms_after(const struct day_start *change, int64_t wall_ms);
/* The first instant of the day. Its end is the next day's start. */
int64_t day_start_ms(int32_t day);
/* The date on the calendar, whenever days begin: for what is no sale. */
int32_t date_of_ms(int64_t wall_ms);
void day_text(int32_t day, char text[DAY_TEXT_SIZE]);
/* Reads YYYY-MM-DD; false where that is no date. */
bool day_from_text(const char *text, int32_t *day);

/* What the clock on the wall shows: "2026-09-06 01:00". For people; not an instant, as an hour of
 * every autumn comes twice. */
#define CLOCK_TEXT_SIZE 32
void clock_text(int64_t wall_ms, char text[CLOCK_TEXT_SIZE]);

/* RFC 3339 in UTC with milliseconds where there are any: "2026-09-06T04:00:00.123Z". */
#define TIME_TEXT_SIZE 32
void time_text(int64_t wall_ms, char text[TIME_TEXT_SIZE]);
/* The same instant by the clock on the wall, with its offset and without milliseconds:
 * "2026-09-06T01:00:00-03:00". */
void local_time_text(int64_t wall_ms, char text[TIME_TEXT_SIZE]);
/* Reads RFC 3339 with Z or an offset, seconds with or without a fraction. */
bool time_from_text(const char *text, int64_t *wall_ms);

#endif
