/* The state of a cart, and what moves it (contract, section 5, "location"): one table of what
 * happens to a cart in each state, which state follows, and what becomes of its alert. Pure.
 *
 * "silent" is not the 60 seconds: it says that the cart's link is down, so that nobody can tell
 * whether it is silent. A cart that said nothing for its limit while its link stood has vanished.
 */
#ifndef CARRITO_COLLECTOR_CART_STATE_H
#define CARRITO_COLLECTOR_CART_STATE_H

#include <stdbool.h>

enum cart_state {
    CART_HEARD,    /* in time */
    CART_SILENT,   /* cannot be judged: its link is down */
    CART_VANISHED, /* nothing for its limit, and the link stood */
    CART_OFFLINE,  /* it said so */
    CART_ABSENT,   /* a member's, in the guild's hours, without a word that day */
    CART_STATES
};

enum cart_cause {
    CART_SPOKE,        /* a word */
    CART_SPOKE_CLOSED, /* a word, while its day is closed: it was asked for, or is sent again */
    CART_SIGNED_OFF,   /* it said `offline` */
    CART_OPENED,       /* its closed day is open again, and a later word was read before */
    CART_LINK_LOST,    /* its bridge's link went down, or the bridge fell silent */
    CART_LINK_BACK,
    CART_SILENCE_OVER, /* its limit ran out */
    CART_UNHEARD,      /* in the hours, no word of the day */
    CART_CAUSES
};

/* The alert `cart-vanished`. */
enum cart_alert {
    CART_ALERT_STAYS,
    CART_ALERT_BEGINS, /* in the guild's hours; outside of them the state changes and nobody is told
                        */
    CART_ALERT_ENDS    /* where it is open */
};

struct cart_step {
    enum cart_state to;
    enum cart_alert alert;
};

struct cart_step cart_state_step(enum cart_state from, enum cart_cause cause);

#define CART_STATE_NEW "silent" /* of a cart that was never heard */

/* "heard", …; ends with NULL. As the store and the API have it. */
extern const char *const cart_state_names[CART_STATES + 1];
/* CART_STATES where none has this name. */
enum cart_state cart_state_from_name(const char *name);

#endif
