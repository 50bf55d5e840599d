/* Runs one role: a thread that reads a batch from Kafka, applies it in one transaction together
 * with the new positions, and commits.
 *
 * Batches adapt by themselves: what has arrived while the last one was committed is the next one,
 * from one record up to as many as batch_size.h allows. */
#ifndef CARRITO_COLLECTOR_PROCESSOR_H
#define CARRITO_COLLECTOR_PROCESSOR_H

#include "collector/engine/role.h"
#include "collector/store/store.h"
#include "common/config.h"

#include <stdbool.h>

struct wake;
struct watermark;

struct processor_options {
    const struct role_calls *role;
    const struct settings *settings; /* store, brokers, and what the role reads; outlives it */
    const struct config_pairs *pairs;
    struct wake *wake;           /* whom its commits wake; or NULL */
    struct watermark *watermark; /* outlives it; NULL only where no role asks what has passed */
};

struct processor;

/* Starts the thread; it waits for store, brokers and topics by itself. */
struct processor *processor_start(const struct processor_options *options);
/* Asks it to finish what is in hand and end; returns at once. */
void processor_stop(struct processor *processor);
/* Waits for the end of the thread and frees. NULL is harmless. */
void processor_join(struct processor *processor);

/* From any thread. */
const char *processor_role(const struct processor *processor);
bool processor_is_running(const struct processor *processor); /* has its partitions and a store */
bool processor_is_paused(const struct processor *processor);  /* an operator stopped the role */
/* The last transaction failed, and `cause` says what of. */
bool processor_store_fails(struct processor *processor, struct store_cause *cause);
double processor_rate(const struct processor *processor); /* records per second of late */

#endif
