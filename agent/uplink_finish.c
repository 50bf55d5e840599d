/* The end of a program with one uplink, by what every caller has. */
#include "agent/uplink.h"

#include "common/clock.h"

#include <poll.h>

void uplink_finish(struct uplink *uplink, int64_t wall_ms, int64_t wait_ms)
{
    int64_t mono_ms = clock_mono_ms();
    int64_t end_ms = mono_ms + wait_ms;
    if (!uplink)
        return;
    uplink_leave(uplink, wall_ms);
    while (!uplink_has_left(uplink) && mono_ms < end_ms) {
        struct pollfd ready = { .fd = uplink_fd(uplink), .events = uplink_poll_events(uplink) };
        int timeout_ms = uplink_timeout_ms(uplink, mono_ms);
        int left_ms = (int)(end_ms - mono_ms);
        if (poll(&ready, 1, timeout_ms < left_ms ? timeout_ms : left_ms) <= 0)
            ready.revents = 0;
        mono_ms = clock_mono_ms();
        uplink_turn(uplink, ready.revents, mono_ms, wall_ms);
    }
    uplink_close(uplink);
}
