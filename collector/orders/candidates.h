/* The carts that an order may be offered to (contract, section 5, "orders"): heard, no fugitive,
 * with somebody who listens, a fix that is not old, stock beyond what they have and are being
 * offered, and fewer orders than the guild allows.
 *
 * They are read once in a transaction, when the first order asks, since a batch may bring hundreds
 * of orders, and kept in step with what the transaction itself gives and takes. One thread. */
#ifndef CARRITO_COLLECTOR_CANDIDATES_H
#define CARRITO_COLLECTOR_CANDIDATES_H

#include "collector/orders/order.h"
#include "collector/store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define CANDIDATE_FIX_MS     600000 /* a fix that is older says nothing: the contract's 10 min */
#define CANDIDATE_DISTANCE_M 50000  /* no cart is pushed farther; who orders from there is told */

struct candidate {
    char cart[CART_LENGTH_MAX + 1];
    double lat, lon;
    int64_t stock;
    int64_t orders, pieces; /* that it has or is being offered */
};

/* Zero-initialised but for `orders_max` it is empty and valid. */
struct candidates {
    struct candidate *list; /* by plate */
    size_t count, room;
    int64_t orders_max; /* that a cart has at once */
    bool are_read;
};

/* How an order came to its cart. */
enum candidate_why {
    CANDIDATE_NEAREST, /* of those that were not asked yet */
    CANDIDATE_AGAIN    /* all others refused, or cannot; it let this order's offer pass before */
};

struct candidate_found {
    const struct candidate *cart; /* NULL: none */
    int64_t distance_m;
    enum candidate_why why;
    size_t able; /* how many could have had it */
};

/* Whether any cart was last within CANDIDATE_DISTANCE_M of this place, whatever it does now:
 * elsewhere nobody will ever come. */
bool candidates_reach(struct store *store, double lat, double lon);
/* The nearest to the order by great circle, and of two as near the first by plate. One that refused
 * it or gave it back is none; one that let an offer of it pass is, where no other is left. None for
 * an order without a position. */
struct candidate_found candidates_find(struct candidates *candidates, struct store *store,
                                       const struct order *order, int64_t now_ms);
/* The cart has, or is offered, so many orders and pieces more (or fewer) than when it was read. */
void candidates_note(struct candidates *candidates, const char *cart, int64_t orders,
                     int64_t pieces);
/* Another transaction begins: nothing is known. */
void candidates_forget(struct candidates *candidates);
void candidates_free(struct candidates *candidates);

#endif
