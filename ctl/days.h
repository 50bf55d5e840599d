/* How the guild's days begin, which its collector knows. */
#ifndef CARRITO_CTL_DAYS_H
#define CARRITO_CTL_DAYS_H

#include "ctl/command.h"

/* Asks the collector and has day_set_starts() called, so that "today" is the guild's. Where nobody
 * answers, days begin at 00:00; what is asked next will tell that. Blocks as http_client_get(). */
void days_follow(const struct ctl *ctl);

#endif
