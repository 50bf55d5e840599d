/* backups → alerts */
#include "collector/notify/notify_backup.h"
#include "collector/alerts/alert.h"
#include "collector/base/lang.h"
#include "collector/base/settings.h"
#include "collector/store/backup_record.h"

#define SUBJECT_STORE "store"
#define SUBJECT_COPY  "copy"
#define HOUR_MS       3600000LL

/* What is looked at: the store's newest backup, or that of the second folder. */
struct watched {
    const char *subject, *place;
    struct backup_age age;
    bool old;
};

static struct saying saying_of(const struct watched *watched, int64_t now_ms)
{
    const char *folder = watched->place;
    int64_t hours = (now_ms - watched->age.last_ms) / HOUR_MS;

    if (watched->age.last_ms == 0)
        return folder == NULL ? SAY_ALERT_BACKUP_OLD_NONE() : SAY_ALERT_BACKUP_OLD_NONE_IN(folder);
    return folder == NULL ? SAY_ALERT_BACKUP_OLD(hours) : SAY_ALERT_BACKUP_OLD_IN(folder, hours);
}

static bool is_open(struct store *store, const char *subject)
{
    return alert_is_open(store, ALERT_BACKUP_OLD, subject);
}

/* Does an alert have to be raised or ended? */
static bool is_amiss(const struct settings *settings, struct store *store, struct watched *watched,
                     int64_t now_ms)
{
    bool wanted = watched->place == NULL || watched->place[0] != '\0';

    watched->age = backup_age_read(store, watched->place);
    watched->old = wanted && backup_is_old(&watched->age, now_ms, settings->backup_old_h);
    return watched->age.watched_ms == 0 || watched->old != is_open(store, watched->subject);
}

static void put_right(const struct settings *settings, struct store *store,
                      const struct watched *watched, int64_t now_ms)
{
    backup_watch(store, now_ms);
    if (!watched->old) {
        alert_end(store, ALERT_BACKUP_OLD, watched->subject, now_ms);
        return;
    }
    alert_raise(store, &(struct alert){ .kind = ALERT_BACKUP_OLD,
                                        .subject = watched->subject,
                                        .says = saying_of(watched, now_ms),
                                        .lang = lang_from_name(settings->lang),
                                        .at_ms = now_ms });
}

void notify_backup(const struct settings *settings, struct store *store, struct lease *lease,
                   int64_t now_ms)
{
    const char *copy = settings->backup_copy != NULL ? settings->backup_copy : "";
    struct watched all[] = { { .subject = SUBJECT_STORE },
                             { .subject = SUBJECT_COPY, .place = copy } };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!is_amiss(settings, store, &all[i], now_ms) || !store_begin(store))
            continue;
        if (lease_fence(lease, store))
            put_right(settings, store, &all[i], now_ms);
        if (!lease->held || store_commit(store) != STORE_OK)
            store_rollback(store);
    }
}
