/* The thread of the runner. */
#include "collector/effects/effects.h"
#include "collector/base/background.h"
#include "collector/base/pulse.h"
#include "collector/effects/effect_queues.h"
#include "collector/effects/effect_row.h"
#include "collector/effects/kafka_lane.h"
#include "collector/store/store.h"
#include "collector/store/wake.h"

#include "effects_sql.h"

#include "common/clock.h"
#include "common/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define LOOK_MS   100   /* between two looks at the table, where nobody wakes it */
#define BUSY_MS   10    /* the same while something is with Kafka */
#define RETRY_MS  1000  /* of a store that is away */
#define FINISH_MS 2000  /* for what is with Kafka when it is to end */
#define FORGET_MS 60000 /* between two looks for rows that were kept for long enough */

struct effects {
    struct effects_options options;
    pthread_t thread;
    atomic_bool stop;
    struct store *store;
    struct effect_queues queues;
    struct kafka_lane *kafka;
    int64_t forget_mono_ms;
    bool took_former;
};

static struct effect_time now(void)
{
    return (struct effect_time){ .now_ms = clock_wall_ms(), .mono_ms = clock_mono_ms() };
}

/* Rows that a release before this one wrote to its own table: somebody had gone back to it. */
static void take_former(struct effects *effects)
{
    struct store *store = effects->store;

    if (effects->took_former)
        return;
    if (store_has(store, SQL_EFFECTS_FORMER, "") && store_begin(store)) {
        store_run(store, SQL_EFFECTS_TAKE_FORMER, "");
        store_run(store, SQL_EFFECTS_DROP_FORMER, "");
        store_commit(store);
    }
    effects->took_former = store_status(store) == STORE_OK;
}

static void forget(struct effects *effects, const struct effect_time *time)
{
    int64_t before_ms = time->now_ms - EFFECT_KEPT_MS;

    if (time->mono_ms < effects->forget_mono_ms)
        return;
    effects->forget_mono_ms = time->mono_ms + FORGET_MS;
    if (!store_has(effects->store, SQL_EFFECTS_OLD, "i", before_ms))
        return;
    if (store_run(effects->store, SQL_EFFECTS_FORGET, "i", before_ms) &&
        store_changed(effects->store) > 0)
        effects->forget_mono_ms = time->mono_ms; /* there may be more */
}

/* True where there is more to do at once. */
static bool turn(struct effects *effects)
{
    struct effect_time time = now();

    take_former(effects);
    effect_queues_keep(&effects->queues, effects->store, wake_process(effects->options.wake),
                       time.mono_ms);
    forget(effects, &time);
    bool more = kafka_lane_read(effects->kafka, effects->store, &effects->queues, &time);
    time = now();
    kafka_lane_send(effects->kafka, &effects->queues, &time);
    kafka_lane_take(effects->kafka, time.mono_ms);
    size_t before = kafka_lane_in_hand(effects->kafka);
    kafka_lane_write(effects->kafka, effects->store, &effects->queues, &time);
    return more && kafka_lane_in_hand(effects->kafka) < before;
}

static bool has_store(struct effects *effects)
{
    if (effects->store == NULL) {
        effects->store = store_open(effects->options.store_url, STORE_REPEATABLE);
        if (effects->store != NULL)
            store_set_wake(effects->store, effects->options.wake);
    }
    return effects->store != NULL;
}

/* Nothing new is begun. */
static void finish(struct effects *effects)
{
    int64_t end_mono_ms = clock_mono_ms() + FINISH_MS;

    while (kafka_lane_in_hand(effects->kafka) > 0 && clock_mono_ms() < end_mono_ms) {
        struct effect_time time = now();
        kafka_lane_take(effects->kafka, time.mono_ms);
        kafka_lane_write(effects->kafka, effects->store, &effects->queues, &time);
        if (kafka_lane_in_hand(effects->kafka) > 0)
            wake_wait(effects->options.wake, WAKE_EFFECTS, BUSY_MS);
    }
    effect_queues_release(&effects->queues, effects->store);
}

static void *run(void *argument)
{
    struct effects *effects = argument;

    background_enter();
    pulse_begin("effects");
    for (; !atomic_load(&effects->stop); pulse_beat()) {
        if (!has_store(effects)) {
            clock_pause_ms(RETRY_MS);
            continue;
        }
        bool more = turn(effects);
        store_rollback(effects->store); /* what failed is forgiven, and tried again */
        if (!more)
            wake_wait(effects->options.wake, WAKE_EFFECTS,
                      kafka_lane_in_hand(effects->kafka) > 0 ? BUSY_MS : LOOK_MS);
    }
    if (effects->store != NULL)
        finish(effects);
    kafka_lane_close(effects->kafka);
    store_close(effects->store);
    return NULL;
}

struct effects *effects_start(const struct effects_options *options)
{
    struct effects *effects = calloc(1, sizeof *effects);

    if (effects == NULL)
        abort();
    effects->options = *options;
    effects->kafka = kafka_lane_open(&(struct kafka_lane_options){
        .brokers = options->brokers, .pairs = options->pairs, .wake = options->wake });
    if (pthread_create(&effects->thread, NULL, run, effects) != 0)
        abort();
    return effects;
}

void effects_stop(struct effects *effects)
{
    if (effects == NULL)
        return;
    atomic_store(&effects->stop, true);
    wake_call(effects->options.wake, WAKE_EFFECTS);
}

void effects_join(struct effects *effects)
{
    if (effects == NULL)
        return;
    pthread_join(effects->thread, NULL);
    free(effects);
}
