/* The batches that were produced and are not answered yet, in the order in which they came.
 *
 * An answer is an `ack` to a cart, and the PUBACK that lets the broker forget the message. The two
 * part where a partition of Kafka waits: what somebody else keeps (batch.keeper) the broker's queue
 * may forget, anything else not before Kafka has it. Pure. */

/* States of carts that wait for Kafka; further ones stay in the broker's queue. */
#define IN_HAND_STATES_MAX 4096
#ifndef CARRITO_BRIDGE_IN_HAND_H
#define CARRITO_BRIDGE_IN_HAND_H

#include "bridge/batch.h"

struct in_hand {
    struct batch *first, *last;
    size_t count[KEEPERS];
};

/* One state more than the bound is for the broker's queue to keep. */
void in_hand_add(struct in_hand *in_hand, struct batch *batch);
/* Takes out those whose records are all confirmed, oldest first, as a list of the caller's. */
struct batch *in_hand_take_confirmed(struct in_hand *in_hand);
/* When the oldest that its queue must keep came, in monotonic microseconds; INT64_MAX: none. */
int64_t in_hand_oldest_us(const struct in_hand *in_hand);
void in_hand_free(struct in_hand *in_hand);

#endif
