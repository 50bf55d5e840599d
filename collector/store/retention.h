/* What the store forgets with age (CARRITO_RETENTION_DAYS, CARRITO_TRACK_DAYS, CARRITO_ORDER_DAYS;
 * contract, sections 7 and 10).
 *
 * Forgotten are tracks, the trails of fugitives that were cleared, notes of reports, acts of users,
 * what orders that came to their end say of their buyer, the text of what was set aside and
 * decided, mails, alerts that are over, rejected applications, and what gone bridges and carts of
 * earlier releases said. What tells a repetition from something new stays for ever: receipts and
 * their clients, sums of days, ids of orders and reports. So nothing counts twice afterwards.
 * Each table's bound: docs/engineer.md, "How large a table becomes". */
#ifndef CARRITO_COLLECTOR_RETENTION_H
#define CARRITO_COLLECTOR_RETENTION_H

#include "collector/store/store.h"

#include <stdint.h>

#define RETENTION_MAIL_DAYS       90  /* mails go by then at the latest, whatever is set */
#define RETENTION_TRAIL_DAYS      90  /* after a fugitive was cleared */
#define RETENTION_ALERT_DAYS      400 /* after its end */
#define RETENTION_SIGN_IN_DAYS    90  /* of alerts that name who tried to sign in */
#define RETENTION_REJECTED_DAYS   180 /* after the decision (contract, section 10) */
#define RETENTION_COUNTS_DAYS     400 /* of the day: then `complete` of such a day is null */
#define RETENTION_BRIDGE_DAYS     30  /* after its last beat */
#define RETENTION_SIMULATION_DAYS 90

/* Days of the guild's calendar; 0: for ever. The shorter of two bounds counts. */
struct retention {
    int64_t days;       /* of all that is forgotten */
    int64_t track_days; /* of carts' positions */
    int64_t order_days; /* of a buyer's address and place, from the order's end */
};

enum retention_result {
    RETENTION_DONE,  /* nothing is too old */
    RETENTION_MORE,  /* a batch went, and there may be more */
    RETENTION_FAILED /* the store did not take it, which the log says: try again soon */
};

/* Forgets one batch of some hundred rows of what is too old, in a transaction of its own. What was
 * forgotten before is not read again. Outside of a transaction; an error is forgiven. */
enum retention_result retention_turn(struct store *store, const struct retention *bounds,
                                     int64_t now_ms);

#endif
