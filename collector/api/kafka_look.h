/* A look into Kafka's logs on behalf of a person: one consumer for all who ask, one at a time.
 *
 * It joins no group and commits nothing. Any thread may begin; from there to kafka_look_end() the
 * look is that thread's. Every call blocks, all together at most KAFKA_LOOK_MS after the beginning:
 * what is not read by then is given up, and until KAFKA_REST_MS later nobody else waits as long. */
#ifndef CARRITO_COLLECTOR_KAFKA_LOOK_H
#define CARRITO_COLLECTOR_KAFKA_LOOK_H

#include "collector/kafka/kafka_in.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KAFKA_LOOK_MS 5000
#define KAFKA_REST_MS 5000

struct kafka_look;

/* The records from offset `from` up to, and without, `to`. */
struct kafka_span {
    char topic[64];
    int32_t partition;
    int64_t from, to;
};

/* What to do with each record; it lives for the call only. */
struct kafka_look_calls {
    void (*take)(void *owner, const struct kafka_record *record);
    void *owner;
};

/* NULL, and a log line, only for bad properties; Kafka need not be there. */
struct kafka_look *kafka_look_open(const char *brokers, const struct config_pairs *pairs);
/* NULL is harmless. */
void kafka_look_close(struct kafka_look *look);
/* Waits for the others' looks. False where Kafka has just not answered one of them. */
bool kafka_look_begin(struct kafka_look *look);
/* After kafka_look_begin() said true. */
void kafka_look_end(struct kafka_look *look);

/* A time that a stranger names as one that Kafka can be asked for: below 0 it would mean other
 * things (Kafka protocol, ListOffsets), and one more of it must fit. Pure, as is the next. */
int64_t kafka_look_time(int64_t wall_ms);
/* Makes the span the last `limit` records before its `to` of those that exist, [low, high). */
void kafka_span_before(struct kafka_span *span, int64_t low, int64_t high, int64_t limit);

/* How many partitions the topic has; 0: none such, or Kafka did not answer. */
int32_t kafka_look_partitions(struct kafka_look *look, const char *topic);
/* Offsets [*low, *high) exist. */
bool kafka_look_ends(struct kafka_look *look, const char *topic, int32_t partition, int64_t *low,
                     int64_t *high);
/* The first record that Kafka appended at `append_ms` or later; the log's end where there is none.
 */
bool kafka_look_at(struct kafka_look *look, const struct kafka_span *where, int64_t append_ms,
                   int64_t *offset);
/* Reads the spans, in each partition's order; false where not all could be read in time. What is
 * no longer there is passed over. */
bool kafka_look_read(struct kafka_look *look, const struct kafka_span *spans, size_t count,
                     const struct kafka_look_calls *calls);

#endif
