/* What Kafka still has of what the store has read: whether it could be read again, and what comes
 * by itself. */
#ifndef CARRITO_COLLECTOR_REACH_H
#define CARRITO_COLLECTOR_REACH_H

#include "collector/store/store.h"
#include "common/config.h"

#include <stdint.h>

/* Of the partitions that the store has a position in. */
struct reach {
    int64_t partitions;
    int64_t unknown; /* Kafka does not say, or has no such topic */
    int64_t cut;     /* the log does not begin at its first record, or ends before the position */
    int64_t gone;    /* records that were not applied and are there no longer */
    int64_t coming;  /* records that were not applied */
};

struct reach_wanted {
    const char *brokers;
    const struct config_pairs *pairs;
    const char *role; /* "": all */
};

/* Blocks for Kafka, some seconds at most. */
struct reach reach_read(struct store *store, const struct reach_wanted *wanted);

#endif
