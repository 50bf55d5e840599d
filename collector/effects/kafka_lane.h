/* The lanes `kafka` and `command`: rows of `effects` → records of Kafka, at least once, of a key in
 * their order.
 *
 *     read → send → take → write
 *
 * A topic that takes nothing holds up no other: it is let be for a while, and then asked with one
 * record. A record goes twice where this process ends, or its queue is taken over, between Kafka's
 * answer and the commit of kafka_lane_write(); it has the same id then. What is older than what a
 * compacted topic has already does not stay the last there: see effect_row_sent().
 *
 * One thread. Nothing blocks but the store, and kafka_lane_take() where it is told to. */
#ifndef CARRITO_COLLECTOR_KAFKA_LANE_H
#define CARRITO_COLLECTOR_KAFKA_LANE_H

#include "collector/effects/effect_queues.h"
#include "collector/effects/sender.h"
#include "collector/store/store.h"
#include "common/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kafka_lane;
struct wake;

/* Live as long as the lane. */
struct kafka_lane_options {
    const char *brokers;
    const struct config_pairs *pairs;
    struct wake *wake; /* is called for WAKE_EFFECTS when Kafka has answered; or NULL */
};

struct kafka_lane *kafka_lane_open(const struct kafka_lane_options *options);
/* Forgets what is in hand: it waits in the store. NULL is harmless. */
void kafka_lane_close(struct kafka_lane *lane);

/* Reads what is due of the queues that are ours, into what room there is. True where there may be
 * more than that. */
bool kafka_lane_read(struct kafka_lane *lane, struct store *store,
                     const struct effect_queues *queues, const struct effect_time *time);
/* Gives the producer what was read; returns how many it took. */
size_t kafka_lane_send(struct kafka_lane *lane, const struct effect_queues *queues,
                       const struct effect_time *time);
/* Takes Kafka's answers. Waits for those of what kafka_lane_send() gave it last, for `wait_ms` at
 * most: what is written meanwhile goes together. */
void kafka_lane_take(struct kafka_lane *lane, int wait_ms);
/* Writes what has come to an end, in one transaction under the fence of each queue, where enough
 * has gathered or nothing else is under way. */
void kafka_lane_write(struct kafka_lane *lane, struct store *store, struct effect_queues *queues,
                      const struct effect_time *time);
/* What is with Kafka, or has come to an end and is not written. */
size_t kafka_lane_in_hand(const struct kafka_lane *lane);

#endif
