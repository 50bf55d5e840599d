/* What the watermark asks of Kafka: the seam behind which librdkafka is, so that what is decided
 * can be tested without a broker. One thread calls all of it but `saw` and `wake_fd`. */
#ifndef CARRITO_COLLECTOR_WATERMARK_SOURCE_H
#define CARRITO_COLLECTOR_WATERMARK_SOURCE_H

#include "common/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATERMARK_ASK_MS_MAX 1000 /* that a question to one broker may take */

/* A partition's log. */
struct watermark_log {
    const char *topic; /* not owned */
    int32_t partition;
    int32_t leader; /* the broker's number; -1: it has none */
    int64_t end;    /* -1: not known */
};

struct watermark_topic {
    const char *name;   /* not owned */
    int32_t partitions; /* 0: there is no such topic, as far as is known */
    int32_t *leaders;   /* of each partition; owned by the caller, who frees it */
};

struct watermark_source_options {
    const char *brokers;
    const struct config_pairs *pairs;
    int wake_fd; /* an eventfd: 1 is added when there is something for `serve` */
    /* A record of ours got this LogAppendTime. */
    void (*saw)(void *owner, int64_t append_ms);
    void *owner;
};

struct watermark_source_calls {
    /* NULL only for a bad property (logged). The options live as long as it. */
    void *(*open)(const struct watermark_source_options *options);
    void (*close)(void *source);
    /* Sends a record to each partition of carrito.time, without waiting. */
    void (*send_time)(void *source, int32_t partitions);
    /* Delivery reports that have come: calls `saw`. Does not wait. */
    void (*serve)(void *source);
    /* Fills in partitions and leaders of each, by what one broker says. False where none said
     * anything. Blocks for WATERMARK_ASK_MS_MAX. */
    bool (*look)(void *source, struct watermark_topic *topics, size_t count);
    /* Fills in `end` of logs that all have one leader. Blocks as above. */
    void (*ends)(void *source, struct watermark_log *logs, size_t count);
};

extern const struct watermark_source_calls watermark_kafka;

#endif
