/* gpsd through libgps: no other file but this one's .c includes gps.h.
 *
 * Connects to loopback only, so that connect(2) answers at once. A gpsd that is absent, restarted
 * or silent for GPSD_SILENCE_MS is left and tried again with back-off. One thread. */
#ifndef CARRITO_SOURCE_GPSD_H
#define CARRITO_SOURCE_GPSD_H

#include "agent/fix.h"

#include <stdbool.h>

#define GPSD_SILENCE_MS 60000 /* gpsd reports at least each second while a receiver lives */

enum gpsd_state { GPSD_ABSENT, GPSD_NO_FIX, GPSD_FIX };

struct source_gpsd;

struct source_gpsd *source_gpsd_open(const char *host, const char *port);
void source_gpsd_close(struct source_gpsd *source);
int source_gpsd_fd(const struct source_gpsd *source);
int source_gpsd_timeout_ms(const struct source_gpsd *source, int64_t mono_ms);
/* True: *fix is a new report (with or without a position). */
bool source_gpsd_turn(struct source_gpsd *source, short revents, int64_t mono_ms, struct fix *fix);
enum gpsd_state source_gpsd_state(const struct source_gpsd *source);

#endif
