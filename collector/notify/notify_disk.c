/* statvfs() of the store's folder. */
#include "collector/notify/notify_disk.h"
#include "collector/alerts/alert.h"
#include "collector/base/lang.h"
#include "collector/base/settings.h"
#include "collector/store/store_url.h"

#include "common/clock.h"

#include "disk_sql.h"

#include <math.h>
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

static struct saying saying_of(const struct disk_room *room, double days_left)
{
    int64_t left_mb = (int64_t)(room->available / MB), total_mb = (int64_t)(room->total / MB);

    return isfinite(days_left) ? SAY_ALERT_DISK_LOW_SOON(left_mb, total_mb, (int64_t)days_left)
                               : SAY_ALERT_DISK_LOW(left_mb, total_mb);
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

    remember(store, lease, &look->room, day);
    double left = days_left(store, &look->room, day);
    enum disk_verdict verdict = disk_judge(&look->room, left);
    if (verdict == DISK_BETWEEN || verdict == *look->last || !store_begin(store))
        return;
    if (lease_fence(lease, store)) {
        if (verdict == DISK_LOW)
            alert_raise(store, &(struct alert){ .kind = ALERT_DISK_LOW,
                                                .subject = SUBJECT,
                                                .says = saying_of(&look->room, left),
                                                .lang = lang_from_name(settings->lang),
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
