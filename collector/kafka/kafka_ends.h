/* Where Kafka's partitions end now, for the lag that GET /consumers shows.
 *
 * A broker answers the requests of a connection in their order, and holds a fetch that finds
 * nothing for half a second: asked on the consumer's own connection, the ends of 24 partitions took
 * 2 to 20 s. So this is a client of its own, and asks for all in one request, at most once a
 * second. Any thread; one asks at a time, for 2 s at most, and the others wait for its answer. */
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
