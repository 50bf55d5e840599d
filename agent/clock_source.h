/* Where an event's time comes from (`clock`; contract, section 2): pure; time is an argument.
 *
 *   ntp   adjtimex(2) says that a time daemon keeps the clock
 *   gps   a believable GPS time agreed with the wall clock within 2 s in the last 10 minutes, and
 *         the wall clock was not set to another time since
 *   rtc   a clock chip's own time is after the build of this program and within 30 s of the wall
 *         clock
 *   none  otherwise
 * A GPS time is believable from the build date to 20 years after it: a receiver past its week
 * rollover errs by 1024 weeks (19.6 years), and real captures say 2034. */
#ifndef CARRITO_CLOCK_SOURCE_H
#define CARRITO_CLOCK_SOURCE_H

#include "agent/clock_state.h"
#include "common/event.h"

struct clock_source {
    int64_t built_ms;
    int64_t agreed_mono_ms;   /* when a GPS time last agreed */
    int64_t agreed_offset_ms; /* wall minus monotonic clock at that moment */
    bool agreed;
};

/* `built_ms` is clock_state_built_ms(), or what a test wants. */
void clock_source_init(struct clock_source *source, int64_t built_ms);

/* Takes the time of a fix with a position (`time_ms` of struct fix; -1 is ignored), at the moment
 * when it arrived. Only of a source for which source_gps_tells_time() is true. */
void clock_source_take_gps(struct clock_source *source, int64_t gps_ms, int64_t wall_ms,
                           int64_t mono_ms);

enum event_clock clock_source_now(const struct clock_source *source,
                                  const struct clock_state *state, int64_t wall_ms,
                                  int64_t mono_ms);

/* Is it right to the second (gps, ntp)? Then the boot's `clock` event may be written. */
bool clock_source_is_right(enum event_clock clock);

#endif
