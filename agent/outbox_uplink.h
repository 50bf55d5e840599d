/* The outbox as the uplink's store. */
#ifndef CARRITO_AGENT_OUTBOX_UPLINK_H
#define CARRITO_AGENT_OUTBOX_UPLINK_H

#include "agent/outbox.h"
#include "agent/uplink.h"

/* Valid as long as the outbox is open. */
struct uplink_store outbox_uplink(struct outbox *outbox);

#endif
