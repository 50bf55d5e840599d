/* The rule for clocks that cannot be believed. */
#include "collector/event_time.h"

int64_t event_time_ms(const struct event *event, int64_t ts_ms, int64_t append_ms)
{
    if (event->clock == CLOCK_NONE || ts_ms > append_ms + CLOCK_AHEAD_MS_MAX)
        return append_ms;
    return ts_ms;
}
