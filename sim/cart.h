/* One simulated cart's life: decides its next event, and keeps the truth about it. Pure: the same
 * seed gives the same life, apart from times, plate and epoch. */
#ifndef CARRITO_SIM_CART_H
#define CARRITO_SIM_CART_H

#include "common/event.h"
#include "sim/totals.h"
#include "sim/truth.h"

#define SIM_RECENT 8 /* sales that may still be taken back */

struct sim_recent {
    int64_t receipt; /* 0: none, or taken back already */
    struct truth_sale sale;
};

struct sim_cart {
    char plate[CART_LENGTH_MAX + 1];
    char epoch[EPOCH_LENGTH_MAX + 1];
    uint64_t random;
    int64_t seq, receipt;
    int64_t stock;          /* EVENT_ABSENT: not counted yet */
    int64_t price;          /* pesos a piece */
    unsigned names;         /* where its regulars' names begin */
    int64_t lat_e6, lon_e6; /* millionths of degrees */
    int64_t fix_ms;
    struct sim_recent recent[SIM_RECENT];
    struct truth truth;
    struct totals totals;
};

/* `run` tells runs of the same seed apart (the start time): plate and epoch are made from it. */
void sim_cart_init(struct sim_cart *cart, uint64_t seed, uint64_t run, unsigned index);
/* The next event, at `wall_ms` on local day `day`. */
void sim_cart_next(struct sim_cart *cart, int64_t wall_ms, int32_t day, struct event *event);
void sim_cart_free(struct sim_cart *cart);

#endif
