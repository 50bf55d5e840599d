/* In the agent's place where nothing can be recorded until somebody sees to it: no plate was set,
 * or the outbox is of another release and left alone. It says so to the vendor at the socket and
 * to the service manager; the log line is the caller's. It does not end, because what has ended
 * cannot say so to the vendor, who would read that no agent runs and start it again and again. */
#ifndef CARRITO_AGENT_REFUSAL_H
#define CARRITO_AGENT_REFUSAL_H

#include "agent/settings.h"
#include "agent/words.h"
#include "common/service_manager.h"

#include <stdbool.h>

struct refusal {
    const struct sentence *said; /* to the vendor; it takes no arguments */
    const char *status;          /* the service manager's */
};

/* Until `stopped` says so. */
void refusal_run(const struct settings *settings, const struct refusal *refusal,
                 bool (*stopped)(void), struct service_manager *manager);

#endif
