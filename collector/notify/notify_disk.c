/* statvfs() of the store's folder. */
#include "collector/notify/notify_disk.h"
#include "collector/lang.h"
#include "collector/role/alert.h"
#include "collector/settings.h"
#include "collector/store/store_url.h"

#include "common/clock.h"

#include "disk_sql.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#define SUBJECT "store"
#define MB      1000000
#define DAY_MS  86400000LL

bool disk_read(const char *store_url, struct disk_room *room)
{
    struct statvfs status;

    const char *path = store_sqlite_path(store_url);

    if (path == NULL || statvfs(path, &status) != 0)
        return false;
    room->total = (uint64_t)status.f_blocks * status.f_frsize;
    room->available = (uint64_t)status.f_bavail * status.f_frsize;
    return true;
}

static void say(const struct settings *settings, const struct disk_room *room, double days_left,
                char *text, size_t size)
{
    bool english = lang_from_name(settings->lang) == LANG_EN;
    int length =
        snprintf(text, size,
                 english ? "The disk of the store has %llu MB left of %llu MB."
                         : "Al disco de los datos le quedan %llu MB de %llu MB.",
                 (unsigned long long)room->available / MB, (unsigned long long)room->total / MB);

    if (isfinite(days_left) && length > 0 && (size_t)length < size)
        snprintf(text + length, size - (size_t)length,
                 english ? " At the pace of the last weeks that lasts for %.0f days."
                         : " Al ritmo de las últimas semanas alcanza para %.0f días.",
                 days_left);
}

/* A row a day, under the lease's fence; what is there already stays. */
static void remember(struct store *store, struct lease *lease, const struct disk_room *room,
                     int64_t day)
{
    if (store_has(store, SQL_DISK_DAY_KNOWN, "i", day) || !store_begin(store))
        return;
    if (lease_fence(lease, store)) {
        store_run(store, SQL_DISK_DAY_WRITE, "iii", day, (int64_t)room->total,
                  (int64_t)room->available);
        store_run(store, SQL_DISK_DAYS_FORGET, "i", day - DISK_DAYS_MAX);
        store_commit(store);
    } else {
        store_rollback(store);
    }
}

static double days_left(struct store *store, const struct disk_room *room, int64_t day)
{
    struct disk_day days[DISK_DAYS_MAX];
    struct store_rows *rows =
        store_query(store, SQL_DISK_DAYS_READ, "ii", (int64_t)room->total, day - DISK_DAYS_MAX + 1);
    size_t count = 0;

    while (count < DISK_DAYS_MAX && store_next(rows)) {
        days[count].day = store_int(rows, 0);
        days[count++].available = (uint64_t)store_int(rows, 1);
    }
    store_rows_end(rows);
    return disk_days_left(room, days, count);
}

void notify_room(const struct settings *settings, struct store *store, struct lease *lease,
                 const struct disk_look *look)
{
    int64_t day = look->now_ms / DAY_MS;
    char details[256];

    remember(store, lease, &look->room, day);
    double left = days_left(store, &look->room, day);
    enum disk_verdict verdict = disk_judge(&look->room, left);
    if (verdict == DISK_BETWEEN || verdict == *look->last || !store_begin(store))
        return;
    say(settings, &look->room, left, details, sizeof details);
    if (lease_fence(lease, store)) {
        if (verdict == DISK_LOW)
            alert_raise(store, &(struct alert){ .kind = ALERT_DISK_LOW,
                                                .subject = SUBJECT,
                                                .details = details,
                                                .at_ms = look->now_ms });
        else
            alert_end(store, ALERT_DISK_LOW, SUBJECT, look->now_ms);
        if (store_commit(store) == STORE_OK)
            *look->last = verdict;
    } else {
        store_rollback(store);
    }
}

void notify_disk(const struct settings *settings, struct store *store, struct lease *lease,
                 enum disk_verdict *last)
{
    struct disk_look look = { .last = last, .now_ms = clock_wall_ms() };

    if (disk_read(settings->store, &look.room))
        notify_room(settings, store, lease, &look);
}
