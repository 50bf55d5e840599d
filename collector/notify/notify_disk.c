/* statvfs() of the store's folder. */
#include "collector/notify/notify_disk.h"
#include "collector/lang.h"
#include "collector/role/alert.h"
#include "collector/settings.h"

#include "common/clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#define SCHEME  "sqlite://"
#define SUBJECT "store"
#define MB      1000000

bool disk_read(const char *store_url, struct disk_room *room)
{
    struct statvfs status;

    if (strncmp(store_url, SCHEME, strlen(SCHEME)) != 0 ||
        statvfs(store_url + strlen(SCHEME), &status) != 0)
        return false;
    room->total = (uint64_t)status.f_blocks * status.f_frsize;
    room->available = (uint64_t)status.f_bavail * status.f_frsize;
    return true;
}

static void say(const struct settings *settings, const struct disk_room *room, char *text,
                size_t size)
{
    bool english = lang_from_name(settings->lang) == LANG_EN;

    snprintf(text, size,
             english ? "The disk of the store has %llu MB left of %llu MB."
                     : "Al disco de los datos le quedan %llu MB de %llu MB.",
             (unsigned long long)room->available / MB, (unsigned long long)room->total / MB);
}

void notify_disk(const struct settings *settings, struct store *store, struct lease *lease,
                 enum disk_verdict *last)
{
    struct disk_room room;
    char details[160];

    if (!disk_read(settings->store, &room))
        return;
    enum disk_verdict verdict = disk_judge(&room);
    if (verdict == DISK_BETWEEN || verdict == *last || !store_begin(store))
        return;
    say(settings, &room, details, sizeof details);
    if (lease_fence(lease, store)) {
        if (verdict == DISK_LOW)
            alert_raise(store, &(struct alert){ .kind = ALERT_DISK_LOW,
                                                .subject = SUBJECT,
                                                .details = details,
                                                .at_ms = clock_wall_ms() });
        else
            alert_end(store, ALERT_DISK_LOW, SUBJECT, clock_wall_ms());
        if (store_commit(store) == STORE_OK)
            *last = verdict;
    } else {
        store_rollback(store);
    }
}
