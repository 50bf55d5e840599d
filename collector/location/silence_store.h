/* Lines and timers out of the store and back: silence outlives the process without a row per beat
 * and cart. Runs in the caller's transaction. */
#ifndef CARRITO_COLLECTOR_SILENCE_STORE_H
#define CARRITO_COLLECTOR_SILENCE_STORE_H

#include "collector/location/silence.h"
#include "collector/store/store.h"

/* How long a cart, and a phone, may be silent. */
struct silence_limits {
    int64_t cart_ms, phone_ms;
};

/* Reads the lines of a partition, and sets the timers of its carts that are neither offline nor
 * vanished. */
void silence_load(struct silence *silence, struct store *store, int32_t partition,
                  const struct silence_limits *limits);
/* Writes the lines that have changed since. */
void silence_save(struct silence *silence, struct store *store);

#endif
