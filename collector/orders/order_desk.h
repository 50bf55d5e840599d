/* What the API keeps to take orders: the producer of carrito.order-requests and the orders that it
 * has just accepted. One per API; any thread. */
#ifndef CARRITO_COLLECTOR_ORDER_DESK_H
#define CARRITO_COLLECTOR_ORDER_DESK_H

#include "collector/orders/order.h"

struct api_options;
struct order_desk;

/* Never NULL: without Kafka's properties every order goes by the store. */
struct order_desk *order_desk_open(const struct api_options *options);
/* Every order on its way to Kafka is answered by it, or goes to the workers; later ones too. */
void order_desk_stop(struct order_desk *desk);
void order_desk_close(struct order_desk *desk);

#endif
