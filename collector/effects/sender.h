/* A sender: what a worker of the runner (effects.h) does for the lanes that are its own, as a const
 * table of calls.
 *
 * All are made by the worker's thread. They get the store outside of a transaction, and an error
 * that they leave is forgiven. A call may wait for the store, and for no peer: what a peer answers
 * slowly is in its hand until a later turn. */
#ifndef CARRITO_COLLECTOR_SENDER_H
#define CARRITO_COLLECTOR_SENDER_H

#include "collector/store/store.h"
#include "collector/store/wake.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct effect_time {
    int64_t now_ms, mono_ms; /* wall and monotonic clock */
};
struct effect_time effect_time_now(void);

struct sender_calls {
    const char *name;   /* of the thread: at most 15 bytes */
    enum wake_for wake; /* what calls it between two turns; its own */
    /* False while operators want it to stand still; NULL: they cannot. */
    bool (*is_wanted)(void *state, struct store *store, int64_t mono_ms);
    /* Hands over what is due and writes what has come to an end. How long to rest, unless it is
     * called; 0: there is more to do. */
    int (*turn)(void *state, struct store *store, const struct effect_time *time);
    /* The same, but begins nothing. */
    void (*settle)(void *state, struct store *store, const struct effect_time *time);
    /* How many things peers have, whose end may be waited for. */
    size_t (*in_hand)(const void *state);
    /* Writes every end that there is, and gives back what other processes wait for. */
    void (*release)(void *state, struct store *store);
    /* Forgets what is in hand, and frees. */
    void (*close)(void *state);
};

struct sender {
    const struct sender_calls *calls;
    void *state; /* the runner's from effects_start() on, which closes it */
};

#endif
