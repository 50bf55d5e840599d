/* The loop: lease → alerts → disk → mails and posts. */
#include "collector/notify/notify.h"
#include "collector/base/background.h"
#include "collector/base/pulse.h"
#include "collector/base/settings.h"
#include "collector/notify/notify_alerts.h"
#include "collector/notify/notify_backup.h"
#include "collector/notify/notify_disk.h"
#include "collector/notify/notify_former.h"
#include "collector/notify/notify_mails.h"
#include "collector/notify/notify_metrics.h"
#include "collector/notify/notify_posts.h"
#include "collector/store/role_desired.h"
#include "collector/store/store.h"
#include "collector/store/wake.h"

#include "common/clock.h"
#include "common/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define LOOK_MS       200 /* between two looks at the tables, where nobody wakes it */
#define ALERTS_MS     20  /* between two looks at the alerts, while mails are under way */
#define STANDBY_MS    500
#define BUSY_WAIT_MS  20
#define DISK_EVERY_MS 60000
#define DESIRED_MS    500  /* between two looks at what operators want */
#define FINISH_MS     3000 /* for what is with a server when it is to end */

struct notify {
    const struct settings *settings;
    struct wake *wake;
    pthread_t thread;
    atomic_bool stop, paused;
    struct store *store;
    struct lease lease;
    struct notify_mails *mails;
    struct notify_posts *posts;
    int64_t alerts_mono_ms, disk_mono_ms, desired_mono_ms;
    enum disk_verdict disk;
    bool took_former;
};

/* Once for each time that the lease is taken: somebody may have gone back to a release before this
 * one, which does not know of effects. */
static void take_former(struct notify *notify)
{
    while (!notify->took_former && store_status(notify->store) == STORE_OK) {
        if (!notify_has_former(notify->store)) {
            notify->took_former = true;
        } else if (store_begin(notify->store)) {
            bool ours = lease_fence(&notify->lease, notify->store);
            if (ours)
                notify_take_former(notify->store);
            if (!ours || store_commit(notify->store) != STORE_OK) {
                store_rollback(notify->store);
                return;
            }
        }
    }
}

/* A disk that nobody has looked at since the start may have an alert to end. */
static void watch_disk(struct notify *notify, const struct notify_time *time)
{
    if (notify->disk_mono_ms != 0 && time->mono_ms - notify->disk_mono_ms < DISK_EVERY_MS)
        return;
    notify->disk_mono_ms = time->mono_ms;
    notify_disk(notify->settings, notify->store, &notify->lease, &notify->disk);
    notify_backup(notify->settings, notify->store, &notify->lease, time->now_ms);
}

static void watch_alerts(struct notify *notify, const struct notify_time *time)
{
    if (time->mono_ms - notify->alerts_mono_ms < ALERTS_MS)
        return;
    notify->alerts_mono_ms = time->mono_ms;
    while (notify_alerts(notify->settings, notify->store, &notify->lease, time->now_ms))
        continue;
}

static void work(struct notify *notify, const struct notify_time *time)
{
    take_former(notify);
    watch_alerts(notify, time);
    watch_disk(notify, time);
    notify_mails_read(notify->mails, notify->store, time);
    notify_mails_begin(notify->mails, notify->store, time);
    notify_mails_write(notify->mails, notify->store, &notify->lease);
    notify_posts_work(notify->posts, notify->store, &notify->lease, time);
}

static void drop_all(struct notify *notify)
{
    notify->took_former = false;
    notify_mails_drop(notify->mails);
    notify_posts_drop(notify->posts);
}

/* For servers while something is with them, else for new rows. */
static void wait_for_more(struct notify *notify)
{
    if (notify_mails_under_way(notify->mails) > 0)
        notify_mails_wait(notify->mails, BUSY_WAIT_MS);
    else
        wake_wait(notify->wake, WAKE_NOTIFY,
                  notify_posts_under_way(notify->posts) > 0 ? BUSY_WAIT_MS : LOOK_MS);
}

