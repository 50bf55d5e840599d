/* Days close at local midnight plus grace, when the wall clock and what was consumed have both
 * passed it (contract, section 5): their rows get revision 1, go to carrito.daily-sales, to the log
 * as a table, and by mail to those who want it. No event is needed for it. */
#ifndef CARRITO_COLLECTOR_SALES_CLOSE_H
#define CARRITO_COLLECTOR_SALES_CLOSE_H

#include "collector/role/role.h"
#include "collector/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* The last closed day; INT32_MIN where none is. */
int32_t sales_closed_until(struct store *store);
/* The last day whose midnight and grace are over at this time. */
int32_t sales_day_over(const struct settings *settings, int64_t time_ms);
/* True where a day is to be closed at this time, or a row of a closed day is still open. */
bool sales_close_is_due(struct store *store, const struct settings *settings, int64_t now_ms);
/* Closes what is due in the caller's transaction. Where several do it at once, one of them does. */
void sales_close(struct store *store, const struct settings *settings,
                 const struct role_time *time);

#endif
