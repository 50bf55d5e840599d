/* The thread: ask the ends → compare in the store → wait. */
#include "collector/letters/dead_letter_watch.h"
#include "collector/base/pulse.h"
#include "collector/kafka/kafka_ends.h"
#include "collector/letters/dead_letter.h"
#include "collector/store/store.h"
#include "collector/store/wake.h"

#include "common/clock.h"
#include "common/protocol.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LOOK_MS 5000 /* between two looks */
#define NAP_MS  100  /* bounds the time to stop */

struct dead_letter_watch {
    struct dead_letter_watch_options options;
    pthread_t thread;
    atomic_bool stop;
    struct kafka_ends *ends;
    struct store *store;
};

static void note(struct dead_letter_watch *watch, const struct kafka_end *ends, size_t count)
{
    int64_t now_ms = clock_wall_ms();

    if (!store_begin(watch->store)) {
        store_rollback(watch->store);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (ends[i].end >= 0)
            dead_letter_see(watch->store,
                            &(struct dead_letter_end){ ends[i].partition, ends[i].end },
                            watch->options.settings->lang, now_ms);
    store_commit(watch->store);
}

static void look(struct dead_letter_watch *watch)
{
    struct kafka_end ends[KAFKA_ENDS_MAX] = { 0 };
    int32_t partitions = kafka_ends_partitions(watch->ends, TOPIC_DEAD_LETTERS);
    size_t count = partitions < KAFKA_ENDS_MAX ? (size_t)partitions : KAFKA_ENDS_MAX;

    for (size_t i = 0; i < count; i++) {
        snprintf(ends[i].topic, sizeof ends[i].topic, "%s", TOPIC_DEAD_LETTERS);
        ends[i].partition = (int32_t)i;
    }
    kafka_ends_read(watch->ends, ends, count);
    if (count > 0)
        note(watch, ends, count);
}

static bool open_parts(struct dead_letter_watch *watch)
{
    const struct settings *settings = watch->options.settings;

    if (watch->ends == NULL)
        watch->ends = kafka_ends_open(settings->kafka_brokers, watch->options.pairs);
    if (watch->store == NULL)
        watch->store = store_open(settings->store, STORE_REPEATABLE);
    if (watch->store != NULL)
        store_set_wake(watch->store, watch->options.wake);
    return watch->ends != NULL && watch->store != NULL;
}

static void *run(void *argument)
{
    struct dead_letter_watch *watch = argument;
    int64_t next_ms = 0;

    pulse_begin("dead letters");
    for (; !atomic_load(&watch->stop); pulse_beat()) {
        if (clock_mono_ms() >= next_ms) {
            if (!wake_is_damaged(watch->options.wake, NULL) && open_parts(watch))
                look(watch);
            next_ms = clock_mono_ms() + LOOK_MS;
        }
        nanosleep(&(struct timespec){ .tv_nsec = NAP_MS * 1000000L }, NULL);
    }
    kafka_ends_close(watch->ends);
    store_close(watch->store);
    return NULL;
}

struct dead_letter_watch *dead_letter_watch_start(const struct dead_letter_watch_options *options)
{
    struct dead_letter_watch *watch = calloc(1, sizeof *watch);

    if (watch == NULL)
        abort();
    watch->options = *options;
    if (pthread_create(&watch->thread, NULL, run, watch) != 0)
        abort();
    return watch;
}

void dead_letter_watch_stop(struct dead_letter_watch *watch)
{
    if (watch != NULL)
        atomic_store(&watch->stop, true);
}

void dead_letter_watch_join(struct dead_letter_watch *watch)
{
    if (watch == NULL)
        return;
    pthread_join(watch->thread, NULL);
    free(watch);
}
