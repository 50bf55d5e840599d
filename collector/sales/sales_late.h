/* Rows of closed days: each change is a revision, kept with what it changed and produced to
 * carrito.daily-sales (contract, section 5). */
#ifndef CARRITO_COLLECTOR_SALES_LATE_H
#define CARRITO_COLLECTOR_SALES_LATE_H

#include "collector/sales/daily_row.h"
#include "collector/sales/sales_batch.h"
#include "collector/store/store.h"

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

/* For rows_each() over the days of day_sums.h, once their clients are counted: applies the changes
 * of one row as its next revision. A record that Kafka got after the day's close, and that is read
 * before anybody has closed the row, closes it first: so a row's revisions are the same whenever
 * and however often the log is read. A void that has waited for its sale comes with it: one record
 * is one revision of a row. */
struct late_write {
    struct store *store;
    struct late_rows *rows;
    const struct late_cause *cause;
};
void late_write_row(void *late_write, void *cart_day);

/* When the day closes. */
int64_t late_close_ms(int32_t day, int64_t grace_ms);
/* Closes the row as revision 1; false where there is no open one. */
bool late_close_row(struct store *store, struct late_rows *rows, const struct daily_row *row,
                    int64_t grace_ms);

/* Owes the rows to Kafka, once the sums that decide `complete` are in the store; then empties. */
void late_rows_publish(struct late_rows *rows, struct store *store);
void late_rows_forget(struct late_rows *rows);

#endif
