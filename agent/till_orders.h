/* The orders of a till: what the agent says of them, when they ring, and what is told of one that
 * was taken away. Pure. For till*.c and the voice only. */
#ifndef CARRITO_AGENT_TILL_ORDERS_H
#define CARRITO_AGENT_TILL_ORDERS_H

#include "agent/till.h"

#define TILL_RING_MS   4000 /* between two calls */
#define TILL_RINGS_MAX 8    /* for one offer, or for one that was taken away */
#define TILL_CALM_MS   2500 /* after the last key: nobody is typing */

/* Members of an answer to `status` or `orders`: all orders that wait for the vendor. */
void till_orders_take(struct till *till, const cJSON *answer);
/* Of an answer to `status`: what he is to be told, and whether this cart takes orders. */
void till_orders_hear(struct till *till, const cJSON *answer);
/* As time goes by: rings where it is time. */
void till_orders_tick(struct till *till);
/* A key was pressed: whoever pressed it has heard. */
void till_orders_key(struct till *till);

/* The offer that waits for an answer, the one that ends first; NULL: none does. */
const struct till_order *till_offer(const struct till *till);
/* Whole seconds that it stands still. */
int64_t till_offer_s(const struct till *till, const struct till_order *order);
/* The order of this number; NULL: there is none. */
struct till_order *till_order_of(struct till *till, int64_t number);
/* It goes on to this state, or away. */
void till_order_moved(struct till *till, const char *id, const char *status);

/* "350 m al noreste", "1,2 km", "retiro en el carro"; empty where nobody knows. */
void till_where(const struct till_order *order, enum lang lang, char *text, size_t size);
/* "al noreste"; empty where nobody knows. */
const char *till_direction(const struct till_order *order, enum lang lang);
/* Why no offer comes, where the vendor can mend it; NULL: nothing of the kind. */
const struct sentence *till_listening_word(const struct till *till);

#endif
