/* Why nothing reaches the centre, as far as a cart can tell: what a vendor can do differs. */
#ifndef CARRITO_AGENT_NET_CAUSE_H
#define CARRITO_AGENT_NET_CAUSE_H

#include <stdbool.h>

enum net_cause {
    NET_ONLINE,
    NET_NO_CENTRE,   /* the broker is there, no bridge is: nothing to do but to sell on */
    NET_NO_INTERNET, /* there is a way out, and it leads nowhere: is there credit? */
    NET_NO_SIGNAL,   /* there is no way out at all */
    NET_CAUSES
};

/* `has_route`: asked only where there is no connection. Pure but for it. */
enum net_cause net_cause(bool connected, bool bridge_online, bool (*has_route)(void));
/* Does the machine know a way to the internet? Asks the kernel, sends nothing, does not block. */
bool net_has_route(void);
/* "online", "no-centre", …; NET_CAUSES where there is none of this name. */
const char *net_cause_name(enum net_cause cause);
enum net_cause net_cause_from_name(const char *name);

#endif
