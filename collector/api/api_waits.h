/* How long orders waited, as a list. Its route stands in api_orders.c, before that of an order's
 * id. */
#ifndef CARRITO_COLLECTOR_API_WAITS_H
#define CARRITO_COLLECTOR_API_WAITS_H

#include "collector/call/call.h"

void waits_list(struct api_call *call);

#endif
