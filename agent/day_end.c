/* What was said of the day's end, and what not yet. */
#include "agent/day_end.h"

void day_end_close(struct day_end *end, int64_t now_ms)
{
    *end = (struct day_end){ .closed = true, .say_ms = now_ms + DAY_END_WAIT_MS };
}

void day_end_open(struct day_end *end)
{
    *end = (struct day_end){ .closed = false };
}

void day_end_connected(struct day_end *end, int64_t now_ms)
{
    end->mid = 0;
    end->say_ms = now_ms + DAY_END_WAIT_MS;
}

void day_end_disconnected(struct day_end *end)
{
    end->told = end->whole = false;
}

int64_t day_end_due_ms(const struct day_end *end, bool waits)
{
    if (!end->closed || end->mid != 0 || (end->told && (end->whole || waits)))
        return INT64_MAX;
    return waits ? end->say_ms : 0;
}

void day_end_said(struct day_end *end, int mid, bool waits)
{
    end->mid = mid > 0 ? mid : -1; /* the next connection says it */
    end->whole = !waits;
}

bool day_end_confirmed(struct day_end *end, int mid)
{
    if (end->mid <= 0 || mid != end->mid)
        return false;
    end->mid = 0;
    end->told = true;
    return true;
}

bool day_end_is_quiet(const struct day_end *end)
{
    return end->closed && end->told;
}

bool day_end_is_over(const struct day_end *end)
{
    return day_end_is_quiet(end) && end->whole && end->mid == 0;
}
