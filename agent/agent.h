/* The agent as a whole: one thread, one poll loop over socket, uplink, GPS and metrics. */
#ifndef CARRITO_AGENT_AGENT_H
#define CARRITO_AGENT_AGENT_H

#include "agent/settings.h"
#include "common/service_manager.h"

#include <stdbool.h>

enum agent_end {
    AGENT_STOPPED, /* a signal: everything is written and said */
    AGENT_BROKEN,  /* the disk failed under the outbox: open it again, it is checked then */
    AGENT_REFUSED  /* another agent runs, or a path cannot be used (logged) */
};

struct agent;

/* Opens the outbox, the socket, the sources and the uplink. NULL where the vendor could not be
 * served (logged); no peer's absence is a reason. */
struct agent *agent_open(const struct settings *settings);
void agent_close(struct agent *agent);
/* Runs until `stopped` says so; tells `manager` in its turns that it does. */
enum agent_end agent_run(struct agent *agent, bool (*stopped)(void),
                         struct service_manager *manager);

#endif
