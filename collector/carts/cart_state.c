/* The table: a column for each state from which, a row for each cause. */
#include "collector/carts/cart_state.h"

#include <stddef.h>
#include <string.h>

const char *const cart_state_names[CART_STATES + 1] = {
    [CART_HEARD] = "heard",     [CART_SILENT] = "silent", [CART_VANISHED] = "vanished",
    [CART_OFFLINE] = "offline", [CART_ABSENT] = "absent", [CART_STATES] = NULL,
};

#define TO(state)                                                                                  \
    {                                                                                              \
        CART_##state, CART_ALERT_STAYS                                                             \
    }
#define BEGINS(state)                                                                              \
    {                                                                                              \
        CART_##state, CART_ALERT_BEGINS                                                            \
    }
#define ENDS(state)                                                                                \
    {                                                                                              \
        CART_##state, CART_ALERT_ENDS                                                              \
    }

/* A cart that is absent may have vanished before; so its word ends the alert, too. */
/* clang-format off */
static const struct cart_step steps[CART_CAUSES][CART_STATES] = {
    /*                       heard             silent            vanished          offline           absent */
    [CART_SPOKE]        = { TO(HEARD),        TO(HEARD),        ENDS(HEARD),      TO(HEARD),        ENDS(HEARD) },
    [CART_SPOKE_CLOSED] = { TO(HEARD),        TO(SILENT),       TO(VANISHED),     TO(OFFLINE),      TO(OFFLINE) },
    [CART_SIGNED_OFF]   = { TO(OFFLINE),      TO(OFFLINE),      ENDS(OFFLINE),    TO(OFFLINE),      TO(OFFLINE) },
    [CART_OPENED]       = { TO(HEARD),        TO(HEARD),        TO(HEARD),        TO(HEARD),        TO(HEARD) },
    [CART_LINK_LOST]    = { TO(SILENT),       TO(SILENT),       TO(VANISHED),     TO(OFFLINE),      TO(ABSENT) },
    [CART_LINK_BACK]    = { TO(HEARD),        TO(HEARD),        TO(VANISHED),     TO(OFFLINE),      TO(ABSENT) },
    [CART_SILENCE_OVER] = { BEGINS(VANISHED), BEGINS(VANISHED), BEGINS(VANISHED), BEGINS(VANISHED), BEGINS(VANISHED) },
    [CART_UNHEARD]      = { TO(HEARD),        TO(ABSENT),       TO(ABSENT),       TO(ABSENT),       TO(ABSENT) },
};
/* clang-format on */

struct cart_step cart_state_step(enum cart_state from, enum cart_cause cause)
{
    return steps[cause][from];
}

enum cart_state cart_state_from_name(const char *name)
{
    enum cart_state state = 0;

    while (state < CART_STATES && strcmp(cart_state_names[state], name) != 0)
        state++;
    return state;
}
