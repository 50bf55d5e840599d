/* One consumer of one role: records out of Kafka, from where the store says.
 *
 * Wraps librdkafka. One thread. Eager range assignor, explicit offsets at every assignment, no
 * automatic commit: Kafka's committed offsets are kept for lag tools only. */
#ifndef CARRITO_COLLECTOR_KAFKA_IN_H
#define CARRITO_COLLECTOR_KAFKA_IN_H

#include "common/config.h"
#include "common/wire_kafka.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A record; texts and bytes live until kafka_in_release. */
struct kafka_record {
    const char *topic;
    int32_t partition;
    int64_t offset;
    int64_t append_ms; /* Kafka's time (LogAppendTime) */
    int32_t broker;    /* which gave it, by its id */
    const char *key;   /* not NUL-terminated; NULL for none */
    size_t key_length;
    const char *value;
    size_t value_length;
    void *message; /* the library's */
};

struct kafka_in_calls {
    /* The partition is ours now: returns the offset to read first; negative: it cannot be told now
     * (the store is away), and the assignment is tried again later. */
    int64_t (*assigned)(void *owner, const char *topic, int32_t partition);
    /* All partitions are gone, and so is what was read of them. */
    void (*revoked)(void *owner);
};

/* How much waits in memory at most, of what waits in Kafka as well. */
enum kafka_in_queue { KAFKA_IN_SHORT, KAFKA_IN_LONG };

struct kafka_in_options {
    const char *brokers;
    const struct config_pairs *pairs;
    const char *group;
    const char *const *topics; /* ends with NULL */
    /* How long Kafka may gather records before it answers, unless it has the bytes sooner; 0: it
     * answers at the first record. */
    int gather_ms, gather_bytes;
    enum kafka_in_queue queue;
    const struct kafka_in_calls *calls;
    void *owner;
};

struct kafka_in;

/* NULL only for a bad property (logged). Waits for no broker and no topic. */
struct kafka_in *kafka_in_open(const struct kafka_in_options *options);
/* Leaves the group (at most some seconds). */
void kafka_in_close(struct kafka_in *in);

enum kafka_in_result {
    KAFKA_IN_RECORD,  /* *record is filled; release it */
    KAFKA_IN_NOTHING, /* none within the time, or an error (logged) that is tried again */
    KAFKA_IN_BROKEN, /* a connection to a broker broke, or nothing was polled for 6 s: nothing is to
                      * be taken on trust of the logs, as what they have from here on may not be
                      * what they had. What was fetched since is dropped: kafka_in_reassign */
    KAFKA_IN_LOST,   /* record->topic and partition: the offset asked for does not exist */
    KAFKA_IN_END     /* record->topic, partition: all before record->offset has been given, and it
                      * was the end; markers of transactions lie before it too */
};
enum kafka_in_result kafka_in_poll(struct kafka_in *in, int timeout_ms,
                                   struct kafka_record *record);
void kafka_in_release(struct kafka_record *record);
/* The greatest LogAppendTime of what was given; 0: none yet. Times that were not Kafka's do not
 * count. */
int64_t kafka_in_newest_ms(const struct kafka_in *in);
/* The value of a header (common/wire_kafka.h) as text, cut to `size`; false where there is none. */
bool kafka_in_header(const struct kafka_record *record, const char *name, char *value, size_t size);
/* Asks the broker for the ends of a log: offsets [*low, *high) exist. Blocks for a second at
 * most; false and a log line where it cannot be told. */
bool kafka_in_ends(struct kafka_in *in, const char *topic, int32_t partition, int64_t *low,
                   int64_t *high);
/* To be called when many records were taken and more wait in Kafka. librdkafka 2.0.2 rests once its
 * queue is full, and what is taken out does not wake it: only after up to a second does it look
 * again. A question to the broker wakes the thread that fetches from it, so this asks for the ends
 * of one partition, each time of the next one; with an answer in some milliseconds. */
void kafka_in_hurry(struct kafka_in *in);
/* Asks for every partition's start again, as if all were newly assigned: `revoked` is called now,
 * `assigned` about half a second later in kafka_in_poll. The group is not left. */
void kafka_in_reassign(struct kafka_in *in);
/* Notes how far the store is, for the next kafka_in_commit(). */
void kafka_in_applied(struct kafka_in *in, const char *topic, int32_t partition, int64_t next);
/* Tells Kafka what was noted, without waiting: one request, which costs Kafka as much as one for a
 * single partition. */
void kafka_in_commit(struct kafka_in *in);
/* True once this consumer has partitions, or the group has none left for it. */
bool kafka_in_is_assigned(const struct kafka_in *in);
/* Records between `next` and the end of the log as last heard of; -1 where it is not known. */
int64_t kafka_in_lag(struct kafka_in *in, const char *topic, int32_t partition, int64_t next);

#endif
