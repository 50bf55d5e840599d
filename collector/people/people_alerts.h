/* Alerts that named a person: Kafka has each anew, as it is after the erasure. */
#ifndef CARRITO_COLLECTOR_PEOPLE_ALERTS_H
#define CARRITO_COLLECTOR_PEOPLE_ALERTS_H

#include "collector/people/erased.h"
#include "collector/store/store.h"

#include <stdint.h>

/* After the rows were changed, in the same transaction. The topic is compacted: what it has of
 * before goes with the new record. Alerts of an account that was blocked end, and their rows go:
 * an account of that name that comes again begins anew. */
void people_alerts_again(struct store *store, const struct person_key *key, int64_t now_ms);

#endif
