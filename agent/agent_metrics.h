/* The agent's metrics (contract, section 8). */
#ifndef CARRITO_AGENT_AGENT_METRICS_H
#define CARRITO_AGENT_AGENT_METRICS_H

#include "agent/outbox.h"
#include "agent/uplink.h"

#include <stdint.h>

/* Once, before the first agent is opened. */
void agent_metrics_register(void);
/* Looks at most every some seconds. */
void agent_metrics_update(struct outbox *outbox, const struct uplink *uplink, int64_t mono_ms);
/* For /readyz: a cart that runs serves its vendor, whatever else is away. */
const char *agent_metrics_ready(void *owner);

#endif
