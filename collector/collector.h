/* The collector as a whole: store, roles, API, started together and ended together. */
#ifndef CARRITO_COLLECTOR_COLLECTOR_H
#define CARRITO_COLLECTOR_COLLECTOR_H

#include "collector/base/settings.h"
#include "common/service_manager.h"

#include <stdbool.h>

/* Runs what settings->roles names until `stopped` says so; returns the exit status. Waits for the
 * store and for Kafka; only an address that cannot be had ends it early. Feeds the watchdog of
 * `manager` while every thread turns (pulse.h). */
int collector_run(const struct settings *settings, const struct config_pairs *pairs,
                  bool (*stopped)(void), struct service_manager *manager);

#endif
