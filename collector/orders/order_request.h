/* An order on its way to who places it: a record of carrito.order-requests. */
#ifndef CARRITO_COLLECTOR_ORDER_REQUEST_H
#define CARRITO_COLLECTOR_ORDER_REQUEST_H

#include "collector/orders/order.h"
#include "collector/store/store.h"

/* Queues it to Kafka in the caller's transaction; the same order again is the same record. */
void order_request_enqueue(struct store *store, const struct order *order);

#endif
