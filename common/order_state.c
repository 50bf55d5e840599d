/* The table of states. */
#include "common/order_state.h"

#include <string.h>

const char *const order_state_names[ORDER_STATES + 1] = {
    [ORDER_RECEIVED] = "recibido",
    [ORDER_PREPARING] = "preparando",
    [ORDER_DELIVERING] = "entregando",
    [ORDER_DONE] = "finalizado",
    [ORDER_CANCELLED] = "cancelado",
    [ORDER_FAILED] = "fallido",
    [ORDER_STATES] = NULL,
};

enum order_state order_state_from_name(const char *name)
{
    enum order_state state = 0;

    while (state < ORDER_STATES && strcmp(order_state_names[state], name) != 0)
        state++;
    return state;
}

bool order_id_is_valid(const char *id)
{
    return strlen(id) == ORDER_ID_SIZE - 1 && strspn(id, "0123456789abcdef") == ORDER_ID_SIZE - 1;
}

bool order_may_move(enum order_state from, enum order_state to)
{
    return from < ORDER_DONE && to > from;
}

bool order_state_is_step(enum order_state state)
{
    return state > ORDER_RECEIVED && state < ORDER_STATES;
}
