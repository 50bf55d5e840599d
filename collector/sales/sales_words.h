/* Holds what carts say of their totals against ours (contract, section 5, `complete`).
 *
 * A word is judged when all that Kafka had of the cart's partition when it came is applied: others
 * may be behind. Ours are the sums
 * over the outbox's own events from where the word's totals begin up to where they end: its sales,
 * and those of them that its own voids took back; what was voided elsewhere stands, and a void of a
 * sale from before the totals begin takes nothing back. They go on from where both agreed last, so
 * that each event is summed up once. */
#ifndef CARRITO_COLLECTOR_SALES_WORDS_H
#define CARRITO_COLLECTOR_SALES_WORDS_H

#include "collector/engine/role.h"
#include "collector/store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* How often, by the wall clock, it is worth asking how far Kafka is. */
#define SALES_WORDS_MS 1000

/* True where a word waits, or something of before a rebuild. Reads the store. */
bool sales_words_wait(struct store *store);
/* Judges what can be, in the caller's transaction; true where more waits that can be judged now.
 * Does nothing where it was not asked how far Kafka is applied. */
bool sales_words_judge(struct store *store, const struct role_time *time);

/* Something of the outbox has come: a word of it that disagreed is judged again. */
void sales_words_again(struct store *store, const char *cart, const char *epoch);

#endif
