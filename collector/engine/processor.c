/* One role's thread: gather → fence → apply → commit, one transaction a batch; and ticks
 * between them. */
#include "collector/engine/processor.h"
#include "collector/base/pulse.h"
#include "collector/base/settings.h"
#include "collector/engine/batch_size.h"
#include "collector/engine/partitions.h"
#include "collector/engine/position.h"
#include "collector/engine/role_metrics.h"
#include "collector/engine/watermark.h"
#include "collector/store/role_desired.h"
#include "collector/store/wake.h"

#include "common/clock.h"
#include "common/log.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BACKLOG_BATCH_MIN 1000 /* records at once are more than arrive: more wait in Kafka */
#define BATCH_MEMORY_MAX  (16 * 1024 * 1024) /* strangers' records may have a megabyte each */
#define IDLE_MS           100   /* how long an empty poll waits: bounds the time to stop */
#define RETRY_MS          500   /* after a store or a consumer that could not be opened */
#define QUIET_RECORDS     10000 /* in a second; more is a backlog */
#define HOUSEKEEPING_MS   1000  /* offsets for lag tools, rate and lag */
#define NEVER_MS          5000  /* after a store that said never: a person has to see to it */
#define TRIED_AGAIN_MS    (2 * NEVER_MS)
#define DESIRED_MS        500 /* between two looks at what operators want of the role */
#define TICK_MS           100 /* between two looks at what is due without a record */

struct processor {
    struct processor_options options;
    pthread_t thread;
    atomic_bool stop, running, paused;
    _Atomic int64_t rate_milli;
    struct role_metrics *metrics;
    pthread_mutex_t lock;     /* of `cause` */
    struct store_cause cause; /* of the last transaction's failure; "" it was good */
    int64_t failed_until_ms;  /* a good tick says nothing of the batch that failed */
    /* What follows is the thread's own. */
    char group[64];
    struct store *store;
    struct kafka_in *in;
    int64_t question; /* of the watermark, that waits for its answer; 0: none */
    struct partitions *partitions;
    void *state;
    struct kafka_record *batch; /* room for batch_size */
    size_t batch_size, batch_count, batch_bytes;
    int64_t locked_us; /* monotonic: since when the others have waited for the batch in hand */
    int64_t housekept_ms, applied_since;
    int64_t tick_ms;    /* monotonic: the next look at what is due */
    int64_t ask_ms;     /* monotonic: before then nothing is asked of the watermark */
    int64_t desired_ms; /* monotonic: the next look at what operators want */
    int64_t rest_ms;    /* monotonic: nothing is tried until then */
    bool was_busy;      /* in the second before */
};

static void drop_batch(struct processor *processor)
{
    for (size_t i = 0; i < processor->batch_count; i++)
        kafka_in_release(&processor->batch[i]);
    processor->batch_count = processor->batch_bytes = 0;
}

static void on_revoked(void *owner)
{
    struct processor *processor = owner;

    drop_batch(processor);
    processor->question = 0;
    partitions_forget(processor->partitions);
    processor->options.role->forget(processor->state);
}

static int64_t on_assigned(void *owner, const char *topic, int32_t partition)
{
    struct processor *processor = owner;

    return partitions_take(processor->partitions, topic, partition);
}

static const struct kafka_in_calls consumer_calls = {
    .assigned = on_assigned,
    .revoked = on_revoked,
};

static void resize_batch(struct processor *processor, size_t size)
{
    if (size == processor->batch_size)
        return;
    processor->batch = realloc(processor->batch, size * sizeof *processor->batch);
    if (processor->batch == NULL)
        abort();
    processor->batch_size = size;
}

/* Fills the batch with what is there; waits only for the first record. */
static void gather(struct processor *processor)
{
    while (processor->batch_count < processor->batch_size &&
           processor->batch_bytes < BATCH_MEMORY_MAX && !atomic_load(&processor->stop)) {
        struct kafka_record record;
        int timeout_ms = processor->batch_count > 0 ? 0 : IDLE_MS;
        enum kafka_in_result result = kafka_in_poll(processor->in, timeout_ms, &record);
        if (result == KAFKA_IN_LOST)
            partitions_miss(processor->partitions);
        if (result == KAFKA_IN_BROKEN)
            partitions_doubt(processor->partitions);
        if (result == KAFKA_IN_LOST || result == KAFKA_IN_BROKEN || result == KAFKA_IN_NOTHING)
            return;
        if (result == KAFKA_IN_END) {
            partitions_end(processor->partitions, &record);
            continue;
        }
        if (!partitions_accept(processor->partitions, &record)) {
            kafka_in_release(&record);
            continue;
        }
        processor->batch[processor->batch_count++] = record;
        processor->batch_bytes += record.value_length;
    }
}

