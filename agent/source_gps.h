/* Where positions come from: one interface over gpsd, a recorded route, a simulated one, or none.
 *
 * The source is chosen by the text of CARRITO_GPS:
 *   gpsd://HOST:PORT   gpsd; HOST is "localhost" or an address in numbers (IPv6 in brackets)
 *   sim:SEED           a walk around Santiago, the same one for the same seed (0 to 2^64-1)
 *   file:PATH          a recorded route, NMEA or GPX, repeated for ever
 *   none               no receiver
 *
 * All functions belong to one thread, the agent's loop, and none of them blocks. A source that is
 * absent, restarted or hung is tried again by itself, after 1 to 30 s. */
#ifndef CARRITO_SOURCE_GPS_H
#define CARRITO_SOURCE_GPS_H

#include "agent/fix.h"

#include <stdbool.h>

struct source_gps;

/* For the check of the configuration: is this a text that source_gps_open takes? Whether the file
 * exists or gpsd answers is not asked. */
bool source_gps_is_valid(const char *url);

/* NULL only if memory ran out or the text is not valid. A gpsd or file that is not there is a
 * state ("absent"), not an error. `url` is not kept. */
struct source_gps *source_gps_open(const char *url);
void source_gps_close(struct source_gps *source);

/* The descriptor to poll for POLLIN, or -1. It changes with each connection: ask before each
 * poll(2). */
int source_gps_fd(const struct source_gps *source);

/* How long poll(2) may sleep before source_gps_turn wants to be called, in ms; 0: now; -1: the
 * source waits for its descriptor only. `mono_ms` is of the monotonic clock, here and below. */
int source_gps_timeout_ms(const struct source_gps *source, int64_t mono_ms);

/* One step, after each poll: connects, reads, advances the route. `revents` is what poll said of
 * the descriptor (0 if there was none). True: `*fix` is a new report, which may well have no
 * position (mode under 2: the receiver lives but sees no sky); call again, with revents 0, until
 * false. False: `*fix` is untouched. */
bool source_gps_turn(struct source_gps *source, short revents, int64_t mono_ms, int64_t wall_ms,
                     struct fix *fix);

/* The heartbeat's word (contract, section 3): "fix"; "nofix": a receiver without a position;
 * "absent": no gpsd, no receiver behind it, or no readable file; "none": none is configured. */
const char *source_gps_state(const struct source_gps *source);

/* Is the time of this source's fixes evidence for the clock? Only a receiver's is: routes are
 * stamped with the wall clock itself, which they would always confirm. */
bool source_gps_tells_time(const struct source_gps *source);

#endif
