/* Watches that the store has a fresh backup, and raises `backup-old`. */
#ifndef CARRITO_COLLECTOR_NOTIFY_BACKUP_H
#define CARRITO_COLLECTOR_NOTIFY_BACKUP_H

#include "collector/effects/lease.h"
#include "collector/store/store.h"

struct settings;

/* Looks once, and writes under the lease's fence where the alerts are not as they should be: one
 * for the store, and one for the second folder where there is one. */
void notify_backup(const struct settings *settings, struct store *store, struct lease *lease,
                   int64_t now_ms);

#endif
