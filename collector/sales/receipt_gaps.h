/* Receipts are gapless per epoch: which numbers below the highest have not been seen.
 *
 * A missing range belongs to the day of the next receipt that was seen (contract, section 5). */
#ifndef CARRITO_COLLECTOR_RECEIPT_GAPS_H
#define CARRITO_COLLECTOR_RECEIPT_GAPS_H

#include "collector/store/store.h"
#include "common/protocol.h"

#include <stdint.h>

struct seen_receipt {
    int64_t source;           /* the store's number of the epoch */
    int64_t receipt;          /* from 1 */
    int32_t day;              /* that it counts on */
    int64_t now_ms;           /* when a gap is first noticed */
    const char *cart, *epoch; /* the source's: the subject of its alert */
};

#define RECEIPT_GAPS_SUBJECT_SIZE (CART_LENGTH_MAX + EPOCH_LENGTH_MAX + 2)

/* "{cart}/{epoch}", the subject of `missing-receipts`. */
void receipt_gaps_subject(const char *cart, const char *epoch,
                          char subject[RECEIPT_GAPS_SUBJECT_SIZE]);

/* Notes that the receipt was seen; returns the highest now. `highest` is the highest before. Ends
 * the alert of the source where this was the last receipt of those that somebody was told of. */
int64_t receipt_gaps_see(struct store *store, const struct seen_receipt *seen, int64_t highest);

#endif
