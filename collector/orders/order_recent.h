/* The orders that were just accepted: between the 202 and the role's commit they are not in the
 * store yet, and a buyer who asks must not be told that there is no such order.
 *
 * Holds the last ORDER_RECENT_MAX of this process; an older one is forgotten. Where the buyer asks
 * another process, or after a restart, an order that the role has not placed yet is unknown for
 * that moment. Any thread. */
#ifndef CARRITO_COLLECTOR_ORDER_RECENT_H
#define CARRITO_COLLECTOR_ORDER_RECENT_H

#include "collector/orders/order.h"

#define ORDER_RECENT_MAX 16384 /* about 4 MB when all are taken */

struct order_recent;

struct order_recent *order_recent_open(void);
void order_recent_close(struct order_recent *recent);
void order_recent_add(struct order_recent *recent, const struct order *order);
/* Copies the order with this id; false where it is none of the last ones. */
bool order_recent_find(struct order_recent *recent, const char *id, struct order *order);

#endif
