/* Why nothing reaches the centre, as far as a cart can tell: what a vendor can do differs. */
#ifndef CARRITO_AGENT_NET_CAUSE_H
#define CARRITO_AGENT_NET_CAUSE_H

#include "common/mqtt_answer.h"

#include <stdbool.h>

enum net_cause {
    NET_ONLINE,
    /* "no-centre": somebody answers, so there is internet. */
    NET_NO_BRIDGE,   /* the broker is there, no bridge is: nothing to do but to sell on */
    NET_CONNECTING,  /* or so it is hoped: the attempt has not ended */
    NET_NO_BROKER,   /* its machine is there, the broker is not: nothing to do, either */
    NET_REFUSED,     /* the broker does not know this cart, or shuts it out */
    NET_CERTIFICATE, /* the broker does not take this cart's certificate */
    NET_FILES,       /* this cart's own certificate or key cannot be used */
    NET_STRANGER,    /* who answers is not the centre, by the certificate: another's, or a portal */
    NET_EXPIRED,     /* the centre's certificate has ended, or the clock is ahead */
    NET_CLOCK,       /* it has not begun: the clock is behind, and time mends that */
    /* "no-internet": there is a way out, and it leads nowhere: is there credit? */
    NET_NO_ANSWER,
    NET_NO_NAME, /* the broker's name has no address */
    /* "no-signal": there is no way out at all. */
    NET_NO_SIGNAL,
    NET_CAUSES
};

/* `answer`: of the latest attempts (mqtt_link.h). `has_route`: asked only where nobody answered.
 * Pure but for it. */
enum net_cause net_cause(bool connected, bool bridge_online, enum mqtt_answer answer,
                         bool (*has_route)(void));
/* Does the machine know a way to the internet? Asks the kernel, sends nothing, does not block. */
bool net_has_route(void);
/* "online", "no-centre", "no-internet", "no-signal". */
const char *net_cause_name(enum net_cause cause);
/* Which of those that share a name: "refused", …; NULL where there is only one. */
const char *net_cause_why(enum net_cause cause);
/* By both; `why` may be one of a later release, or empty: then the first of the name. NET_CAUSES
 * where there is none of this name. */
enum net_cause net_cause_from_names(const char *name, const char *why);

#endif
