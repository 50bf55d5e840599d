/* Where Kafka's partitions end now, for the lag that GET /consumers shows.
 *
 * kafka_ask.h with a short memory: asks Kafka at most once a second, for all partitions in one go,
 * and waits no longer than that does. Any thread; one asks at a time, the others wait for its
 * answer. */
#ifndef CARRITO_COLLECTOR_KAFKA_ENDS_H
#define CARRITO_COLLECTOR_KAFKA_ENDS_H

#include "common/config.h"

#include <stdint.h>

#define KAFKA_ENDS_MAX 256 /* partitions; of what is beyond, the end is not known */

struct kafka_end {
    char topic[64];
    int32_t partition;
    int64_t end; /* the offset after the last record; -1: not known now */
};

struct kafka_ends;

/* NULL, and a log line, only for bad properties; Kafka need not be there. */
struct kafka_ends *kafka_ends_open(const char *brokers, const struct config_pairs *pairs);
void kafka_ends_close(struct kafka_ends *ends);
/* Fills in `end` of each. `ends` NULL: none is known. Blocks. */
void kafka_ends_read(struct kafka_ends *ends, struct kafka_end *wanted, size_t count);
/* How many partitions the topic has; 0: none such, or Kafka did not answer. Blocks. */
int32_t kafka_ends_partitions(struct kafka_ends *ends, const char *topic);

#endif
