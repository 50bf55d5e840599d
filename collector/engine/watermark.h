/* What time it is at Kafka and how far its logs reach, for days that close and carts that vanish.
 *
 * One thread per process asks the brokers, so that no role waits for one. Kafka's time is the
 * greatest LogAppendTime seen anywhere: in what roles read, and in the delivery reports of the
 * records that this thread sends to each partition of carrito.time. No clock of ours counts, and a
 * broker's clock that goes back takes nothing back.
 *
 * A role asks, goes on with its work, and reads the answer when it is there. What cannot be known,
 * since a partition has no leader or its leader does not answer, is missing from the answer and
 * holds up nothing else. */
#ifndef CARRITO_COLLECTOR_WATERMARK_H
#define CARRITO_COLLECTOR_WATERMARK_H

#include "collector/engine/watermark_source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct watermark;

struct watermark_options {
    const struct watermark_source_calls *source; /* watermark_kafka, but for tests */
    struct watermark_source_options kafka;       /* its `wake_fd` is filled in */
};

/* Starts the thread; it waits for the brokers by itself. Never NULL. */
struct watermark *watermark_start(const struct watermark_options *options);
/* Asks it to end; returns at once. NULL is harmless, here and below. */
void watermark_stop(struct watermark *watermark);
/* Waits for the end (about a second where a broker does not answer) and frees. */
void watermark_join(struct watermark *watermark);

/* What follows is for any thread and waits for nobody. */

/* Its partitions are asked for from now on. The text lives as long as the process. */
void watermark_follow(struct watermark *watermark, const char *topic);
/* A record's LogAppendTime. */
void watermark_saw(struct watermark *watermark, int64_t append_ms);
/* Kafka's time; 0: not known yet. */
int64_t watermark_time_ms(struct watermark *watermark);

/* Wants to know where the logs end from now on. Returns the question's number, above 0. */
int64_t watermark_ask(struct watermark *watermark);
/* All that can be known about that question is known. It is in a bounded time, whatever fails. */
bool watermark_is_answered(struct watermark *watermark, int64_t question);

/* Where a log ended, and Kafka's time just before that was asked. */
struct watermark_end {
    int64_t end; /* the offset after the last record, markers of transactions and open ones too */
    int64_t time_ms;
};
/* False where it is not known as of that question or later. */
bool watermark_end_of(struct watermark *watermark, int64_t question,
                      const struct watermark_log *log, struct watermark_end *end);
/* How many partitions the topic has; 0: not known. */
int32_t watermark_partitions(struct watermark *watermark, const char *topic);

/* True where Kafka's time cannot be had, and `text` says why: days wait for it. */
bool watermark_waits(struct watermark *watermark, char *text, size_t size);

#endif
