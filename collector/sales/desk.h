/* What a person types at the centre for a cart whose board is broken, or that has none (contract,
 * sections 2 and 6): sales, voids and counts of what is left.
 *
 * They become events like a cart's own and go the same way, through Kafka, so that no role can
 * tell one from the other where it need not. The store keeps an epoch for each cart, with a gapless
 * seq and receipt; `"source":"desk"` says that the event is no word of the cart.
 *
 * Any receipt may be taken back. The seqs of a cart's outbox are the cart's to give, so a void of
 * one of its receipts has epoch and seq of the centre, and names the sale's epoch in the optional
 * key `sale_epoch`; `receipt` is the sale's. Only roles read it, and they are upgraded together.
 *
 * Every function runs in a transaction that holds the store's write lock; nothing is in memory. */
#ifndef CARRITO_COLLECTOR_DESK_H
#define CARRITO_COLLECTOR_DESK_H

#include "collector/store/store.h"
#include "common/event.h"

/* How far back a sale may have been: what is older is a slip of the keyboard. */
#define DESK_PAST_MS_MAX   (366LL * 24 * 3600 * 1000)
#define DESK_FUTURE_MS_MAX 120000 /* a browser's clock may be ahead; further is a slip too */

/* Whether the members that a person gave are those of a good event of event->type: as for a
 * cart's own, with texts trimmed. False: `why` says which is not. */
bool desk_check(struct event *event, int64_t now_ms, struct json_reason *why);

/* Owes a sale or a count to Kafka: the event gets epoch, seq, receipt, and for a sale what is left
 * and the place where the cart was, unless a person said so. The members have been checked. */
void desk_write(struct store *store, struct event *event);

enum desk_verdict { DESK_WRITTEN, DESK_REPEATED, DESK_UNKNOWN, DESK_VOIDED };
/* The same for a void: `sale_epoch` and `receipt` name the sale; `teller` stands for whoever takes
 * it back and tells nobody who that is, NULL: nobody in particular. DESK_VOIDED: it was taken back
 * before; DESK_REPEATED: by the same, and the event has the epoch and seq of that void. */
enum desk_verdict desk_void(struct store *store, struct event *event, const char *teller);

#endif
