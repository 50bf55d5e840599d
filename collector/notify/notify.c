/* A turn: lease → alerts → disk → mails and posts. */
#include "collector/notify/notify.h"
#include "collector/base/settings.h"
#include "collector/effects/lease.h"
#include "collector/notify/notify_alerts.h"
#include "collector/notify/notify_backup.h"
#include "collector/notify/notify_disk.h"
#include "collector/notify/notify_former.h"
#include "collector/notify/notify_mails.h"
#include "collector/notify/notify_metrics.h"
#include "collector/notify/notify_people.h"
#include "collector/notify/notify_posts.h"
#include "collector/store/role_desired.h"
#include "collector/store/store.h"

#include "common/log.h"

#include <stdatomic.h>
#include <stdlib.h>

#define LOOK_MS       200 /* between two looks at the tables, where nobody wakes it */
#define ALERTS_MS     20  /* between two looks at the alerts, while mails are under way */
#define STANDBY_MS    500
#define BUSY_MS       20 /* the same while something is with a server */
#define DISK_EVERY_MS 60000
#define DESIRED_MS    500 /* between two looks at what operators want */

struct notify {
    const struct settings *settings;
    atomic_bool paused;
    struct lease lease;
    struct notify_mails *mails;
    struct notify_posts *posts;
    int64_t alerts_mono_ms, disk_mono_ms, desired_mono_ms;
    enum disk_verdict disk;
    bool took_former;
};

/* Once for each time that the lease is taken: somebody may have gone back to a release before this
 * one, which does not know of effects. */
static void take_former(struct notify *notify, struct store *store)
{
    while (!notify->took_former && store_status(store) == STORE_OK) {
        if (!notify_has_former(store)) {
            notify->took_former = true;
        } else if (store_begin(store)) {
            bool ours = lease_fence(&notify->lease, store);
            if (ours)
                notify_take_former(store);
            if (!ours || store_commit(store) != STORE_OK) {
                store_rollback(store);
                return;
            }
        }
    }
}

/* A disk that nobody has looked at since the start may have an alert to end. */
static void watch_disk(struct notify *notify, struct store *store, const struct effect_time *time)
{
    if (notify->disk_mono_ms != 0 && time->mono_ms - notify->disk_mono_ms < DISK_EVERY_MS)
        return;
    notify->disk_mono_ms = time->mono_ms;
    notify_disk(notify->settings, store, &notify->lease, &notify->disk);
    notify_backup(notify->settings, store, &notify->lease, time->now_ms);
    notify_people(notify->settings, store, &notify->lease, time->now_ms);
}

static void watch_alerts(struct notify *notify, struct store *store, const struct effect_time *time)
{
    if (time->mono_ms - notify->alerts_mono_ms < ALERTS_MS)
        return;
    notify->alerts_mono_ms = time->mono_ms;
    while (notify_alerts(notify->settings, store, &notify->lease, time->now_ms))
        continue;
}

static void work(struct notify *notify, struct store *store, const struct effect_time *time)
{
    take_former(notify, store);
    watch_alerts(notify, store, time);
    watch_disk(notify, store, time);
    notify_mails_wait(notify->mails, 0);
    notify_mails_read(notify->mails, store, time);
    notify_mails_begin(notify->mails, store, &notify->lease, time);
    notify_mails_write(notify->mails, store, &notify->lease);
    notify_posts_work(notify->posts, store, &notify->lease, time);
}

static void drop_all(struct notify *notify)
{
    notify->took_former = false;
    notify_mails_drop(notify->mails);
    notify_posts_drop(notify->posts);
}

static size_t in_hand(const void *state)
{
    const struct notify *notify = state;

    return notify->lease.held
               ? notify_mails_under_way(notify->mails) + notify_posts_under_way(notify->posts)
               : 0;
}

/* What is in hand without the lease may be another's now. */
static int turn(void *state, struct store *store, const struct effect_time *time)
{
    struct notify *notify = state;

    if (!notify->lease.held)
        drop_all(notify);
    if (!lease_keep(&notify->lease, store, time->mono_ms)) {
        drop_all(notify);
        return STANDBY_MS;
    }
    work(notify, store, time);
    return in_hand(notify) > 0 ? BUSY_MS : LOOK_MS;
}

static void settle(void *state, struct store *store, const struct effect_time *time)
{
    struct notify *notify = state;

    (void)time;
    notify_mails_wait(notify->mails, 0);
    notify_posts_finish(notify->posts, store, &notify->lease);
}

static void release(void *state, struct store *store)
{
    struct notify *notify = state;

    if (!notify->lease.held)
        return;
    notify_mails_write_all(notify->mails, store, &notify->lease);
    notify_posts_finish(notify->posts, store, &notify->lease);
    store_rollback(store);
    lease_release(&notify->lease, store);
}

/* While the store does not say, all stays as it is. */
static bool is_wanted(void *state, struct store *store, int64_t mono_ms)
{
    struct notify *notify = state;
    bool paused = atomic_load(&notify->paused);

    if (mono_ms < notify->desired_mono_ms)
        return !paused;
    notify->desired_mono_ms = mono_ms + DESIRED_MS;
    bool stop = role_desired_read(store, "notify", paused ? ROLE_DESIRED_STOP : ROLE_DESIRED_RUN) ==
                ROLE_DESIRED_STOP;
    store_rollback(store);
    if (stop == paused)
        return !paused;
    atomic_store(&notify->paused, stop);
    log_info("notify", stop ? "stopped by an operator" : "started by an operator", NULL);
    return !stop;
}

struct notify *notify_open(const struct settings *settings, struct wake *wake)
{
    struct notify *notify = calloc(1, sizeof *notify);

    if (notify == NULL)
        abort();
    notify->settings = settings;
    notify->lease.name = "notify";
    notify->disk = DISK_BETWEEN;
    notify->mails = notify_mails_open(settings, wake);
    notify->posts = notify_posts_open(settings, wake);
    notify_register_metrics();
    return notify;
}

bool notify_is_paused(const struct notify *notify)
{
    return atomic_load(&notify->paused);
}

static void close_notify(void *state)
{
    struct notify *notify = state;

    notify_mails_close(notify->mails);
    notify_posts_close(notify->posts);
    free(notify);
}

const struct sender_calls notify_calls = { .name = "notify",
                                           .wake = WAKE_NOTIFY,
                                           .is_wanted = is_wanted,
                                           .turn = turn,
                                           .settle = settle,
                                           .in_hand = in_hand,
                                           .release = release,
                                           .close = close_notify };
