/* Watches the register of persons' requests, and raises `person-request`. */
#ifndef CARRITO_COLLECTOR_NOTIFY_PEOPLE_H
#define CARRITO_COLLECTOR_NOTIFY_PEOPLE_H

#include "collector/effects/lease.h"
#include "collector/store/store.h"

struct settings;

/* Looks once, and writes under the lease's fence where one is nearly due. */
void notify_people(const struct settings *settings, struct store *store, struct lease *lease,
                   int64_t now_ms);

#endif
