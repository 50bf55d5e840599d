/* Follows topics from their ends on, for whoever watches: no consumer group's position, nothing
 * that the store depends on. What is missed while it starts or while Kafka is away is missed.
 *
 * Wraps librdkafka. One thread. */
#ifndef CARRITO_COLLECTOR_KAFKA_TAIL_H
#define CARRITO_COLLECTOR_KAFKA_TAIL_H

#include "collector/kafka/kafka_in.h"

struct kafka_tail;

/* NULL only for a bad property (logged). Waits for no broker and no topic. `topics` ends with NULL;
 * all texts outlive it. */
struct kafka_tail *kafka_tail_open(const char *brokers, const struct config_pairs *pairs,
                                   const char *const *topics);
void kafka_tail_close(struct kafka_tail *tail);
/* The next record within the time; release it with kafka_in_release(). Looks for topics that are
 * missing, which may block for TAIL_ASK_MS at most. */
bool kafka_tail_poll(struct kafka_tail *tail, int timeout_ms, struct kafka_record *record);
/* True while every topic is followed. */
bool kafka_tail_is_whole(const struct kafka_tail *tail);

#endif
