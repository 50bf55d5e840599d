/* What remains on each cart, for one batch of records (store/rows.h).
 *
 * A level moves forward in the order of its cart's outbox; that of another outbox stands where it
 * is the later one by time. */
#ifndef CARRITO_COLLECTOR_STOCK_LEVEL_H
#define CARRITO_COLLECTOR_STOCK_LEVEL_H

#include "collector/store/rows.h"
#include "common/event.h"

#include <stdbool.h>
#include <stdint.h>

struct stock_level {
    char cart[CART_LENGTH_MAX + 1];
    char epoch[EPOCH_LENGTH_MAX + 1]; /* "": never counted */
    int64_t seq, time_ms, stock;
    int64_t batch; /* the restock batch that it is in; 0: it may join one */
    bool is_out;   /* stock-out has been raised */
    /* Not judged yet: the partition of its last record, and Kafka's time of it; -1: judged. */
    int64_t waits_in, waits_ms;
    int64_t low_sales; /* not judged yet, since it was full; where sales are counted */
    int64_t threshold; /* at this and below it is low; negative: not asked for yet. Not kept */
};

/* Of the rows `levels`, zero-initialised at first; lives until they are written or forgotten. */
struct stock_level *stock_levels_get(struct rows *levels, struct store *store, const char *cart);

/* Moves the level to what the event says; `when_ms` is its time as far as it can be believed.
 * False where the event says nothing or nothing newer. */
bool stock_level_move(struct stock_level *level, const struct event *event, int64_t when_ms);

/* At the threshold and below. */
bool stock_is_low(int64_t stock, int64_t threshold);

#endif
