/* A heap of numbers beside an array of their places and one of their due times. */
#include "sim/timers.h"

#include <stdlib.h>

struct timers {
    uint32_t count;
    uint32_t *heap;  /* things; the parent of place p is (p - 1) / 2 */
    uint32_t *place; /* of each thing in the heap */
    int64_t *due_ms; /* of each thing */
};

struct timers *timers_open(uint32_t count)
{
    struct timers *timers = calloc(1, sizeof *timers);
    if (!timers)
        return NULL;
    timers->count = count;
    timers->heap = calloc(count, sizeof *timers->heap);
    timers->place = calloc(count, sizeof *timers->place);
    timers->due_ms = calloc(count, sizeof *timers->due_ms);
    if (!timers->heap || !timers->place || !timers->due_ms) {
        timers_close(timers);
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++) {
        timers->heap[i] = timers->place[i] = i;
        timers->due_ms[i] = INT64_MAX;
    }
    return timers;
}

void timers_close(struct timers *timers)
{
    if (!timers)
        return;
    free(timers->heap);
    free(timers->place);
    free(timers->due_ms);
    free(timers);
}

static bool is_earlier(const struct timers *timers, uint32_t place, uint32_t than)
{
    return timers->due_ms[timers->heap[place]] < timers->due_ms[timers->heap[than]];
}

static void swap(struct timers *timers, uint32_t a, uint32_t b)
{
    uint32_t thing = timers->heap[a];
    timers->heap[a] = timers->heap[b];
    timers->heap[b] = thing;
    timers->place[timers->heap[a]] = a;
    timers->place[timers->heap[b]] = b;
}

void timers_set(struct timers *timers, uint32_t thing, int64_t due_ms)
{
    uint32_t at = timers->place[thing];
    timers->due_ms[thing] = due_ms;
    for (; at > 0 && is_earlier(timers, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(timers, at, (at - 1) / 2);
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child + 1 < timers->count && is_earlier(timers, child + 1, child))
            child++;
        if (child >= timers->count || !is_earlier(timers, child, at))
            return;
        swap(timers, at, child);
        at = child;
    }
}

int64_t timers_earliest(const struct timers *timers, uint32_t *thing)
{
    *thing = timers->heap[0];
    return timers->due_ms[*thing];
}
