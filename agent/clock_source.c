/* The rule for `clock`. */
#include "agent/clock_source.h"

#include <stdlib.h>

#define AGREE_MS      2000   /* between GPS and wall clock, transmission included */
#define AGREED_FOR_MS 600000 /* a clock drifts less than AGREE_MS in ten minutes */
#define BELIEVABLE_MS (20 * 31556952000LL)

void clock_source_init(struct clock_source *source, int64_t built_ms)
{
    *source = (struct clock_source){ .built_ms = built_ms };
}

void clock_source_take_gps(struct clock_source *source, int64_t gps_ms, int64_t wall_ms,
                           int64_t mono_ms)
{
    if (gps_ms < source->built_ms || gps_ms > source->built_ms + BELIEVABLE_MS)
        return;
    source->agreed = llabs(gps_ms - wall_ms) <= AGREE_MS;
    source->agreed_mono_ms = mono_ms;
    source->agreed_offset_ms = wall_ms - mono_ms;
}

static bool gps_agrees(const struct clock_source *source, int64_t wall_ms, int64_t mono_ms)
{
    return source->agreed && mono_ms - source->agreed_mono_ms <= AGREED_FOR_MS &&
           llabs(wall_ms - mono_ms - source->agreed_offset_ms) <= AGREE_MS;
}

enum event_clock clock_source_now(const struct clock_source *source,
                                  const struct clock_state *state, int64_t wall_ms, int64_t mono_ms)
{
    if (state->synchronised)
        return CLOCK_NTP;
    if (gps_agrees(source, wall_ms, mono_ms))
        return CLOCK_GPS;
    return state->has_rtc && wall_ms >= source->built_ms ? CLOCK_RTC : CLOCK_NONE;
}

bool clock_source_is_right(enum event_clock clock)
{
    return clock == CLOCK_GPS || clock == CLOCK_NTP;
}
