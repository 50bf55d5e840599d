/* The outbox as the uplink's store. */
#ifndef CARRITO_AGENT_OUTBOX_STORE_H
#define CARRITO_AGENT_OUTBOX_STORE_H

#include "agent/outbox.h"
#include "agent/uplink.h"

/* Valid as long as the outbox is open. */
struct uplink_store outbox_store(struct outbox *outbox);

#endif