/* Kept for /readyz until a transaction is good again, of a batch until that is tried again. That
 * another consumer has the partition is no failure of the store. */
static void note_outcome(struct processor *processor)
{
    bool good = store_failure(processor->store)[0] == '\0';

    if (good && clock_mono_ms() < processor->failed_until_ms)
        return;
    pthread_mutex_lock(&processor->lock);
    snprintf(processor->cause.text, sizeof processor->cause.text, "%s",
             store_failure(processor->store));
    pthread_mutex_unlock(&processor->lock);
}

static enum store_result apply_batch(struct processor *processor)
{
    const struct role_calls *role = processor->options.role;

    if (!store_begin(processor->store))
        return store_commit(processor->store);
    processor->locked_us = clock_mono_us();
    if (!partitions_advance(processor->partitions, processor->batch, processor->batch_count)) {
        enum store_result result = store_status(processor->store);
        store_rollback(processor->store);
        if (result == STORE_OK)
            log_warn("processor", "another consumer has the partition, its work stands", "role=%s",
                     role->name);
        return result == STORE_OK ? STORE_AGAIN : result;
    }
    role->begin(processor->state, processor->store, clock_wall_ms());
    for (size_t i = 0; i < processor->batch_count; i++) {
        role->apply(processor->state, &processor->batch[i]);
        kafka_in_release(&processor->batch[i]); /* what fails is read from Kafka again */
        pulse_beat();
    }
    role->end(processor->state);
    pulse_beat();
    enum store_result result = store_commit(processor->store);
    if (result != STORE_OK)
        role->forget(processor->state);
    return result;
}

static void pause_ms(struct processor *processor, int64_t ms)
{
    for (; ms > 0 && !atomic_load(&processor->stop); ms -= 50)
        clock_pause_ms(50);
}

static void process(struct processor *processor)
{
    size_t count = processor->batch_count;

    watermark_saw(processor->options.watermark, kafka_in_newest_ms(processor->in));
    if (count == 0)
        return;
    if (count >= BACKLOG_BATCH_MIN)
        kafka_in_hurry(processor->in);
    int64_t began_us = clock_mono_us();
    enum store_result result = apply_batch(processor);
    bool failed = result != STORE_OK && store_failure(processor->store)[0] != '\0';
    processor->failed_until_ms = failed ? clock_mono_ms() + TRIED_AGAIN_MS : 0;
    note_outcome(processor);
    if (result == STORE_OK) {
        partitions_remember(processor->partitions);
        processor->applied_since += (int64_t)processor->batch_count;
        role_metrics_batch(processor->metrics, (int64_t)processor->batch_count,
                           (double)(clock_mono_us() - began_us) / 1e6);
        int64_t locked_us = clock_mono_us() - processor->locked_us;
        drop_batch(processor);
        resize_batch(processor, batch_size_next(processor->batch_size, count, locked_us,
                                                processor->options.role->batch_max));
        return;
    }
    drop_batch(processor);
    kafka_in_reassign(processor->in);
    /* To pass over the batch would lose sales, so it is tried again, but not all the time. */
    if (result == STORE_NEVER)
        processor->rest_ms = clock_mono_ms() + NEVER_MS;
}

/* After a backlog the heap is full of holes: 74 MB resident where 17 are in use. */
static void give_back_memory(struct processor *processor)
{
    if (processor->applied_since < QUIET_RECORDS && processor->was_busy) {
        if (processor->batch_count == 0)
            resize_batch(processor, BATCH_SIZE_MIN);
        malloc_trim(0);
    }
    processor->was_busy = processor->applied_since >= QUIET_RECORDS;
}

static struct role_time time_now(const struct processor *processor)
{
    return (struct role_time){ .now_ms = clock_wall_ms(),
                               .kafka_ms = watermark_time_ms(processor->options.watermark) };
}

/* The least over all partitions that there are; 0 where one is not known. Rows of partitions that
 * are gone, since their topic was made anew with fewer, are forgotten. */
static int64_t watermark_of_all(struct processor *processor)
{
    const struct role_calls *role = processor->options.role;
    int64_t all_ms = INT64_MAX;

    for (const char *const *topic = role->topics; *topic != NULL; topic++) {
        int32_t count = watermark_partitions(processor->options.watermark, *topic);
        int64_t watermark_ms = position_watermark(processor->store, role->name, *topic, count);
        all_ms = watermark_ms < all_ms ? watermark_ms : all_ms;
        if (count > 0)
            position_forget(processor->store, role->name, *topic, count);
    }
    return all_ms;
}

