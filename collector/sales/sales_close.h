/* Days close at local midnight plus grace, when Kafka's time is two seconds past it and what was
 * consumed has passed it too (contract, section 5): no clock of ours closes one. Their rows get
 * revision 1, go to carrito.daily-sales, to the log as a table, and by mail to those who want it.
 * No event is needed for it. */
#ifndef CARRITO_COLLECTOR_SALES_CLOSE_H
#define CARRITO_COLLECTOR_SALES_CLOSE_H

#include "collector/base/settings.h"
#include "collector/engine/role.h"

#include <stdbool.h>
#include <stdint.h>

/* How far the clocks of brokers may be apart. A sale that comes later with an earlier time is late.
 */
#define SALES_CLOSE_SKEW_MS 2000

/* The last closed day; INT32_MIN where none is. */
int32_t sales_closed_until(struct store *store);
/* The last day whose midnight and grace are over at this time. */
int32_t sales_day_over(const struct settings *settings, int64_t time_ms);
/* True where a day is to be closed at this time of Kafka's, or a row of a closed day is still open;
 * false where the time is not known (0). */
bool sales_close_is_due(struct store *store, const struct settings *settings, int64_t kafka_ms);
/* Closes what is due in the caller's transaction. Where several do it at once, one of them does. */
void sales_close(struct store *store, const struct settings *settings,
                 const struct role_time *time);
/* Raises `day-open` for a day that is not closed an hour after its time, and ends it once it is.
 * `first_ms` is Kafka's time when it was first known here: who has just begun has an hour too. */
void sales_tell_open_day(struct store *store, const struct settings *settings, int64_t kafka_ms,
                         int64_t first_ms);

#endif
