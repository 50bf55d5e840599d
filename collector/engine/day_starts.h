/* When days begin (CARRITO_DAY_START): the store keeps since which day which start has held, so
 * that days that have been keep theirs, and carts are told by the command `config`. */
#ifndef CARRITO_COLLECTOR_DAY_STARTS_H
#define CARRITO_COLLECTOR_DAY_STARTS_H

#include "collector/store/store.h"

#include <stdint.h>

/* At the program's start, in a transaction of its own: `minutes` that differ from what the store
 * has hold from the next day on that has not begun, and every cart that we know is told. Then
 * day_set_starts() is called with all that the store has. */
enum store_result day_starts_take(struct store *store, int32_t minutes, int64_t now_ms);

/* Tells a cart that has just come, in the caller's transaction; once for each outbox and start, and
 * again after a week, as Kafka forgets commands. Nobody is told of 00:00 where nothing else was. */
void day_starts_tell(struct store *store, const char *cart, const char *epoch, int64_t now_ms);

#endif
