/* Does somebody listen for orders on this cart (contract, section 3, `orders`)? Pure. */
#ifndef CARRITO_AGENT_LISTENING_H
#define CARRITO_AGENT_LISTENING_H

#include "agent/outbox_orders.h"

/* A till says so at least each half second while it is open; one that is silent for so long has
 * died. */
#define TILL_OPEN_MS 5000

enum listening {
    LISTENING,
    LISTENING_CARD,      /* the card cannot be written: no sale could be recorded */
    LISTENING_CLOSED,    /* the day is */
    LISTENING_PAUSED,    /* by the vendor */
    LISTENING_UNCOUNTED, /* nobody knows what is on the cart */
    LISTENING_MISSED,    /* OFFERS_MISSED offers in a row had no answer */
    LISTENING_NOBODY,    /* no till is open */
    LISTENING_STATES
};

struct listening_facts {
    bool recording, closed, counted, till_open;
    struct outbox_listening kept;
};

enum listening listening_judge(const struct listening_facts *facts);
/* "yes", "card", "closed", …. */
const char *listening_name(enum listening listening);
/* LISTENING_STATES where none has this name. */
enum listening listening_from_name(const char *name);

#endif
