/* The rule for clocks that cannot be believed. */
#include "collector/engine/event_time.h"

static bool can_be(int64_t ms, int64_t append_ms)
{
    return ms <= append_ms + CLOCK_AHEAD_MS_MAX && ms >= append_ms - PHONE_BEHIND_MS_MAX;
}

/* Some phones and bridges write milliseconds where seconds belong. */
static int64_t phone_time_ms(const struct event *event, int64_t ts_ms, int64_t append_ms)
{
    if (can_be(ts_ms, append_ms))
        return ts_ms;
    return event->created_ms != EVENT_ABSENT && can_be(event->created_ms, append_ms)
               ? event->created_ms
               : append_ms;
}

int64_t event_time_ms(const struct event *event, int64_t ts_ms, int64_t append_ms)
{
    if (event->owntracks)
        return phone_time_ms(event, ts_ms, append_ms);
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
