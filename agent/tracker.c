/* From the receiver into the commit. */
#include "agent/tracker.h"

#include <stdio.h>

#define FIXES_PER_TURN 16

static void fill_position(const struct fix *fix, const struct moment *moment, struct event *event)
{
    event_clear(event);
    event->ts_ms = moment->wall_ms;
    event->clock = moment->clock;
    if (!clock_source_is_right(moment->clock)) {
        snprintf(event->boot, sizeof event->boot, "%s", moment->boot);
        event->boot_ms = moment->boot_ms;
    }
    event->lat = fix->lat;
    event->lon = fix->lon;
    event->acc = fix->acc;
    event->alt = fix->alt;
    event->vel = fix->vel;
    event->cog = fix->cog;
}

static enum outbox_result take_fix(struct tracker *tracker, const struct fix *fix, int64_t mono_ms,
                                   int64_t wall_ms)
{
    struct event event;

    if (source_gps_tells_time(tracker->gps) && position_good(fix))
        clock_source_take_gps(tracker->clock_source, fix->time_ms, wall_ms, mono_ms);
    bool is_due = position_take(&tracker->filter, fix, wall_ms);
    if (mono_ms >= tracker->locate_end_ms)
        position_locate_end(&tracker->filter);
    if (!is_due || (tracker->rests && mono_ms >= tracker->locate_end_ms))
        return OUTBOX_OK;
    struct moment moment = tracker->moment(tracker->owner);
    fill_position(fix, &moment, &event);
    return group_commit_position(tracker->commit, &event, mono_ms);
}

enum outbox_result tracker_turn(struct tracker *tracker, short revents, int64_t mono_ms,
                                int64_t wall_ms)
{
    enum outbox_result worst = OUTBOX_OK;
    struct fix fix;

    for (int i = 0; i < FIXES_PER_TURN; i++) {
        if (!source_gps_turn(tracker->gps, i == 0 ? revents : 0, mono_ms, wall_ms, &fix))
            break;
        enum outbox_result result = take_fix(tracker, &fix, mono_ms, wall_ms);
        if (result > worst)
            worst = result;
    }
    return worst;
}

void tracker_locate(struct tracker *tracker, int interval_s, int64_t end_ms)
{
    position_locate(&tracker->filter, interval_s);
    tracker->locate_end_ms = end_ms;
}

void tracker_rest(struct tracker *tracker)
{
    tracker->rests = true;
}

void tracker_go_on(struct tracker *tracker)
{
    tracker->rests = false;
    tracker->filter.has_recorded = false;
}

struct sale_fix tracker_last(const struct tracker *tracker)
{
    int64_t fix_ms = 0;
    const struct fix *fix = position_last(&tracker->filter, &fix_ms);

    if (fix == NULL)
        return (struct sale_fix){ .known = false };
    return (struct sale_fix){ true, fix->lat, fix->lon, fix_ms };
}
