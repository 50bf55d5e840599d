/* The states of an order, one list for cart and centre (contract, section 5, "orders"; an event's
 * are in docs/schemas/event-order.json), and its id. Pure. */
#ifndef CARRITO_ORDER_STATE_H
#define CARRITO_ORDER_STATE_H

#include <stdbool.h>

/* In the order in which an order goes through them; from ORDER_DONE on none is left. */
enum order_state {
    ORDER_RECEIVED,
    ORDER_PREPARING,
    ORDER_DELIVERING,
    ORDER_DONE,
    ORDER_CANCELLED,
    ORDER_FAILED,
    ORDER_STATES
};

/* For sentences: the states that a vendor may set, with "or" before the last. */
#define ORDER_STEPS_FIRST "preparando, entregando, finalizado, cancelado"
#define ORDER_STEPS_LAST  "fallido"

/* A vendor's word that is no state (contract, section 5): no to an offer; while `preparando` the
 * order is given back, while `entregando` nobody was there. */
#define ORDER_STEP_REFUSED "rechazado"

/* "recibido", "preparando", …; ends with NULL. */
extern const char *const order_state_names[ORDER_STATES + 1];
/* ORDER_STATES where there is none of this name. */
enum order_state order_state_from_name(const char *name);
#define ORDER_ID_SIZE 33 /* 32 hexadecimal digits, 128 random bits, and NUL */
bool order_id_is_valid(const char *id);
/* Forward only, and out of no last state; `cancelado` and `fallido` from any but those. */
bool order_may_move(enum order_state from, enum order_state to);
/* May a vendor set it? All but the one that an order begins with; ORDER_STATES is none. */
bool order_state_is_step(enum order_state state);

#endif
