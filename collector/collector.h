/* The collector as a whole: store, roles, API, started together and ended together. */
#ifndef CARRITO_COLLECTOR_COLLECTOR_H
#define CARRITO_COLLECTOR_COLLECTOR_H

#include "collector/settings.h"

#include <stdbool.h>

/* Runs what settings->roles names until `stopped` says so; returns the exit status. Waits for the
 * store and for Kafka; only an address that cannot be had ends it early. */
int collector_run(const struct settings *settings, const struct config_pairs *pairs,
                  bool (*stopped)(void));

#endif
