/* Where an order goes, as far as that is the guild's affair (contract, section 5, "orders"). */
#ifndef CARRITO_COLLECTOR_ORDER_PLACE_H
#define CARRITO_COLLECTOR_ORDER_PLACE_H

#include "collector/call/call.h"
#include "collector/orders/order.h"

/* In `dispatch` an order says where it goes, unless an operator types it, and that is no place to
 * which no cart ever comes. In `auto` it may be anywhere. False: `why` names the member at fault.
 * While the store is away nothing is far. Any thread. */
bool order_place_is_served(struct api_call *call, const struct order *order,
                           struct json_reason *why);

#endif
