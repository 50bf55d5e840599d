/* Whose rows are whose to send: each process that writes effects has a queue of its own, and a
 * lease on it (lease.h); what a process queues that is gone is another's once that lease has stood
 * still.
 *
 * So no row is sent by two at a time, nothing has to be claimed row by row, and who was stopped for
 * long finds out. Rows without a process (of a command, of an earlier release) are in the queue "",
 * which is whoever's is first. One thread; the calls read and write the store, outside of a
 * transaction where nothing else is said. */
#ifndef CARRITO_COLLECTOR_EFFECT_QUEUES_H
#define CARRITO_COLLECTOR_EFFECT_QUEUES_H

#include "collector/effects/lease.h"
#include "collector/store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EFFECT_QUEUE_SIZE 32
#define EFFECT_QUEUES_MAX 16   /* at once; more wait until one of these is empty */
#define EFFECT_ORPHAN_MS  3000 /* a queue whose process has not taken its lease yet is let be */

struct effect_queue {
    char name[EFFECT_QUEUE_SIZE];
    char lease_name[sizeof "effects/" + EFFECT_QUEUE_SIZE];
    struct lease lease;
    int64_t seen_mono_ms; /* since when it is known */
};

/* Zero at first. The first is the process's own. */
struct effect_queues {
    struct effect_queue all[EFFECT_QUEUES_MAX];
    size_t count;
    int64_t looked_mono_ms;
    bool looked;
};

/* Renews what is held, looks for queues of processes that are gone, and gives up those that are
 * empty. `own` is the process's name; "": it has no queue but that. */
void effect_queues_keep(struct effect_queues *queues, struct store *store, const char *own,
                        int64_t mono_ms);
/* True where the queue is held and has been renewed lately: what is begun now is ours. */
bool effect_queues_is_ours(const struct effect_queues *queues, const char *name, int64_t mono_ms);
/* The fence of the caller's transaction; false where it is another's now. */
bool effect_queues_fence(struct effect_queues *queues, struct store *store, const char *name);
/* Gives all back, so that nobody has to wait. */
void effect_queues_release(struct effect_queues *queues, struct store *store);

#endif
