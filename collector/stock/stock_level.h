/* What remains on each cart, for one batch of records: read on first use, written once.
 *
 * A level moves forward in the order of its cart's outbox; that of another outbox stands where it
 * is the later one by time. */
#ifndef CARRITO_COLLECTOR_STOCK_LEVEL_H
#define CARRITO_COLLECTOR_STOCK_LEVEL_H

#include "collector/store/store.h"
#include "common/event.h"

#include <stdbool.h>
#include <stdint.h>

struct stock_level {
    char cart[CART_LENGTH_MAX + 1];
    char epoch[EPOCH_LENGTH_MAX + 1]; /* "": never counted */
    int64_t seq, time_ms, stock;
    int64_t batch; /* the restock batch that it is in; 0: it may join one */
    bool is_out;   /* stock-out has been raised */
};

struct stock_levels {
    void *tree;
};

/* Lives until write or forget. */
struct stock_level *stock_levels_get(struct stock_levels *levels, struct store *store,
                                     const char *cart);
/* Writes all of them and is empty again. */
void stock_levels_write(struct stock_levels *levels, struct store *store);
void stock_levels_forget(struct stock_levels *levels);

/* Moves the level to what the event says; `when_ms` is its time as far as it can be believed.
 * False where the event says nothing or nothing newer. */
bool stock_level_move(struct stock_level *level, const struct event *event, int64_t when_ms);

#endif
