/* Where events wait for the centre, as the uplink sees it: SQLite in carrito-agent, memory in
 * carrito-sim. */
#ifndef CARRITO_UPLINK_STORE_H
#define CARRITO_UPLINK_STORE_H

#include "common/buffer.h"

#include <stdbool.h>
#include <stdint.h>

/* What the uplink asks a store for: events with after_seq < seq <= upto_seq, the lowest first. */
struct uplink_range {
    int64_t after_seq;
    int64_t upto_seq;    /* INT64_MAX: as far as there is */
    unsigned events_max; /* 1 to BATCH_EVENTS_MAX */
    size_t bytes_max;    /* of what is read; at least an event's, at most BATCH_BYTES_MAX */
};

/* What the store answers: NDJSON, each event's bytes as they were written once and a '\n', within
 * the range. Belongs to the uplink; it is empty when the store gets it. */
struct uplink_batch {
    struct buffer ndjson;
    int64_t last_seq; /* of the last event in it, or of one behind that can never be read */
    unsigned events;
};

/* Where events wait for the centre. All calls come from within uplink_turn() and uplink_poke(), on
 * the caller's thread. */
struct uplink_store_calls {
    /* Appends what the range covers, as far as both bounds of a batch allow. False: there is
     * nothing, or it cannot be read now (the store says so in its own words); asked again later. */
    bool (*read)(void *owner, const struct uplink_range *range, struct uplink_batch *batch);
    /* Cheap: the number of the newest committed event, 0 where there is none. */
    int64_t (*last_seq)(void *owner);
    /* Cheap: the highest number known to be acknowledged, 0 where there is none. */
    int64_t (*acked_seq)(void *owner);
    /* Everything up to `seq` is in Kafka (or refused). Only ever rises; acked_seq() must answer
     * `seq` from now on, durable or not (to forget it costs a repetition, no sale). */
    void (*acknowledge)(void *owner, int64_t seq);
};

struct uplink_store {
    const struct uplink_store_calls *calls;
    void *owner;
};

#endif
