/* The running totals that a simulated cart tells the centre (contract, section 3, `counts`). Pure.
 *
 * They are of some event that is acknowledged: the newest one where all are, else one of a little
 * earlier, so that nothing need be kept of each event that waits. */
#ifndef CARRITO_SIM_TOTALS_H
#define CARRITO_SIM_TOTALS_H

#include "common/json_write.h"

#include <stdint.h>

/* All up to and including the sale or void `upto`. */
struct totals_at {
    int64_t upto, receipts, voided, quantity, amount;
};

/* Zero-initialised it is that of a cart that has not sold. */
struct totals {
    struct totals_at made;    /* by all that was made */
    struct totals_at waiting; /* to be told once its `upto` is acknowledged */
    struct totals_at acked;   /* to be told */
};

/* A sale of a seq above all before it; `amount` is 0 where it has none. */
void totals_sell(struct totals *totals, int64_t seq, int64_t quantity, int64_t amount);
/* A void of a sale that still stood. */
void totals_take_back(struct totals *totals, int64_t seq, int64_t quantity, int64_t amount);
/* Adds the member `counts`, where all up to `acked_seq` is acknowledged. */
void totals_write(struct totals *totals, int64_t acked_seq, struct json_writer *json);

#endif
