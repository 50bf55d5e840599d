/* The workers of the runner, and the one loop that each of them turns. */
#include "collector/effects/effects.h"
#include "collector/base/background.h"
#include "collector/base/pulse.h"

#include "common/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define RETRY_MS   1000 /* of a store that is away */
#define STANDBY_MS 500  /* between two looks where it is to stand still, or the store is damaged */
#define FINISH_MS  3000 /* for what is with a peer when it is to end */
#define BUSY_MS    10   /* between two looks at that */

struct worker {
    struct effects *effects;
    const struct sender *sender;
    pthread_t thread;
    struct store *store;
    bool met_damage;
    int64_t damage_mono_ms;
};

struct effects {
    struct effects_options options;
    atomic_bool stop;
    struct worker workers[EFFECTS_SENDERS_MAX];
};

struct effect_time effect_time_now(void)
{
    return (struct effect_time){ .now_ms = clock_wall_ms(), .mono_ms = clock_mono_ms() };
}

/* For all senders alike, and here only: none asks by itself whether the store is damaged. */
static bool may_use_store(struct worker *worker, int64_t mono_ms)
{
    const struct effects_options *options = &worker->effects->options;

    if (!wake_is_damaged(options->wake, NULL))
        return true;
    if (!worker->met_damage)
        worker->damage_mono_ms = mono_ms;
    worker->met_damage = true;
    return mono_ms - worker->damage_mono_ms < options->last_words_ms;
}

static bool has_store(struct worker *worker)
{
    const struct effects_options *options = &worker->effects->options;

    if (worker->store == NULL) {
        worker->store = store_open(options->store_url, STORE_REPEATABLE);
        if (worker->store != NULL)
            store_set_wake(worker->store, options->wake);
    }
    return worker->store != NULL;
}

/* Nothing new is begun. */
static void finish(struct worker *worker)
{
    const struct sender *sender = worker->sender;
    int64_t end_mono_ms = clock_mono_ms() + FINISH_MS;

    while (sender->calls->in_hand(sender->state) > 0 && clock_mono_ms() < end_mono_ms) {
        struct effect_time time = effect_time_now();
        sender->calls->settle(sender->state, worker->store, &time);
        store_rollback(worker->store);
        if (sender->calls->in_hand(sender->state) > 0)
            wake_wait(worker->effects->options.wake, sender->calls->wake, BUSY_MS);
    }
    sender->calls->release(sender->state, worker->store);
    store_rollback(worker->store);
}

/* How long to rest. What fails in the store is forgiven, and tried again. */
static int turn(struct worker *worker)
{
    const struct sender *sender = worker->sender;
    struct effect_time time = effect_time_now();

    if (!may_use_store(worker, time.mono_ms))
        return STANDBY_MS;
    if (!has_store(worker))
        return RETRY_MS;
    if (sender->calls->is_wanted != NULL &&
        !sender->calls->is_wanted(sender->state, worker->store, time.mono_ms)) {
        finish(worker);
        return STANDBY_MS;
    }
    int rest_ms = sender->calls->turn(sender->state, worker->store, &time);
    store_rollback(worker->store);
    return rest_ms;
}

static void *run(void *argument)
{
    struct worker *worker = argument;
    const struct effects *effects = worker->effects;
    const struct sender_calls *calls = worker->sender->calls;

    background_enter();
    pulse_begin(calls->name);
    for (; !atomic_load(&effects->stop); pulse_beat()) {
        int rest_ms = turn(worker);
        if (rest_ms > 0)
            wake_wait(effects->options.wake, calls->wake, rest_ms);
    }
    if (worker->store != NULL && may_use_store(worker, clock_mono_ms()))
        finish(worker);
    calls->close(worker->sender->state);
    store_close(worker->store);
    return NULL;
}

struct effects *effects_start(const struct effects_options *options)
{
    struct effects *effects = calloc(1, sizeof *effects);

    if (effects == NULL)
        abort();
    effects->options = *options;
    for (size_t i = 0; i < options->sender_count; i++) {
        struct worker *worker = &effects->workers[i];
        *worker = (struct worker){ .effects = effects, .sender = &effects->options.senders[i] };
        if (pthread_create(&worker->thread, NULL, run, worker) != 0)
            abort();
    }
    return effects;
}

void effects_stop(struct effects *effects)
{
    if (effects == NULL)
        return;
    atomic_store(&effects->stop, true);
    for (size_t i = 0; i < effects->options.sender_count; i++)
        wake_call(effects->options.wake, effects->options.senders[i].calls->wake);
}

void effects_join(struct effects *effects)
{
    if (effects == NULL)
        return;
    for (size_t i = 0; i < effects->options.sender_count; i++)
        pthread_join(effects->workers[i].thread, NULL);
    free(effects);
}
