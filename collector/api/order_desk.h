/* What the API keeps to take orders: the producer of carrito.order-requests and the orders that it
 * has just accepted. One per API; any thread. */
#ifndef CARRITO_COLLECTOR_ORDER_DESK_H
#define CARRITO_COLLECTOR_ORDER_DESK_H

#include "collector/orders/order.h"

struct api_options;
struct order_desk;

/* Never NULL: without Kafka's properties every order goes by the store. */
struct order_desk *order_desk_open(const struct api_options *options);
/* Stops the producer. An order that Kafka has not confirmed by then is given to a worker, which
 * writes it to the store and answers; so is every order that is taken afterwards. */
void order_desk_stop(struct order_desk *desk);
void order_desk_close(struct order_desk *desk);

#endif
