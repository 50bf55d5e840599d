/* Sales that name an order: kept for the role `orders`, which says which of them keeps it
 * (contract, section 5, "orders"). Whatever it says, each counts as a sale. */
#ifndef CARRITO_COLLECTOR_SALES_ORDER_H
#define CARRITO_COLLECTOR_SALES_ORDER_H

#include "collector/store/store.h"
#include "common/event.h"

#include <stdint.h>

/* In the transaction that stores the sale, which Kafka took at `append_ms`. A rebuild, which stores
 * it again, changes nothing; what is no order's id is left alone. */
void sales_keep_order(struct store *store, const struct event *sale, int64_t append_ms);

#endif