static void set_watermark(struct processor *processor, struct role_time *time)
{
    time->watermark_ms = watermark_of_all(processor);
    time->watermarks = partitions_watermarks(processor->partitions, &time->watermark_count);
}

/* The role's own transaction: fence → begin → tick → end → commit. */
static bool run_tick(struct processor *processor, enum role_due due)
{
    const struct role_calls *role = processor->options.role;
    struct role_time time = time_now(processor);

    if (!store_begin(processor->store) || !partitions_pass(processor->partitions)) {
        store_rollback(processor->store);
        note_outcome(processor);
        return false;
    }
    if (due == ROLE_DUE_WATERMARK)
        set_watermark(processor, &time);
    role->begin(processor->state, processor->store, time.now_ms);
    role->tick(processor->state, &time);
    role->end(processor->state);
    bool good = store_commit(processor->store) == STORE_OK;
    note_outcome(processor);
    if (!good)
        role->forget(processor->state);
    return good;
}

/* What the role wants. That it wants to know what has passed is asked here, and is an answer only
 * once the watermark has one: meanwhile the role goes on with its records. */
static enum role_due look(struct processor *processor, int64_t mono_ms)
{
    struct watermark *watermark = processor->options.watermark;

    if (processor->question != 0) {
        if (!watermark_is_answered(watermark, processor->question))
            return ROLE_NOTHING_DUE;
        partitions_note_watermark(processor->partitions, watermark, processor->question);
        processor->question = 0;
        processor->ask_ms = mono_ms + processor->options.role->rest_ms;
        return ROLE_DUE_WATERMARK;
    }
    if (mono_ms < processor->tick_ms)
        return ROLE_NOTHING_DUE;
    processor->tick_ms = mono_ms + TICK_MS;
    struct role_time time = time_now(processor);
    enum role_due due = processor->options.role->due(processor->state, processor->store, &time);
    store_rollback(processor->store);
    if (due != ROLE_DUE_WATERMARK)
        return due;
    if (mono_ms < processor->ask_ms)
        return ROLE_NOTHING_DUE;
    processor->question = watermark_ask(watermark);
    return ROLE_NOTHING_DUE;
}

/* What is due without a record: days that close, times that run out. */
static void tick(struct processor *processor)
{
    if (processor->options.role->due == NULL || partitions_count(processor->partitions) == 0)
        return;
    enum role_due due = look(processor, clock_mono_ms());
    if (due != ROLE_NOTHING_DUE && !run_tick(processor, due))
        kafka_in_reassign(processor->in);
}

/* Once a second: what lag tools and the console see. */
static void keep_house(struct processor *processor, int64_t mono_ms)
{
    int64_t elapsed_ms = mono_ms - processor->housekept_ms;

    if (elapsed_ms < HOUSEKEEPING_MS)
        return;
    processor->housekept_ms = mono_ms;
    give_back_memory(processor);
    atomic_store(&processor->rate_milli, processor->applied_since * 1000000 / elapsed_ms);
    processor->applied_since = 0;
    partitions_report(processor->partitions, processor->metrics);
    if (processor->options.role->watch != NULL)
        processor->options.role->watch(processor->state, processor->store);
}

static bool open_store(struct processor *processor)
{
    if (processor->store == NULL)
        processor->store = store_open(processor->options.settings->store, STORE_REPEATABLE);
    if (processor->store != NULL)
        store_set_wake(processor->store, processor->options.wake);
    return processor->store != NULL;
}

static bool open_consumer(struct processor *processor)
{
    struct kafka_in_options options = {
        .brokers = processor->options.settings->kafka_brokers,
        .pairs = processor->options.pairs,
        .group = processor->group,
        .topics = processor->options.role->topics,
        .gather_ms = processor->options.role->gather_ms,
        .gather_bytes = processor->options.role->gather_bytes,
        .queue = processor->options.role->batch_max > 0 ? KAFKA_IN_LONG : KAFKA_IN_SHORT,
        .calls = &consumer_calls,
        .owner = processor,
    };

    processor->in = kafka_in_open(&options);
    partitions_use(processor->partitions, processor->store, processor->in);
    processor->housekept_ms = clock_mono_ms();
    return processor->in != NULL;
}

