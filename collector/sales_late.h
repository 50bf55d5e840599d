/* Rows of closed days: each change is a revision, kept with what it changed and produced to
 * carrito.daily-sales (contract, section 5). */
#ifndef CARRITO_COLLECTOR_SALES_LATE_H
#define CARRITO_COLLECTOR_SALES_LATE_H

#include "collector/daily_row.h"
#include "collector/sales_batch.h"
#include "collector/store.h"

/* A row that has a new revision. */
struct late_row {
    struct daily_row row;
    char *json; /* owned: the row then, without `complete` and `missing` */
};

/* Those of a batch, in their order. Zero-initialised it is empty and valid. */
struct late_rows {
    struct late_row *rows;
    size_t count, capacity;
};

/* One revision, kept in the table. `before` is NULL for a row born late. */
struct late_revision {
    const struct daily_row *before, *after;
    const struct late_cause *cause;
    const char *receipts; /* the members of a JSON array */
};
void late_keep(struct store *store, struct late_rows *rows, const struct late_revision *revision);

/* A day_sums_each() writer: applies the changes of one row as its next revision. */
struct late_write {
    struct store *store;
    struct late_rows *rows;
    const struct late_cause *cause;
};
void late_write_row(void *late_write, const struct cart_day *day);

/* Owes the rows to Kafka, once the sums that decide `complete` are in the store; then empties. */
void late_rows_publish(struct late_rows *rows, struct store *store);
void late_rows_forget(struct late_rows *rows);

#endif
