/* The hours in which silence raises alerts: CARRITO_HOURS, "08:00-21:30". Pure but for the zone,
 * which is the process's (common/day.h). */
#ifndef CARRITO_COLLECTOR_HOURS_H
#define CARRITO_COLLECTOR_HOURS_H

#include <stdbool.h>
#include <stdint.h>

/* True where the clock on the guild's wall is within them at that instant: from the first minute
 * on, up to the last and without it. They may go past midnight; NULL, and the same time twice, mean
 * always. */
bool hours_are_open(const char *hours, int64_t wall_ms);
/* When they last opened, at or before that instant, which is within them; 0: they are always open.
 */
int64_t hours_opened_ms(const char *hours, int64_t wall_ms);

#endif
