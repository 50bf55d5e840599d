/* What one batch of sales adds up to, gathered in memory so that each row is written once.
 *
 * Ordered sets: sources, (day, source), and the sums of open days (day_sums.h). They are written in
 * the order of their keys, which is the order of the pages of the tables. Closed days go another
 * way: each change of a row is a revision (sales_late.h). */
#ifndef CARRITO_COLLECTOR_SALES_BATCH_H
#define CARRITO_COLLECTOR_SALES_BATCH_H

#include "collector/sales/day_sums.h"
#include "collector/store/store.h"
#include "common/event.h"

#include <stdbool.h>
#include <stdint.h>

/* A cart's epoch as the store knows it, with what the batch changed. */
struct source {
    char cart[CART_LENGTH_MAX + 1];
    char epoch[EPOCH_LENGTH_MAX + 1];
    int64_t number; /* the store's key */
    int32_t part;   /* of carrito.sales, that it was read from last; PART_MANY: not known */
    int64_t highest_seq, highest_receipt;
    int64_t duplicates, set_aside; /* to be added */
    bool has_waiting_voids;
    bool is_wrong; /* a word of the cart disagrees with what there is of it */
    bool grew;     /* something new came */
    bool member_checked;
};

/* An event as it is stored; what it lacks is EVENT_ABSENT, NAN, or NULL. */
struct receipt {
    int64_t source, seq, hash, kind, day, ts_ms;
    int64_t receipt, quantity, amount, stock;
    const char *client;
    double lat, lon;
    int64_t place; /* its offset in Kafka */
    int64_t delay_ms;
};

struct sales_batch;
struct settings;

/* What changed closed rows, as their revisions tell it. */
struct late_cause {
    const char *word; /* "sale", "void", "clock" */
    int64_t time_ms;  /* Kafka's */
    int64_t grace_ms; /* after midnight, until a day closes */
    int32_t part;     /* of carrito.sales, that it stands in */
    const struct settings *settings;
};

struct sales_batch *sales_batch_open(void);
void sales_batch_close(struct sales_batch *batch);
/* The source of this cart and epoch, read or made on first use. Lives until write or forget. */
struct source *sales_batch_source(struct sales_batch *batch, struct store *store,
                                  const struct event *event);
/* The source is read from this partition now: where it was another one before, open days of its
 * cart are of several. */
void sales_batch_place(struct store *store, struct source *source, int32_t part);
/* Stores an event that no other has the identity of, as its seq is above all of its source: with
 * the others of the batch, in the order of the table. */
void sales_batch_keep(struct sales_batch *batch, const struct receipt *receipt);
/* The same for any event, at once; false where there is one with its identity. */
bool sales_batch_insert(struct store *store, const struct receipt *receipt);
/* To be called before receipts are read: from here on those that were kept are in the store. */
void sales_batch_store_kept(struct sales_batch *batch, struct store *store);
/* Which days are closed for what is added from now on: up to `until` all are, or are to be by
 * Kafka's time; up to `some` a row may be, as it is of another partition. */
struct late_days {
    int32_t until, some;
};
void sales_batch_late_days(struct sales_batch *batch, const struct late_days *days);
void sales_batch_add(struct sales_batch *batch, struct store *store,
                     const struct sale_effect *effect);
/* Writes what was added to closed days since the last call as one revision of each of their rows;
 * costs nothing where there is none. */
void sales_batch_revise(struct sales_batch *batch, struct store *store,
                        const struct late_cause *cause);
/* An event without sums: stretches the source's part of the day to it. */
void sales_batch_mark(struct sales_batch *batch, int32_t day, const struct source *source,
                      int64_t seq);
/* Writes everything, revisions to Kafka too, and is empty again. */
void sales_batch_write(struct sales_batch *batch, struct store *store);
void sales_batch_forget(struct sales_batch *batch);

#endif
