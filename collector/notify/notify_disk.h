/* Watches the disk of the store, where that is a file of this machine's, and raises `disk-low`. */
#ifndef CARRITO_COLLECTOR_NOTIFY_DISK_H
#define CARRITO_COLLECTOR_NOTIFY_DISK_H

#include "collector/effects/lease.h"
#include "collector/notify/notify_plan.h"
#include "collector/store/store.h"

struct settings;

/* The file system that the store's URL names; false where it cannot be told, or is a server's. */
bool disk_read(const char *store_url, struct disk_room *room);
/* Judges by what is there and by the days before, a row a day in the store, and writes under the
 * lease's fence where the verdict is another than *last. */
struct disk_look {
    struct disk_room room;
    enum disk_verdict *last;
    int64_t now_ms;
};
void notify_room(const struct settings *settings, struct store *store, struct lease *lease,
                 const struct disk_look *look);
/* Looks once at the disk of the store, and judges it. */
void notify_disk(const struct settings *settings, struct store *store, struct lease *lease,
                 enum disk_verdict *last);

#endif
