/* The runner: lets leave what the table `effects` holds. It gives each sender (sender.h) a worker,
 * a thread with a connection of its own to the store, and decides for all of them when they turn,
 * rest, stand still, and end.
 *
 * A worker each, and not one thread for all: reading a page of the store, composing a long report
 * and looking at a disk that hangs take time in which Kafka's records and commands to carts must
 * leave. So a sender that holds, for whatever reason, holds up no other.
 *
 * At least once, of a key in order, under ids that do not change. What is not sent when it ends
 * waits in the store, for the next start or another process. */
#ifndef CARRITO_COLLECTOR_EFFECTS_H
#define CARRITO_COLLECTOR_EFFECTS_H

#include "collector/effects/sender.h"

#define EFFECTS_SENDERS_MAX 4

struct effects;

/* The URL and `wake` live as long as the runner. */
struct effects_options {
    const char *store_url;
    struct wake *wake; /* tells that there is something to send, and whose it is; or NULL */
    /* That the store is damaged must leave, too: so long its rows are still sent once that is
     * known (wake_is_damaged()). Then nothing is read or written any more. */
    int64_t last_words_ms;
    struct sender senders[EFFECTS_SENDERS_MAX];
    size_t sender_count;
};

struct effects *effects_start(const struct effects_options *options);
/* Asks it to end: what peers have in hand may come to an end, some seconds at most. Harmless for
 * NULL, as is the next. */
void effects_stop(struct effects *effects);
/* Waits for the end of the workers, closes their lanes and frees. */
void effects_join(struct effects *effects);

#endif
