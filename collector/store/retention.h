/* What the store forgets with age (CARRITO_RETENTION_DAYS, contract, section 7).
 *
 * Forgotten are tracks, the trails of fugitives that were cleared, notes of reports, acts of users,
 * what orders that came to their end say of their buyer, the text of what was set aside and
 * decided, and mails. What tells a repetition from something new stays for ever: receipts and their
 * clients, sums of days, alerts, ids of orders and reports. So nothing counts twice afterwards. */
#ifndef CARRITO_COLLECTOR_RETENTION_H
#define CARRITO_COLLECTOR_RETENTION_H

#include "collector/store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define RETENTION_MAIL_DAYS 90 /* mails go by then at the latest, whatever is set */

/* Forgets one batch of some hundred rows of what is older than `days` days of the guild's calendar
 * (0: nothing is but mails), in a transaction of its own. True where there may be more. Outside of
 * a transaction; an error is forgiven: there is a next time. */
bool retention_turn(struct store *store, int64_t days, int64_t now_ms);

#endif