static bool has_store(struct notify *notify)
{
    if (notify->store != NULL && store_status(notify->store) == STORE_OK)
        return true;
    if (notify->store != NULL)
        store_rollback(notify->store);
    else
        notify->store = store_open(notify->settings->store, STORE_REPEATABLE);
    if (notify->store != NULL)
        store_set_wake(notify->store, notify->wake);
    return notify->store != NULL;
}

/* What a server has been given may come to an end; nothing new is begun, and the lease is free. */
static void hand_over(struct notify *notify)
{
    int64_t end_mono_ms = clock_mono_ms() + FINISH_MS;

    store_rollback(notify->store);
    while (notify->lease.held && clock_mono_ms() < end_mono_ms &&
           notify_mails_under_way(notify->mails) + notify_posts_under_way(notify->posts) > 0) {
        notify_mails_wait(notify->mails, BUSY_WAIT_MS);
        notify_posts_finish(notify->posts, notify->store, &notify->lease);
    }
    if (notify->lease.held) {
        notify_mails_write_all(notify->mails, notify->store, &notify->lease);
        notify_posts_finish(notify->posts, notify->store, &notify->lease);
        store_rollback(notify->store);
        lease_release(&notify->lease, notify->store);
    }
}

/* False while operators want it to stand still; while the store does not say, all stays as it is.
 */
static bool is_wanted(struct notify *notify, int64_t mono_ms)
{
    bool paused = atomic_load(&notify->paused);

    if (mono_ms < notify->desired_mono_ms)
        return !paused;
    notify->desired_mono_ms = mono_ms + DESIRED_MS;
    bool stop =
        role_desired_read(notify->store, "notify", paused ? ROLE_DESIRED_STOP : ROLE_DESIRED_RUN) ==
        ROLE_DESIRED_STOP;
    store_rollback(notify->store);
    if (stop == paused)
        return !paused;
    atomic_store(&notify->paused, stop);
    log_info("notify", stop ? "stopped by an operator" : "started by an operator", NULL);
    if (stop)
        hand_over(notify);
    return !stop;
}

static void *run(void *opaque)
{
    struct notify *notify = opaque;

    background_enter();
    pulse_begin("notify");
    for (; !notify->stop; pulse_beat()) {
        struct notify_time time = { .now_ms = clock_wall_ms(), .mono_ms = clock_mono_ms() };
        if (!notify->lease.held) /* what was in hand may be another's now */
            drop_all(notify);
        if (has_store(notify) && is_wanted(notify, time.mono_ms) &&
            lease_keep(&notify->lease, notify->store, time.mono_ms)) {
            work(notify, &time);
            wait_for_more(notify);
        } else {
            wake_wait(notify->wake, WAKE_NOTIFY, STANDBY_MS);
        }
    }
    if (notify->store != NULL)
        hand_over(notify);
    store_close(notify->store);
    return NULL;
}

struct notify *notify_start(const struct settings *settings, struct wake *wake)
{
    struct notify *notify = calloc(1, sizeof *notify);

    if (notify == NULL)
        abort();
    notify->settings = settings;
    notify->wake = wake;
    notify->lease.name = "notify";
    notify->disk = DISK_BETWEEN;
    notify->mails = notify_mails_open(settings);
    notify->posts = notify_posts_open(settings);
    notify_register_metrics();
    if (notify->mails != NULL && notify->posts != NULL &&
        pthread_create(&notify->thread, NULL, run, notify) == 0)
        return notify;
    log_error("notify", "not started", NULL);
    notify_mails_close(notify->mails);
    notify_posts_close(notify->posts);
    free(notify);
    return NULL;
}

bool notify_is_paused(const struct notify *notify)
{
    return atomic_load(&notify->paused);
}

void notify_stop(struct notify *notify)
{
    if (notify == NULL)
        return;
    notify->stop = true;
    wake_call(notify->wake, WAKE_NOTIFY);
}

void notify_join(struct notify *notify)
{
    if (notify == NULL)
        return;
    pthread_join(notify->thread, NULL);
    notify_mails_close(notify->mails);
    notify_posts_close(notify->posts);
    free(notify);
}
