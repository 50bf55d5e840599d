/* What sales add to the rows of the daily sales, gathered in memory so that each row is written
 * once: two ordered sets, (day, cart) and (day, cart, client). */
#ifndef CARRITO_COLLECTOR_DAY_SUMS_H
#define CARRITO_COLLECTOR_DAY_SUMS_H

#include "collector/store/rows.h"
#include "common/buffer.h"
#include "common/event.h"

#include <stdbool.h>
#include <stdint.h>

/* In place of a partition of carrito.sales: several, or one that is not known. */
#define PART_MANY (-1)

struct source;

/* What a sale adds to its day, and a void takes away. */
struct sale_effect {
    int32_t day;
    const struct source *source;
    int64_t seq, receipt;
    const char *client; /* NULL or "": a client of its own */
    int64_t quantity;
    int64_t amount; /* EVENT_ABSENT: unpriced */
    int64_t sign;   /* 1: it counts from now on; -1: no longer; 0: only `voided` changes */
    int64_t voided; /* to be added to the receipts taken back */
};

/* The changes of one row. */
struct cart_day {
    int32_t day;
    char cart[CART_LENGTH_MAX + 1];
    int64_t quantity, amount, sales, named_clients, anonymous, voided, unpriced;
    int32_t part;                /* that its sales were read from; PART_MANY */
    struct buffer receipts;      /* the members of a JSON array, where they are kept */
    const struct source *source; /* of the last one, and its number */
    int64_t receipt;
};

/* Zero-initialised it is empty and valid. */
struct day_sums {
    struct rows cart_days, client_days; /* by day and cart; by day, cart and client */
    int32_t first_day;                  /* of those that are in it */
    bool keeps_receipts;
};

/* Zeroed memory, or the end of the process. */
void *day_sums_allocate(size_t size);
/* Amounts come from carts, each up to 2^53: a sum of absurd ones stops at the end of the type. */
void day_sums_add_to(int64_t *sum, int64_t value);

bool day_sums_is_empty(const struct day_sums *sums);
void day_sums_add(struct day_sums *sums, const struct sale_effect *effect);
/* Writes the clients: they decide how many clients the days have. Before the days are read. */
void day_sums_count_clients(struct day_sums *sums, struct store *store);
/* Adds them to the rows of open days, and is empty again. */
void day_sums_write(struct day_sums *sums, struct store *store);
void day_sums_forget(struct day_sums *sums);

#endif
