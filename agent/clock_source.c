/* The decision where the time comes from; nothing here reads a clock. */
#include "agent/clock_source.h"

#include <stdlib.h>

#define AGREE_MS      2000  /* GPS and wall clock differ by no more */
#define RTC_AGREE_MS  30000 /* chip and kernel drift apart by some seconds a week */
#define AGREED_MS_MAX (INT64_C(10) * 60 * 1000)  /* how long an agreement counts */
#define BELIEVABLE_MS (INT64_C(7305) * 86400000) /* 20 years */

void clock_source_init(struct clock_source *source, int64_t built_ms)
{
    *source = (struct clock_source){ .built_ms = built_ms };
}

void clock_source_take_gps(struct clock_source *source, int64_t gps_ms, int64_t wall_ms,
                           int64_t mono_ms)
{
    if (gps_ms < source->built_ms || gps_ms > source->built_ms + BELIEVABLE_MS ||
        llabs(gps_ms - wall_ms) > AGREE_MS)
        return;
    source->agreed = true;
    source->agreed_mono_ms = mono_ms;
    source->agreed_offset_ms = wall_ms - mono_ms;
}

/* An agreement is about the wall clock of then: a clock that was set since is another one. */
static bool agrees_still(const struct clock_source *source, int64_t wall_ms, int64_t mono_ms)
{
    return source->agreed && mono_ms - source->agreed_mono_ms <= AGREED_MS_MAX &&
           llabs(wall_ms - mono_ms - source->agreed_offset_ms) <= AGREE_MS;
}

/* That there is a chip says nothing: without a cell it begins at 1970, while the system goes on
 * from the time of its last shutdown. */
static bool rtc_agrees(const struct clock_source *source, const struct clock_state *state,
                       int64_t wall_ms)
{
    for (size_t i = 0; i < state->rtc_count; i++)
        if (state->rtc_ms[i] > source->built_ms && wall_ms > source->built_ms &&
            llabs(state->rtc_ms[i] - wall_ms) <= RTC_AGREE_MS)
            return true;
    return false;
}

enum event_clock clock_source_now(const struct clock_source *source,
                                  const struct clock_state *state, int64_t wall_ms, int64_t mono_ms)
{
    if (state->synchronised)
        return CLOCK_NTP;
    if (agrees_still(source, wall_ms, mono_ms))
        return CLOCK_GPS;
    return rtc_agrees(source, state, wall_ms) ? CLOCK_RTC : CLOCK_NONE;
}

bool clock_source_is_right(enum event_clock clock)
{
    return clock == CLOCK_GPS || clock == CLOCK_NTP;
}
