/* Receipts are gapless per epoch: which numbers below the highest have not been seen.
 *
 * A missing range belongs to the day of the next receipt that was seen (contract, section 5). */
#ifndef CARRITO_COLLECTOR_RECEIPT_GAPS_H
#define CARRITO_COLLECTOR_RECEIPT_GAPS_H

#include "collector/store.h"

#include <stdint.h>

struct seen_receipt {
    int64_t source;  /* the store's number of the epoch */
    int64_t receipt; /* from 1 */
    int32_t day;     /* that it counts on */
    int64_t now_ms;  /* when a gap is first noticed */
};

/* Notes that the receipt was seen; returns the highest now. `highest` is the highest before. */
int64_t receipt_gaps_see(struct store *store, const struct seen_receipt *seen, int64_t highest);

#endif
