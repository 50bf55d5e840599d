/* When days begin, as the store keeps it: since which day which start has held. */
#ifndef CARRITO_COLLECTOR_STORE_DAYS_H
#define CARRITO_COLLECTOR_STORE_DAYS_H

#include "collector/store/store.h"

#include <stddef.h>

/* Has day_set_starts() called where the store has something else than the process: another one on
 * the same store may have been given a new start. How many starts there are; 0: none is kept, or
 * the store failed. Inside of a transaction or outside. */
size_t store_days_follow(struct store *store);

#endif
