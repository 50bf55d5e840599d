/* The vendor's words for an order that the centre has offered, and which follows which. Pure. */
#ifndef CARRITO_AGENT_ORDER_STEPS_H
#define CARRITO_AGENT_ORDER_STEPS_H

#include "agent/outbox_orders.h"

/* For sentences: what a vendor may say of an order. */
#define ORDER_WORDS_FIRST "preparando, entregando, finalizado"
#define ORDER_WORDS_LAST  ORDER_REFUSED

/* Is it one of those words? */
bool order_step_is_word(const char *status);
/* The step after this one, NULL where none is left: an offer's is `preparando`. */
const char *order_next_step(const char *status);

#endif
