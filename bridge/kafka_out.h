/* Produces records, and produces them again until Kafka has confirmed them with acks=all.
 *
 * A record that was sent is kafka_out's until its delivery report: it is in one list, once, and its
 * owner neither frees it nor sends it again before its state says that it is done. librdkafka does
 * not copy the values. Where the producer's queue is full, records wait in the list; where a
 * delivery fails, they are produced again in their order; where the idempotent producer has a fatal
 * error, it is replaced and they go through the new one. So the order of a key is kept, and what
 * comes twice is dropped at the centre by identity. All that is so in each partition for itself:
 * one that confirms nothing while others do *waits*, and then nothing of it is awaited by a turn.
 * One thread: reports are taken in kafka_out_turn(). Nothing blocks but where it says so.
 */
#ifndef CARRITO_BRIDGE_KAFKA_OUT_H
#define CARRITO_BRIDGE_KAFKA_OUT_H

#include "bridge/record.h"
#include "common/config.h"

struct kafka_out;

struct kafka_out_options {
    const char *brokers;
    const struct config_pairs *pairs; /* kafka.NAME of the file, or NULL */
    const char *bridge_id;            /* for the header `bridge`; must outlive it */
    int wake_fd;                      /* an eventfd that is written when a report waits; -1: none */
};

/* NULL where the properties are no good (logged). Kafka need not be there. */
struct kafka_out *kafka_out_open(const struct kafka_out_options *options);
/* Frees; what is unconfirmed is forgotten here (its owner may free it then). May block for the
 * threads of librdkafka, a second at most. */
void kafka_out_close(struct kafka_out *out);

/* Takes the record, which must be new or done with; the next turn hands it over. Never fails.
 * What is perishable has a list of its own: neither kind waits for the other's turn. */
void kafka_out_send(struct kafka_out *out, struct record *record, int64_t mono_ms);
/* Takes delivery reports and hands over what is there. Stands still for the reports of what is
 * awaited, FLUSH_MS at most: a strict turn has nothing else to do; those that take longer come by
 * the wake-up. Replaces a fatal producer (FATAL_MS_MAX at most). */
void kafka_out_turn(struct kafka_out *out, int64_t mono_ms);
/* How long until the next turn is due without a wake-up, in ms; INT64_MAX: not at all. */
int64_t kafka_out_timeout_ms(const struct kafka_out *out, int64_t mono_ms);

/* Records sent and neither confirmed nor given up. */
size_t kafka_out_unconfirmed(const struct kafka_out *out);
/* Of these, what is neither perishable nor of a partition that waits. */
size_t kafka_out_awaited(const struct kafka_out *out);
/* Since when Kafka has been silent, monotonic ms: something has been awaited without a break, or
 * something perishable without any record's being confirmed. INT64_MAX: it is not. */
int64_t kafka_out_oldest_ms(const struct kafka_out *out);

/* Whether the record, which need not be sent, is of a partition that waits. Cheap while none does.
 */
bool kafka_out_waits_for(struct kafka_out *out, const struct record *record);
/* How many partitions wait; and which, for people ("" for none). */
#define KAFKA_OUT_WAITING_SIZE 192
size_t kafka_out_waiting(const struct kafka_out *out);
void kafka_out_waiting_text(const struct kafka_out *out, char text[KAFKA_OUT_WAITING_SIZE]);
/* How often a partition ceased to wait. */
unsigned kafka_out_resumed(const struct kafka_out *out);
/* For how long records have been unconfirmed while the producer had none of them and none was
 * offered to it, in ms; 0: work goes on. While Kafka is away the producer has them. Some seconds of
 * it mean that this module has lost sight of a record, or that no producer can be made: only a new
 * process helps. */
int64_t kafka_out_idle_ms(const struct kafka_out *out, int64_t mono_ms);
/* Producers that were replaced after a fatal error. */
unsigned kafka_out_replacements(const struct kafka_out *out);

/* Asks for the topics: the number of partitions of each into counts[WIRE_BRIDGE_USES], 0
 * where a topic does not exist. A partition without a leader waits from then on. Blocks for
 * `wait_ms` at most; false where Kafka did not answer. */
bool kafka_out_partitions(struct kafka_out *out, int wait_ms, int32_t counts[WIRE_BRIDGE_USES]);

/* For tests: the rd_kafka_t of now. */
void *kafka_out_client(struct kafka_out *out);

#endif
