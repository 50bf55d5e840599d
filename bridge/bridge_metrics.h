/* The bridge's metrics (contract, section 8). Registered once; any thread may count. */
#ifndef CARRITO_BRIDGE_METRICS_H
#define CARRITO_BRIDGE_METRICS_H

#include "bridge/batch.h"

void bridge_metrics_register(void);
/* A message was routed: its result, and its records. */
void bridge_metrics_count(const struct batch *batch);
/* Everything of it is in Kafka and it was acknowledged, so long after it came. */
void bridge_metrics_answered(int64_t waited_us);
/* A message was left with its sender. */
void bridge_metrics_put_off(void);
void bridge_metrics_waiting(size_t partitions);
void bridge_metrics_connected(bool connected);
void bridge_metrics_queue(size_t unconfirmed);
void bridge_metrics_replaced(unsigned producers);

#endif
