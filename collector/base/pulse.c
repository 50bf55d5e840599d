/* A slot for each thread, which its destructor gives back. */
#include "collector/base/pulse.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

struct slot {
    _Atomic(const char *) name; /* NULL: free */
    atomic_uint beats;
    atomic_bool resting;
    /* The watcher's own. */
    const char *seen_name;
    unsigned seen_beats;
    int64_t seen_ms; /* monotonic: when that was new */
};

static struct slot slots[PULSE_THREADS_MAX];
static pthread_key_t own_slot;

static void give_back(void *value)
{
    struct slot *slot = value;

    atomic_store(&slot->name, NULL);
}

static void make_key(void)
{
    if (pthread_key_create(&own_slot, give_back) != 0)
        abort();
}

static struct slot *find_own(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_key);
    return pthread_getspecific(own_slot);
}

void pulse_begin(const char *name)
{
    struct slot *own = find_own();

    for (size_t i = 0; own == NULL && i < PULSE_THREADS_MAX; i++) {
        const char *none = NULL;
        if (!atomic_compare_exchange_strong(&slots[i].name, &none, name))
            continue;
        own = &slots[i];
        pthread_setspecific(own_slot, own);
        pthread_setname_np(pthread_self(), name);
    }
    pulse_beat();
}

void pulse_beat(void)
{
    struct slot *own = find_own();

    if (own == NULL)
        return;
    atomic_store_explicit(&own->resting, false, memory_order_relaxed);
    atomic_fetch_add_explicit(&own->beats, 1, memory_order_relaxed);
}

void pulse_rest(void)
{
    struct slot *own = find_own();

    if (own != NULL)
        atomic_store_explicit(&own->resting, true, memory_order_relaxed);
}

/* Time begins anew with a beat, with rest, and with another thread in the slot. */
static bool has_moved(struct slot *slot, const char *name)
{
    unsigned beats = atomic_load_explicit(&slot->beats, memory_order_relaxed);
    bool moved = name != slot->seen_name || beats != slot->seen_beats ||
                 atomic_load_explicit(&slot->resting, memory_order_relaxed);

    slot->seen_name = name;
    slot->seen_beats = beats;
    return moved;
}

const char *pulse_stuck(int64_t mono_ms, int64_t limit_ms)
{
    const char *stuck = NULL;

    for (size_t i = 0; i < PULSE_THREADS_MAX; i++) {
        const char *name = atomic_load(&slots[i].name);
        if (has_moved(&slots[i], name))
            slots[i].seen_ms = mono_ms;
        else if (name != NULL && mono_ms - slots[i].seen_ms >= limit_ms)
            stuck = name;
    }
    return stuck;
}
