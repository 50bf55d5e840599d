/* The agent's metrics (contract, section 8). */
#ifndef CARRITO_AGENT_AGENT_METRICS_H
#define CARRITO_AGENT_AGENT_METRICS_H

#include "agent/former.h"
#include "agent/outbox.h"
#include "agent/uplink.h"

#include <stdint.h>

/* What was looked at; zero with each outbox that is opened, like the bytes that it counts. */
struct agent_metrics {
    const struct formers *formers; /* not owned */
    int64_t looked_ms;             /* monotonic; 0: never */
    int64_t written_bytes;
};

/* Once, before the first agent is opened. */
void agent_metrics_register(void);
/* Looks at most once a second. */
void agent_metrics_update(struct agent_metrics *metrics, struct outbox *outbox,
                          const struct uplink *uplink, int64_t mono_ms);
/* For /readyz: a cart that runs serves its vendor, whatever else is away. */
const char *agent_metrics_ready(void *owner);

#endif
