/* Decides what becomes of an MQTT message: records for Kafka, dead letters, and the answer.
 *
 * Pure: no broker, no clock, nothing kept. A line that is no valid event becomes a dead letter with
 * its reason and does not disturb its neighbours; nothing that came is thrown away, except an empty
 * message on `state` (which is how a retained topic is cleared). Source: contract, sections 2 to 4.
 */
#ifndef CARRITO_BRIDGE_ROUTE_H
#define CARRITO_BRIDGE_ROUTE_H

#include "bridge/batch.h"

#define PRESENCE_DEPTH_MAX 4 /* nesting of state and heartbeat, which hold objects in an array */

/* Fills the batch's records and answer. Records point into the batch. */
void route(struct batch *batch);
/* Makes the whole payload one dead letter; also for a batch that route() never saw. */
void route_refuse(struct batch *batch, const struct json_reason *why);

#endif
