/* The rule for clocks that cannot be believed. */
#include "collector/engine/event_time.h"

int64_t event_time_ms(const struct event *event, int64_t ts_ms, int64_t append_ms)
{
    if (event->clock == CLOCK_NONE || ts_ms > append_ms + CLOCK_AHEAD_MS_MAX)
        return append_ms;
    return ts_ms;
}

enum event_time event_time_judge(const struct event *event, int64_t append_ms)
{
    if (event->clock == CLOCK_NONE)
        return EVENT_TIME_NONE;
    if (event->ts_ms > append_ms + CLOCK_AHEAD_MS_MAX)
        return EVENT_TIME_AHEAD;
    return event->clock == CLOCK_RTC ? EVENT_TIME_RTC : EVENT_TIME_GOOD;
}
