/* Falls to what was measured, rises by doubling. */
#include "agent/pace.h"

#include "common/protocol.h"

#define BEGIN_BYTES 8192

void pace_begin(struct pace *pace)
{
    *pace = (struct pace){ .bytes_max = BEGIN_BYTES };
}

void pace_sent(struct pace *pace, size_t bytes)
{
    pace->bytes = bytes;
}

void pace_confirmed(struct pace *pace, int64_t took_ms)
{
    if (2 * pace->bytes < pace->bytes_max)
        return;
    if (took_ms > PACE_MS)
        pace->bytes_max = (size_t)((int64_t)pace->bytes * PACE_MS / took_ms);
    else if (took_ms < PACE_MS / 2)
        pace->bytes_max *= 2;
    if (pace->bytes_max < PACE_BYTES_MIN)
        pace->bytes_max = PACE_BYTES_MIN;
    if (pace->bytes_max > BATCH_BYTES_MAX)
        pace->bytes_max = BATCH_BYTES_MAX;
}
