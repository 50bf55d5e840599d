/* Counts a turn and sets the wait after it. */
#include "bridge/gather.h"

#define US_IN_MS 1000

void gather_answered(struct gather *gather, int64_t mono_us)
{
    if (gather->messages == 0)
        return;
    int64_t wait_ms = gather_ms(gather->messages, mono_us - gather->answered_us);
    gather->due_ms = wait_ms > 0 ? mono_us / US_IN_MS + wait_ms : 0;
    gather->answered_us = mono_us;
    gather->messages = 0;
}

bool gather_ends(struct gather *gather, int64_t mono_ms)
{
    if (gather->due_ms == 0 || mono_ms < gather->due_ms)
        return false;
    gather->due_ms = 0;
    return true;
}
