/* Counting attempts. */
#include "collector/access/access_attempts.h"

bool attempt_is_blocked(const struct attempt_account *account, int64_t at_ms)
{
    return account->until_ms > at_ms;
}

bool attempt_counts(const struct attempt_account *account, int64_t at_ms)
{
    return !attempt_is_blocked(account, at_ms) && at_ms > account->forgiven_ms;
}

bool attempt_blocks(const struct attempt_limits *limits, const int64_t *times_ms, size_t count,
                    int64_t *since_ms)
{
    size_t run = (size_t)limits->attempts;

    for (size_t last = run - 1; last < count; last++) {
        if (times_ms[last] - times_ms[last - (run - 1)] >= ATTEMPT_WINDOW_MS)
            continue;
        *since_ms = times_ms[last];
        return true;
    }
    return false;
}

int64_t attempt_memory_ms(const struct attempt_limits *limits)
{
    return limits->block_ms + ATTEMPT_WINDOW_MS;
}

int64_t attempt_wait_s(const struct attempt_account *account, int64_t now_ms)
{
    int64_t wait_ms = account->until_ms - now_ms;
    return wait_ms > 1000 ? (wait_ms + 999) / 1000 : 1;
}
