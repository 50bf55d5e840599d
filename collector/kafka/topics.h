/* The topics of Kafka as the contract's section 4 has them, and `--create-topics`. */
#ifndef CARRITO_COLLECTOR_TOPICS_H
#define CARRITO_COLLECTOR_TOPICS_H

#include "common/config.h"

#include <stdbool.h>
#include <stdint.h>

struct topics_options {
    const char *brokers;
    const struct config_pairs *pairs;
    int64_t replication;    /* 0: 3 where there are three brokers or more, else 1 */
    int64_t retention_days; /* 0: the table's */
    int64_t wait_s;         /* for a broker, at most */
    bool (*stopped)(void);  /* asked while it waits for a broker */
};

/* Makes what is missing and checks what is there. False where no broker came in time, where it
 * cannot be done, or a topic has another number of partitions than those that share its key (said
 * on standard error). Blocks. */
bool topics_create(const struct topics_options *options);

/* How long a topic keeps its records; 0: for ever. */
int64_t topic_days(const char *name, const struct topics_options *options);
/* Whether Kafka keeps only what came last of each key. */
bool topic_is_compacted(const char *name);

#endif
