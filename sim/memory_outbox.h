/* A simulated cart's outbox: events in memory until they are acknowledged, in order, bounded. */
#ifndef CARRITO_SIM_MEMORY_OUTBOX_H
#define CARRITO_SIM_MEMORY_OUTBOX_H

#include "agent/uplink.h"
#include "common/buffer.h"

struct memory_outbox {
    struct buffer ndjson; /* the waiting events, from `head` on */
    size_t head;
    size_t bytes_max;
    int64_t acked_seq, last_seq;
};

/* For uplink_options; the owner is the outbox. */
extern const struct uplink_store_calls memory_outbox_calls;

/* False: its cart has to wait for acknowledgements before it goes on living. */
bool memory_outbox_has_room(const struct memory_outbox *outbox);
/* Where to append the next event's bytes; then memory_outbox_commit(). */
struct buffer *memory_outbox_tail(struct memory_outbox *outbox);
void memory_outbox_commit(struct memory_outbox *outbox, int64_t seq);
void memory_outbox_free(struct memory_outbox *outbox);

#endif
