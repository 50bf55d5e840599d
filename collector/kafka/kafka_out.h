/* Produces records for the API at once: whoever posted is answered when Kafka has confirmed the
 * record with acks=all, without a thread that waits and without the store.
 *
 * One idempotent producer, linger 0, Nagle off, and a thread that takes its delivery reports. What
 * is not confirmed within KAFKA_OUT_MS, or in flight when it closes, is reported as not confirmed;
 * Kafka may still have it, so that its reader must count an id once. After that KAFKA_OUT_AWAY_MS
 * pass before it takes a record again, so that not every request waits for a Kafka that is away. */
#ifndef CARRITO_COLLECTOR_KAFKA_OUT_H
#define CARRITO_COLLECTOR_KAFKA_OUT_H

#include "common/config.h"

#include <stdbool.h>
#include <stddef.h>

#define KAFKA_OUT_MS      3000
#define KAFKA_OUT_AWAY_MS 5000

struct kafka_out;

struct kafka_out_options {
    const char *brokers;
    const struct config_pairs *pairs;
    const char *topic; /* outlives it, as the others do */
    const char *type;  /* ce_type */
    /* Kafka has it, or it is not known to have. Runs on the producer's thread; must not block. */
    void (*reported)(void *owner, bool confirmed);
};

/* NULL where the properties are no good (logged). Kafka need not be there. */
struct kafka_out *kafka_out_open(const struct kafka_out_options *options);
/* Waits for reports for a second and reports the rest as not confirmed; from then on every send is
 * refused. NULL is harmless, here and below. */
void kafka_out_stop(struct kafka_out *out);
/* Stops and frees; nobody may send any more. */
void kafka_out_close(struct kafka_out *out);

struct kafka_out_record {
    const char *id;    /* the key, and ce_id */
    const char *value; /* kept by the caller until the report */
    size_t value_length;
};

/* Hands it over; `reported` follows with this owner. False, and no report, where Kafka is known to
 * be away or the producer takes no more. Does not block. Any thread. */
bool kafka_out_send(struct kafka_out *out, const struct kafka_out_record *record, void *owner);

#endif
