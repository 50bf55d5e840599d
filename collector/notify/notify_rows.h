/* Mails as rows of the store: which are due, how much a recipient got, and what became of one. */
#ifndef CARRITO_COLLECTOR_NOTIFY_ROWS_H
#define CARRITO_COLLECTOR_NOTIFY_ROWS_H

#include "collector/notify/notify_plan.h"
#include "collector/store/store.h"

#include <stdbool.h>

/* Owned texts; `order` may be NULL. */
struct mail_row {
    char *id, *recipient, *template, *parameters, *order;
    int64_t created_ms, attempts;
    int64_t first_ms; /* when it was tried first; 0: never */
};

void mail_row_read(struct mail_row *row, struct store_rows *rows);
void mail_row_free(struct mail_row *row);

/* What is due: a query whose rows mail_row_read() reads, the longest due first. */
struct store_rows *mail_rows_due(struct store *store, int64_t now_ms, int64_t limit);
/* The members of a digest, in order. */
struct store_rows *mail_rows_of_digest(struct store *store, const char *digest);
int64_t mail_digest_count(struct store *store, const char *digest);

/* Fills in `sent` and `oldest_ms` from what the store says; limit and in_hand are the caller's. */
void mail_flow_read(struct store *store, const char *recipient, int64_t now_ms,
                    struct mail_flow *flow);

struct mail_end {
    const struct mail_row *row;
    struct mail_verdict verdict;
    const char *answer;
    int64_t at_ms;      /* when it came to that */
    int64_t written_ms; /* now */
};

/* Writes it in the caller's transaction, with a record for an order's mail, and for a digest what
 * became of its members. One that was decided before is left alone: then it says false. */
bool mail_end_write(struct store *store, const struct mail_end *end);

#endif
