/* An agent that was given no plate yet, as one that was installed a moment ago: it makes no outbox,
 * records nothing, and says what is missing to the vendor, the log and the service manager. It does
 * not end, because what has ended cannot say so to the vendor. */
#ifndef CARRITO_AGENT_NO_PLATE_H
#define CARRITO_AGENT_NO_PLATE_H

#include "agent/settings.h"
#include "common/service_manager.h"

#include <stdbool.h>

/* Until `stopped` says so. */
void no_plate_run(const struct settings *settings, bool (*stopped)(void),
                  struct service_manager *manager);

#endif
