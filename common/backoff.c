/* Exponential back-off with full jitter, and the small generator that it draws from. */
#include "common/backoff.h"
#include "common/fnv.h"

#include <string.h>

#define DOUBLINGS_MAX 30 /* beyond, the wait has long reached any max_ms */

uint64_t random_next(uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15u;

    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
}

uint64_t random_seed(const char *text)
{
    return fnv_1a(text, strlen(text));
}

int64_t backoff_next_ms(struct backoff *backoff)
{
    unsigned doublings = backoff->attempt < DOUBLINGS_MAX ? backoff->attempt : DOUBLINGS_MAX;
    int64_t ceiling = backoff->first_ms << doublings;

    if (ceiling > backoff->max_ms)
        ceiling = backoff->max_ms;
    backoff->attempt++;
    int64_t wait = (int64_t)(random_next(&backoff->random) % (uint64_t)(ceiling + 1));
    return wait > backoff->floor_ms ? wait : backoff->floor_ms;
}

void backoff_repeat(struct backoff *backoff)
{
    if (backoff->attempt > 0)
        backoff->attempt--;
}

void backoff_reset(struct backoff *backoff)
{
    backoff->attempt = 0;
}
