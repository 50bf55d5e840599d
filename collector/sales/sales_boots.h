/* Carts without a clock, or with a chip's: such an event says when in its boot it was, and a
 * `clock` event says later when the boot was (contract, sections 2 and 5). From then on the boot's
 * events have their true time, those that came before it too: they move to their day. */
#ifndef CARRITO_COLLECTOR_SALES_BOOTS_H
#define CARRITO_COLLECTOR_SALES_BOOTS_H

#include "collector/sales/sales_batch.h"
#include "collector/store/store.h"
#include "common/event.h"

#include <stdbool.h>
#include <stdint.h>

/* The true time of an event whose own cannot be believed; false where its boot is not dated, or
 * the time found is ahead of Kafka's. */
bool sales_boot_time(struct store *store, const struct event *event, int64_t append_ms,
                     int64_t *when_ms);
/* Such an event is stored on Kafka's day, a chip's on its own, and waits for its boot's clock
 * event. */
void sales_boot_wait(struct store *store, const struct source *source, const struct event *event,
                     int64_t append_ms);

/* A clock event that is believed: dates its boot, once, and moves what has waited for it. What
 * changes on closed days is one revision of each row, with `cause`. The batch is written and empty
 * afterwards: no source of it may be used again. False where nothing has waited. */
bool sales_boot_date(struct sales_batch *batch, struct store *store, const struct event *clock,
                     const struct late_cause *cause);

#endif
