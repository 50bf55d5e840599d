/* look → tidy → follow the days → forget → sleep. */
#include "collector/store/store_keeper.h"
#include "collector/base/background.h"
#include "collector/base/pulse.h"
#include "collector/store/store.h"
#include "collector/store/store_days.h"
#include "collector/store/wake.h"

#include "common/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define TURN_MS   500
#define TIDY_MS   2000  /* a page that many commits have changed by then goes into the file once */
#define FOLLOW_MS 60000 /* between two looks at how days begin */
#define FORGET_MS 3600000 /* between two looks at what is too old, once there was nothing */
#define RETRY_MS  10000   /* after a look that the store did not take */

struct store_keeper {
    struct store_keeper_options options;
    pthread_t thread;
    struct wake *wake; /* its own: to be ended at once */
    atomic_bool stop;
    int64_t tidy_mono_ms, follow_mono_ms, forget_mono_ms;
};

static void forget(struct store_keeper *keeper, struct store *store)
{
    static const int64_t pauses_ms[] = {
        [RETENTION_DONE] = FORGET_MS, [RETENTION_MORE] = 0, [RETENTION_FAILED] = RETRY_MS
    };
    int64_t mono_ms = clock_mono_ms();

    if (mono_ms < keeper->forget_mono_ms)
        return;
    enum retention_result result =
        retention_turn(store, &keeper->options.retention, clock_wall_ms());
    keeper->forget_mono_ms = mono_ms + pauses_ms[result];
}

static void tidy(struct store_keeper *keeper, struct store *store)
{
    int64_t mono_ms = clock_mono_ms();

    if (mono_ms < keeper->tidy_mono_ms)
        return;
    store_tidy(store);
    keeper->tidy_mono_ms = mono_ms + TIDY_MS;
}

/* Another process on this store may have been given another start. */
static void follow_days(struct store_keeper *keeper, struct store *store)
{
    int64_t mono_ms = clock_mono_ms();

    if (mono_ms < keeper->follow_mono_ms)
        return;
    store_days_follow(store);
    store_rollback(store);
    keeper->follow_mono_ms = mono_ms + FOLLOW_MS;
}

static void *run(void *argument)
{
    struct store_keeper *keeper = argument;
    struct store *store = NULL;

    background_enter();
    pulse_begin("store keeper");
    for (; !atomic_load(&keeper->stop); pulse_beat()) {
        if (store == NULL)
            store = store_open(keeper->options.store_url, STORE_REPEATABLE);
        if (store != NULL && !wake_is_damaged(keeper->options.wake, NULL)) {
            store_set_wake(store, keeper->options.wake);
            tidy(keeper, store);
            follow_days(keeper, store);
            forget(keeper, store);
        }
        wake_wait(keeper->wake, WAKE_EFFECTS, TURN_MS);
    }
    store_close(store);
    return NULL;
}

struct store_keeper *store_keeper_start(const struct store_keeper_options *options)
{
    struct store_keeper *keeper = calloc(1, sizeof *keeper);

    if (keeper == NULL)
        abort();
    keeper->options = *options;
    keeper->tidy_mono_ms = keeper->follow_mono_ms = keeper->forget_mono_ms = INT64_MIN;
    keeper->wake = wake_open();
    if (pthread_create(&keeper->thread, NULL, run, keeper) != 0)
        abort();
    return keeper;
}

void store_keeper_stop(struct store_keeper *keeper)
{
    if (keeper == NULL)
        return;
    atomic_store(&keeper->stop, true);
    wake_call(keeper->wake, WAKE_EFFECTS);
    pthread_join(keeper->thread, NULL);
    wake_close(keeper->wake);
    free(keeper);
}
