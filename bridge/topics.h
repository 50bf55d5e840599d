/* What Kafka says of the topics that a bridge uses, asked for now and then. */
#ifndef CARRITO_BRIDGE_TOPICS_H
#define CARRITO_BRIDGE_TOPICS_H

#include "bridge/kafka_out.h"

struct topics {
    int32_t partitions[WIRE_BRIDGE_USES]; /* of each, as Kafka said last; 0: it is not there */
    bool complete;
    const char *missing; /* the first, as it was logged */
    int64_t asked_ms;    /* monotonic */
};

struct topics topics_begin(void);
/* Asks where that is due: now and then, every second while one is missing or a partition waits.
 * Blocks for 300 ms at most. True where the number of partitions of carrito.commands changed. */
bool topics_look(struct topics *topics, struct kafka_out *out, int64_t mono_ms);

#endif
