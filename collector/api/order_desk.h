/* What the API keeps to take orders: the producer of carrito.order-requests and the orders that it
 * has just accepted. One per API; any thread. */
#ifndef CARRITO_COLLECTOR_ORDER_DESK_H
#define CARRITO_COLLECTOR_ORDER_DESK_H

#include "collector/orders/order.h"
#include "collector/orders/order_key.h"

struct api_call;
struct api_options;
struct order_desk;
struct store;

/* Never NULL: without Kafka's properties every order goes by the store. */
struct order_desk *order_desk_open(const struct api_options *options);
/* Stops the producer. An order that Kafka has not confirmed by then is given to a worker, which
 * writes it to the store and answers; so is every order that is taken afterwards. */
void order_desk_stop(struct order_desk *desk);
void order_desk_close(struct order_desk *desk);

/* The store's secret, which is read once. False while the store is away. */
bool order_desk_secret(struct api_call *call, struct order_secret *secret);
/* Reads an order out of what a buyer says, with the guild's list of products; it has no id and no
 * time yet. False: `why` names the member at fault. */
bool order_desk_read(struct api_call *call, const cJSON *body, struct order *order,
                     struct json_reason *why);
/* The order was accepted: it is known from now on, though the role has not placed it yet. */
void order_desk_took(struct api_call *call, const struct order *order);
/* The order of this id: in the store, or accepted so lately that it is not there yet. */
bool order_desk_find(struct order_desk *desk, struct store *store, const char *id,
                     struct order *order);
/* Whether the order's key came with the call. */
bool order_desk_has_key(struct api_call *call, const struct order *order);

#endif
