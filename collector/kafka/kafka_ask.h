/* Questions to the brokers that must not wait behind a consumer's fetch.
 *
 * A broker answers the requests of a connection in their order, and holds a fetch that finds
 * nothing for half a second: asked on the consumer's own connection, the ends of 24 partitions took
 * 2 to 20 s. So this is a client of its own, and asks for all in one request. One thread. */
#ifndef CARRITO_COLLECTOR_KAFKA_ASK_H
#define CARRITO_COLLECTOR_KAFKA_ASK_H

#include "common/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KAFKA_ASK_MS_MAX 2000

struct kafka_ask;

/* The offset after the last record of a partition. */
struct kafka_ask_end {
    const char *topic;
    int32_t partition;
    int64_t end; /* -1: not known now */
};

/* NULL, and a log line, only for bad properties; Kafka need not be there. */
struct kafka_ask *kafka_ask_open(const char *brokers, const struct config_pairs *pairs);
void kafka_ask_close(struct kafka_ask *ask);

/* Fills in `end` of each; false where one is not known. Blocks for KAFKA_ASK_MS_MAX. */
bool kafka_ask_ends(struct kafka_ask *ask, struct kafka_ask_end *ends, size_t count);
/* How many partitions these topics (ends with NULL) have in all; 0: that cannot be told now. Blocks
 * as above. */
int64_t kafka_ask_partition_count(struct kafka_ask *ask, const char *const *topics);

#endif
