/* An idempotent producer of librdkafka, as long as it lives: kafka_out replaces it after a fatal
 * error. It keeps nothing of ours: records are their owner's, and are not copied. */
#ifndef CARRITO_BRIDGE_PRODUCER_H
#define CARRITO_BRIDGE_PRODUCER_H

#include "bridge/kafka_out.h"

#include <librdkafka/rdkafka.h>

struct producer {
    rd_kafka_t *client; /* NULL: there is none */
    rd_kafka_topic_t *topics[WIRE_BRIDGE_USES];
    const char *bridge_id;
};

/* To whom delivery reports go: within rd_kafka_poll() and rd_kafka_flush(), on their thread. */
struct producer_reports {
    void (*delivered)(rd_kafka_t *client, const rd_kafka_message_t *message, void *owner);
    void *owner;
    int wake_fd; /* an eventfd that is written when one waits; -1: none */
};

/* False where the properties are no good (logged). Kafka need not be there. */
bool producer_open(struct producer *producer, const struct kafka_out_options *options,
                   const struct producer_reports *reports);
/* May block for the threads of librdkafka, a second at most. */
void producer_close(struct producer *producer);
/* Hands the record over; its report comes with it as `_private`. */
rd_kafka_resp_err_t producer_send(const struct producer *producer, struct record *record);

#endif
