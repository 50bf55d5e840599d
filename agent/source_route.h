/* Fixes that come from no receiver: a recorded route (`file:`, NMEA or GPX, repeated for ever) or
 * a simulated walk (`sim:`). Used through source_gps, whose words on threads and time hold here.
 *
 * A recorded route is replayed at the pace of its own times. Between two points that are more than
 * a second apart it reports once a second from the straight way between them; points within 50 ms
 * of the last one are left out. Where times are missing, go back, or are more than an hour apart,
 * and from the end to the beginning again, the next point comes after a second. Every fix is
 * stamped with the wall clock of now. The file is read whole when it is opened, up to
 * ROUTE_BYTES_MAX: longer, unreadable or empty ones are `absent` and tried again after 1 to 30 s,
 * which the log says once, and once when it is back;
 * of a broken one the points before the break are replayed, and the log says where that is. */
#ifndef CARRITO_SOURCE_ROUTE_H
#define CARRITO_SOURCE_ROUTE_H

#include "agent/fix.h"

#include <stdbool.h>

#define ROUTE_BYTES_MAX (8 * 1024 * 1024)

struct source_route;

/* NULL if memory ran out. */
struct source_route *source_route_open_file(const char *path);
struct source_route *source_route_open_walk(uint64_t seed);
void source_route_close(struct source_route *route);

int source_route_timeout_ms(const struct source_route *route, int64_t mono_ms);
bool source_route_turn(struct source_route *route, int64_t mono_ms, int64_t wall_ms,
                       struct fix *fix);
const char *source_route_state(const struct source_route *route);

#endif
