/* Fixes from gpsd, over its own protocol (gpsd_json(5)), understood by libgps. Used through
 * source_gps, whose words on threads and time hold here.
 *
 * The socket is ours and not libgps's: gps_open(3) of 3.22 resolves and connects in a blocking
 * way, and even on loopback connect(2) waits for minutes once a stopped gpsd's queue is full.
 * gps_read(3) reports no end of the stream behind half a line. Here nothing blocks, for any
 * address; names other than "localhost" are refused, since resolving one blocks. */
#ifndef CARRITO_SOURCE_GPSD_H
#define CARRITO_SOURCE_GPSD_H

#include "agent/fix.h"

#include <stdbool.h>

struct source_gpsd;

/* `place` is HOST:PORT or HOST (port 2947); HOST is "localhost", 127.0.0.1 or [::1], or another
 * address in numbers. */
bool source_gpsd_is_valid(const char *place);

/* NULL if memory ran out or `place` is not valid. */
struct source_gpsd *source_gpsd_open(const char *place);
void source_gpsd_close(struct source_gpsd *gpsd);

int source_gpsd_fd(const struct source_gpsd *gpsd);
int source_gpsd_timeout_ms(const struct source_gpsd *gpsd, int64_t mono_ms);
bool source_gpsd_turn(struct source_gpsd *gpsd, short revents, int64_t mono_ms, struct fix *fix);
const char *source_gpsd_state(const struct source_gpsd *gpsd);

#endif
