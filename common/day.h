/* The local day of an instant in the guild's zone, and the first instant of a day.
 *
 * The zone is the process's: day_set_zone() once at start, before threads. A day is the calendar
 * date that a clock on the wall shows; days of 23 and 25 hours exist (America/Santiago changes at
 * midnight: 2026-09-06 has no 00:00), so starts are searched, not computed. Source: tzdata. */
#ifndef CARRITO_DAY_H
#define CARRITO_DAY_H

#include <stdbool.h>
#include <stdint.h>

#define DAY_TEXT_SIZE 11 /* "2026-09-06" and NUL */

/* False where the zone's name is unknown to the system. */
bool day_set_zone(const char *name);
/* A day is kept as days since 1970-01-01 of the local calendar. */
int32_t day_of_ms(int64_t wall_ms);
/* The first instant whose local date is `day`. The day's end is the next day's start. */
int64_t day_start_ms(int32_t day);
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
/* Reads RFC 3339 with Z or an offset, seconds with or without a fraction. */
bool time_from_text(const char *text, int64_t *wall_ms);

#endif
