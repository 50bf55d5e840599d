/* The thread that carries simulations out, one after the other, never ahead of what Kafka takes. */
#ifndef CARRITO_COLLECTOR_SIMULATOR_H
#define CARRITO_COLLECTOR_SIMULATOR_H

#include "collector/store/wake.h"

struct simulator;

/* `store_url` lives as long as it; `wake` is told of what is queued, and may be NULL. */
struct simulator *simulator_start(const char *store_url, struct wake *wake);
/* Asks it to end; returns at once. NULL is harmless, here and below. */
void simulator_stop(struct simulator *simulator);
void simulator_join(struct simulator *simulator);

#endif
