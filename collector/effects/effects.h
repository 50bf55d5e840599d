/* The runner: a thread that lets leave what the table `effects` holds, in every process that has
 * something to do with Kafka.
 *
 *     queues → read → send → take → write
 *
 * At least once, of a key in order, under ids that do not change. What is not sent when it ends
 * waits in the store, for the next start or another process. */
#ifndef CARRITO_COLLECTOR_EFFECTS_H
#define CARRITO_COLLECTOR_EFFECTS_H

#include "common/config.h"

struct effects;
struct wake;

/* Live as long as the runner. */
struct effects_options {
    const char *store_url, *brokers;
    const struct config_pairs *pairs;
    struct wake *wake; /* tells that there is something to send, and whose it is */
};

struct effects *effects_start(const struct effects_options *options);
/* Asks it to end: what Kafka has in hand may come to an end, some seconds at most. Harmless for
 * NULL, as is the next. */
void effects_stop(struct effects *effects);
/* Waits for the end of the thread and frees. */
void effects_join(struct effects *effects);

#endif
