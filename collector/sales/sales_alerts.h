/* What the role `sales` tells people of: receipts that stay away, two contents under one identity,
 * clocks that are ahead, carts that no member owns (contract, section 5). Each function raises or
 * ends an alert in the caller's transaction; details are in the guild's language. */
#ifndef CARRITO_COLLECTOR_SALES_ALERTS_H
#define CARRITO_COLLECTOR_SALES_ALERTS_H

#include "collector/base/settings.h"
#include "collector/store/store.h"
#include "common/event.h"

#include <stdbool.h>
#include <stdint.h>

#define GAP_PATIENCE_MS (10 * 60000LL) /* receipts may come this late before somebody is told */

/* True where a range of receipts has been missing for long and nobody was told. */
bool sales_gaps_are_due(struct store *store, int64_t now_ms);
/* missing-receipts, for each outbox that has such a range. */
void sales_tell_gaps(struct store *store, const struct settings *settings, int64_t now_ms);
void sales_tell_conflict(struct store *store, const struct settings *settings,
                         const struct event *event, int64_t at_ms);
/* amount-bad: a sale whose amount was over AMOUNT_MAX counts without one. */
void sales_tell_amount(struct store *store, const struct settings *settings,
                       const struct event *event, int64_t at_ms);
/* unregistered-cart, where no accepted member owns the cart. */
void sales_tell_stranger(struct store *store, const struct settings *settings, const char *cart,
                         int64_t at_ms);

/* What shows that the clock of a partition's broker is behind: it got at `at_ms`, by its own clock,
 * what changed a row that was closed `behind_ms` later. */
struct broker_clock {
    int32_t part; /* of carrito.sales */
    int64_t behind_ms, at_ms;
};
/* clock-bad for the partition begins; and ends, with the next day that it closes. */
void sales_tell_broker(struct store *store, const struct settings *settings,
                       const struct broker_clock *clock);
void sales_end_broker(struct store *store, int32_t part, int64_t at_ms);

/* Carts whose clock is ahead, in memory for one batch. Zero-initialised it is empty and valid. */
struct bad_clocks {
    void *carts; /* a tsearch root */
};
void bad_clocks_read(struct bad_clocks *clocks, struct store *store);
void bad_clocks_forget(struct bad_clocks *clocks);
/* clock-bad begins, once, or ends. */
void bad_clocks_raise(struct bad_clocks *clocks, struct store *store,
                      const struct settings *settings, const struct event *event, int64_t at_ms);
/* Costs nothing while no clock is bad. */
void bad_clocks_end(struct bad_clocks *clocks, struct store *store, const struct event *event,
                    int64_t at_ms);

#endif