/* Leaves the group: the partitions go to others that run the role, where there are any. */
static void close_consumer(struct processor *processor)
{
    if (processor->in == NULL)
        return;
    processor->housekept_ms = 0;
    keep_house(processor, clock_mono_ms());
    atomic_store(&processor->running, false);
    drop_batch(processor); /* records are the consumer's */
    kafka_in_close(processor->in);
    processor->in = NULL;
    partitions_use(processor->partitions, processor->store, NULL);
    on_revoked(processor);
    atomic_store(&processor->rate_milli, 0);
}

/* Does what operators want of the role. While the store does not say, all stays as it is. */
static void follow_wish(struct processor *processor, int64_t mono_ms)
{
    bool paused = atomic_load(&processor->paused);
    const char *role = processor->options.role->name;

    if (mono_ms < processor->desired_ms)
        return;
    processor->desired_ms = mono_ms + DESIRED_MS;
    bool stop =
        role_desired_read(processor->store, role, paused ? ROLE_DESIRED_STOP : ROLE_DESIRED_RUN) ==
        ROLE_DESIRED_STOP;
    store_rollback(processor->store);
    if (stop == paused)
        return;
    atomic_store(&processor->paused, stop);
    log_info("processor", stop ? "stopped by an operator" : "started by an operator", "role=%s",
             role);
    if (stop)
        close_consumer(processor);
}

static void turn(struct processor *processor)
{
    gather(processor);
    process(processor);
    tick(processor);
    atomic_store(&processor->running, kafka_in_is_assigned(processor->in));
    keep_house(processor, clock_mono_ms());
}

/* In a damaged store nothing is tried again: its partitions are left, and stay where they are. */
static bool may_work(struct processor *processor)
{
    if (wake_is_damaged(processor->options.wake, NULL)) {
        close_consumer(processor);
        return false;
    }
    follow_wish(processor, clock_mono_ms());
    return !atomic_load(&processor->paused) && clock_mono_ms() >= processor->rest_ms;
}

static void *run(void *argument)
{
    struct processor *processor = argument;

    pulse_begin(processor->options.role->name);
    for (; !atomic_load(&processor->stop) && !open_store(processor); pulse_beat())
        pause_ms(processor, RETRY_MS);
    for (; !atomic_load(&processor->stop); pulse_beat()) {
        if (!may_work(processor))
            pause_ms(processor, IDLE_MS);
        else if (processor->in != NULL || open_consumer(processor))
            turn(processor);
        else
            pause_ms(processor, RETRY_MS);
    }
    close_consumer(processor);
    store_close(processor->store);
    return NULL;
}

struct processor *processor_start(const struct processor_options *options)
{
    struct processor *processor = calloc(1, sizeof *processor);

    if (processor == NULL)
        abort();
    processor->options = *options;
    resize_batch(processor, BATCH_SIZE_MIN);
    pthread_mutex_init(&processor->lock, NULL);
    snprintf(processor->group, sizeof processor->group, "carrito-%s", options->role->name);
    processor->partitions = partitions_open(options->role->name, options->settings->lang);
    processor->metrics = role_metrics_open(options->role->name, options->role->topics);
    processor->state = options->role->open(options->settings);
    if (options->role->due != NULL)
        for (const char *const *topic = options->role->topics; *topic != NULL; topic++)
            watermark_follow(options->watermark, *topic);
    if (pthread_create(&processor->thread, NULL, run, processor) != 0)
        abort();
    return processor;
}

void processor_stop(struct processor *processor)
{
    if (processor != NULL)
        atomic_store(&processor->stop, true);
}

void processor_join(struct processor *processor)
{
    if (processor == NULL)
        return;
    pthread_join(processor->thread, NULL);
    processor->options.role->close(processor->state);
    partitions_close(processor->partitions);
    pthread_mutex_destroy(&processor->lock);
    free(processor->batch);
    free(processor);
}

const char *processor_role(const struct processor *processor)
{
    return processor->options.role->name;
}

bool processor_is_running(const struct processor *processor)
{
    return atomic_load(&processor->running);
}

bool processor_is_paused(const struct processor *processor)
{
    return atomic_load(&processor->paused);
}

bool processor_store_fails(struct processor *processor, struct store_cause *cause)
{
    pthread_mutex_lock(&processor->lock);
    *cause = processor->cause;
    pthread_mutex_unlock(&processor->lock);
    return cause->text[0] != '\0';
}

double processor_rate(const struct processor *processor)
{
    return (double)atomic_load(&processor->rate_milli) / 1000.0;
}
