/* The batches that were produced and are not answered yet, in the order in which they came.
 *
 * An answer is an `ack` to a cart, and the PUBACK that lets the broker forget the message. The two
 * part where a partition of Kafka waits: a batch whose sender has it until our `ack` (batch.backed)
 * may be forgotten by the broker, any other may not before Kafka has it. Pure. */
#ifndef CARRITO_BRIDGE_IN_HAND_H
#define CARRITO_BRIDGE_IN_HAND_H

#include "bridge/batch.h"

struct in_hand {
    struct batch *first, *last;
    size_t unbacked; /* of these, that the broker must keep */
};

void in_hand_add(struct in_hand *in_hand, struct batch *batch);
/* Takes out those whose records are all confirmed, oldest first, as a list of the caller's. */
struct batch *in_hand_take_confirmed(struct in_hand *in_hand);
/* When the oldest that the broker must keep came, in monotonic microseconds; INT64_MAX: none. */
int64_t in_hand_oldest_us(const struct in_hand *in_hand);
void in_hand_free(struct in_hand *in_hand);

#endif
