/* What one batch of sales adds up to, gathered in memory so that each row is written once.
 *
 * Four ordered sets: sources, (day, source), (day, cart) and (day, cart, client). They are written
 * in the order of their keys, which is the order of the pages of the tables. */
#ifndef CARRITO_COLLECTOR_SALES_BATCH_H
#define CARRITO_COLLECTOR_SALES_BATCH_H

#include "collector/store.h"
#include "common/event.h"

#include <stdbool.h>
#include <stdint.h>

/* A cart's epoch as the store knows it, with what the batch changed. */
struct source {
    char cart[CART_LENGTH_MAX + 1];
    char epoch[EPOCH_LENGTH_MAX + 1];
    int64_t number; /* the store's key */
    int64_t highest_seq, highest_receipt;
    int64_t duplicates, set_aside; /* to be added */
    bool has_waiting_voids;
};

/* What a sale adds to its day, and a void takes away. */
struct sale_effect {
    int32_t day;
    const struct source *source;
    int64_t seq;
    const char *client; /* NULL or "": a client of its own */
    int64_t quantity;
    int64_t amount; /* EVENT_ABSENT: unpriced */
    int64_t sign;   /* 1: a sale; -1: taken back, which also counts as voided */
};

struct sales_batch;

struct sales_batch *sales_batch_open(void);
void sales_batch_close(struct sales_batch *batch);
/* The source of this cart and epoch, read or made on first use. Lives until write or forget. */
struct source *sales_batch_source(struct sales_batch *batch, struct store *store,
                                  const struct event *event);
void sales_batch_add(struct sales_batch *batch, const struct sale_effect *effect);
/* An event without sums: stretches the source's part of the day to it. */
void sales_batch_mark(struct sales_batch *batch, int32_t day, const struct source *source,
                      int64_t seq);
/* Writes everything and is empty again. */
void sales_batch_write(struct sales_batch *batch, struct store *store);
void sales_batch_forget(struct sales_batch *batch);

#endif
