/* A row of the daily sales as people and programs see it (contract, section 6): in
 * GET /daily-sales, in carrito.daily-sales and in the history of its revisions. */
#ifndef CARRITO_COLLECTOR_DAILY_ROW_H
#define CARRITO_COLLECTOR_DAILY_ROW_H

#include "collector/store/store.h"
#include "common/buffer.h"
#include "common/protocol.h"

#include <stdbool.h>
#include <stdint.h>

#define DAILY_MISSING_MAX 32 /* ranges in a record; GET /daily-sales has them all */

struct daily_row {
    int32_t day;
    char cart[CART_LENGTH_MAX + 1];
    int64_t quantity, amount, sales, clients, voided, unpriced, revision;
    bool closed;
};

/* False where the cart has no row on this day. */
bool daily_row_read(struct store *store, int32_t day, const char *cart, struct daily_row *row);
/* Appends it as a JSON object: what the row itself says, from `day` to `status`. */
void daily_row_json(const struct daily_row *row, struct buffer *out);
/* Appends such an object again, with `complete` and `missing` as the store knows them now: at most
 * the first DAILY_MISSING_MAX ranges, and `missing_more` where there are others. So a row is of a
 * bounded size, however often and with however many gaps it is told. */
void daily_row_json_whole(struct store *store, const struct daily_row *row, const char *object,
                          struct buffer *out);

/* daily_complete.c. "true": each of the cart's outboxes that sold on the day is confirmed up to its
 * last event of the day by a word of the cart, which nothing newer waited behind, and which came
 * after the day's end or with `offline`; and nothing of the day is missing or set aside. "false": a
 * word disagrees, from the day of the newest event on that both sides have. "null": it cannot be
 * known yet (contract, section 5). */
const char *daily_complete(struct store *store, const char *cart, int64_t day);
/* Appends the missing receipts: JSON, and for tables a text. */
void daily_missing(struct store *store, const char *cart, int64_t day, struct buffer *json,
                   struct buffer *table);

#endif
