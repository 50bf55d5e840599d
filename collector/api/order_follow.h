/* Buyers who follow their orders as they go (contract, section 6, `GET /orders/{id}/stream`).
 *
 * One thread looks at each order that is followed and tells its followers what has changed. It asks
 * the store and not Kafka: the store is what `GET /orders/{id}` answers from, whichever process
 * wrote it, an order's cart is one row of it, and strangers make nobody read all carts' topics. A
 * follower hears of its own order alone: nothing of another one comes near it. Nobody is waited
 * for: who reads slowly finds the newest word, not all. Thread-safe. */
#ifndef CARRITO_COLLECTOR_ORDER_FOLLOW_H
#define CARRITO_COLLECTOR_ORDER_FOLLOW_H

#include "collector/api/stream.h"
#include "collector/http/address.h"
#include "collector/http/response.h"
#include "collector/orders/order.h"

#include <stdbool.h>
#include <stdint.h>

#define ORDER_FOLLOWERS_MAX      256 /* in all: a quarter of the server's connections */
#define ORDER_FOLLOWERS_OF_ORDER 4   /* of more the oldest ends */
#define ORDER_FOLLOWERS_OF_SITE  32  /* telephones of one carrier may come from one address */

/* How an order is now. */
struct order_look {
    struct buffer text; /* JSON; the caller's */
    bool is_over;       /* nothing follows this */
};

struct order_follow_options {
    /* Fills in how the order is; false where that cannot be said now. Runs on the thread of
     * order_follow, and may block for the store. */
    bool (*look)(void *owner, const char *id, struct order_look *look);
    void *owner;
};

struct order_follow;
struct order_follower;

struct order_follow *order_follow_open(const struct order_follow_options *options);
/* Every follower's next read is the last one. Harmless for NULL, here and below. */
void order_follow_end(struct order_follow *follow);
/* After order_follow_end(), with no follower left. */
void order_follow_close(struct order_follow *follow);

/* Who follows which order from where. */
struct order_listener {
    char id[ORDER_ID_SIZE];
    struct address site; /* address_site() */
};

/* It hears `look` first, which stays the caller's. NULL where there are too many. */
struct order_follower *order_follow_join(struct order_follow *follow,
                                         const struct order_listener *listener,
                                         const struct order_look *look,
                                         const struct stream_waiting *waiting);
/* What comes next for it, for response.more: RESPONSE_WAIT after it was suspended. */
enum response_piece order_follow_read(void *follower, struct buffer *out);
/* For response.drop. */
void order_follow_leave(void *follower);

#endif
