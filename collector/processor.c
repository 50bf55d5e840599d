/* One role's thread: gather → fence → apply → commit, one transaction a batch; and ticks
 * between them. */
#include "collector/processor.h"
#include "collector/alert.h"
#include "collector/hash.h"
#include "collector/position.h"
#include "collector/role_metrics.h"
#include "collector/settings.h"

#include "common/clock.h"
#include "common/event.h"
#include "common/log.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_RECORDS_MAX 4000 /* one transaction; more would hold up the other roles' writes */
#define BATCH_MEMORY_MAX  (16 * 1024 * 1024) /* strangers' records may have a megabyte each */
#define PARTITIONS_MAX    256                /* of one role in one process */
#define IDLE_MS           100   /* how long an empty poll waits: bounds the time to stop */
#define RETRY_MS          500   /* after a store or a consumer that could not be opened */
#define QUIET_RECORDS     10000 /* in a second; more is a backlog */
#define HOUSEKEEPING_MS   1000  /* offsets for lag tools, rate and lag */
#define TICK_MS           200   /* between two looks at what is due without a record */
#define TICK_PASSED_MS    1000  /* the same, where the broker is asked each time */

/* A partition that is ours, in the order of assignment. */
struct owned {
    struct position position; /* as committed */
    struct position ahead;    /* where the batch in hand leads */
    char topic[64];
    bool verify; /* the first record must be the last one applied */
    bool told;   /* Kafka knows the committed position */
};

struct processor {
    struct processor_options options;
    pthread_t thread;
    atomic_bool stop, running;
    _Atomic int64_t rate_milli;
    struct role_metrics *metrics;
    /* What follows is the thread's own. */
    char owner[OWNER_SIZE];
    char group[64];
    struct store *store;
    struct kafka_in *in;
    void *state;
    struct owned owned[PARTITIONS_MAX];
    size_t owned_count;
    struct kafka_record batch[BATCH_RECORDS_MAX];
    size_t batch_count, batch_bytes;
    int64_t housekept_ms, applied_since;
    int64_t tick_ms; /* monotonic: the next look at what is due */
    bool was_busy;   /* in the second before */
};

static struct owned *find_owned(struct processor *processor, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < processor->owned_count; i++)
        if (processor->owned[i].position.partition == partition &&
            strcmp(processor->owned[i].topic, topic) == 0)
            return &processor->owned[i];
    return NULL;
}

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
    processor->owned_count = 0;
    processor->options.role->forget(processor->state);
}

static const char *lost_data_words(const char *lang)
{
    return lang != NULL && strcmp(lang, "en") == 0
               ? "Kafka no longer has what was read of this partition; it is read again from its "
                 "beginning."
               : "Kafka ya no tiene lo que se había leído de esta partición; se lee de nuevo desde "
                 "su comienzo.";
}

/* The log is not the one that was read: starts over, and says so for operators to see. False where
 * the partition has another owner by now, who judges for itself; the caller rolls back. */
static bool start_over(struct processor *processor, const struct position *position, int64_t offset)
{
    const char *role = processor->options.role->name;
    char subject[96];

    if (!position_restart(processor->store, processor->owner, position, offset))
        return false;
    snprintf(subject, sizeof subject, "%s/%s/%d", role, position->topic, (int)position->partition);
    alert_raise(processor->store,
                &(struct alert){ .kind = ALERT_KAFKA_LOST_DATA,
                                 .subject = subject,
                                 .details = lost_data_words(processor->options.settings->lang),
                                 .at_ms = clock_wall_ms() });
    log_error("processor", "kafka lost data, reading from the beginning",
              "alert=kafka-lost-data role=%s topic=%s partition=%d expected=%lld begins=%lld", role,
              position->topic, (int)position->partition, (long long)position->next,
              (long long)offset);
    return true;
}

/* Ends the transaction; with all its work undone where that is void. */
static bool commit_if(struct processor *processor, bool valid)
{
    if (!valid)
        store_rollback(processor->store);
    return valid && store_commit(processor->store) == STORE_OK;
}

/* Holds the position against the log, and corrects it in the store. */
static bool judge(struct processor *processor, struct owned *owned)
{
    struct position *position = &owned->position;
    int64_t low, high;

    if (!kafka_in_ends(processor->in, owned->topic, position->partition, &low, &high))
        return false;
    enum position_verdict verdict = position_judge(position, low, high);
    owned->verify = verdict == POSITION_VERIFY;
    if (owned->verify || verdict == POSITION_GO_ON || position->next == low)
        return true;
    store_begin(processor->store);
    if (!commit_if(processor,
                   verdict == POSITION_LOST
                       ? start_over(processor, position, low)
                       : position_restart(processor->store, processor->owner, position, low)))
        return false;
    position->next = low;
    position->last_ms = position->last_hash = 0;
    return true;
}

/* Takes the partition in the store and says where to read; -1 where that cannot be told now.
 *
 * Taken first and judged afterwards: from then on only this consumer moves the position, so that
 * the log cannot be the shorter one because another was at work since its ends were asked for. */
static int64_t on_assigned(void *owner, const char *topic, int32_t partition)
{
    struct processor *processor = owner;
    struct owned *owned = &processor->owned[processor->owned_count];

    if (processor->owned_count == PARTITIONS_MAX) {
        log_error("processor", "too many partitions for one process", "max=%d", PARTITIONS_MAX);
        return -1;
    }
    *owned = (struct owned){ 0 };
    snprintf(owned->topic, sizeof owned->topic, "%s", topic);
    owned->position = (struct position){ .role = processor->options.role->name,
                                         .topic = owned->topic,
                                         .partition = partition };
    store_begin(processor->store);
    position_take(processor->store, processor->owner, &owned->position);
    if (store_commit(processor->store) != STORE_OK || !judge(processor, owned))
        return -1;
    owned->ahead = owned->position;
    processor->owned_count++;
    return owned->position.next - (owned->verify ? 1 : 0);
}

static const struct kafka_in_calls consumer_calls = {
    .assigned = on_assigned,
    .revoked = on_revoked,
};

/* The record at next - 1 must be the one that was applied last. */
static void verify(struct processor *processor, struct owned *owned,
                   const struct kafka_record *record)
{
    owned->verify = false;
    if (record->offset == owned->position.next - 1 &&
        record->append_ms == owned->position.last_ms &&
        hash_bytes(record->value, record->value_length) == owned->position.last_hash)
        return;
    store_begin(processor->store);
    commit_if(processor, start_over(processor, &owned->position, 0));
    kafka_in_reassign(processor->in);
}

/* Sorts a record out: true where it belongs into the batch. */
static bool accept(struct processor *processor, const struct kafka_record *record)
{
    struct owned *owned = find_owned(processor, record->topic, record->partition);

    if (owned == NULL)
        return false; /* fetched before its partition was taken away */
    if (owned->verify) {
        verify(processor, owned, record);
        return false;
    }
    if (record->offset < owned->ahead.next)
        return false;
    owned->ahead.next = record->offset + 1;
    return true;
}

/* Fills the batch with what is there; waits only for the first record. */
static void gather(struct processor *processor)
{
    while (processor->batch_count < BATCH_RECORDS_MAX &&
           processor->batch_bytes < BATCH_MEMORY_MAX && !atomic_load(&processor->stop)) {
        struct kafka_record record;
        int timeout_ms = processor->batch_count > 0 ? 0 : IDLE_MS;
        enum kafka_in_result result = kafka_in_poll(processor->in, timeout_ms, &record);
        if (result == KAFKA_IN_LOST) {
            kafka_in_reassign(processor->in);
            return;
        }
        if (result == KAFKA_IN_NOTHING)
            return;
        if (!accept(processor, &record)) {
            kafka_in_release(&record);
            continue;
        }
        processor->batch[processor->batch_count++] = record;
        processor->batch_bytes += record.value_length;
    }
}

/* Moves every partition that the batch touches; false where the fence is shut. */
static bool move_positions(struct processor *processor)
{
    for (size_t i = processor->batch_count; i-- > 0;) {
        const struct kafka_record *record = &processor->batch[i];
        struct owned *owned = find_owned(processor, record->topic, record->partition);
        if (owned->ahead.next != record->offset + 1)
            continue; /* not the partition's last one */
        owned->ahead.last_ms = record->append_ms;
        owned->ahead.last_hash = hash_bytes(record->value, record->value_length);
        if (!position_advance(processor->store, processor->owner, &owned->position, &owned->ahead))
            return false;
    }
    return true;
}

static void remember_positions(struct processor *processor)
{
    for (size_t i = 0; i < processor->owned_count; i++) {
        struct owned *owned = &processor->owned[i];
        owned->told = owned->told && owned->position.next == owned->ahead.next;
        owned->position = owned->ahead;
        owned->position.topic = owned->ahead.topic = owned->topic;
    }
}

static enum store_result apply_batch(struct processor *processor)
{
    const struct role_calls *role = processor->options.role;

    if (!store_begin(processor->store))
        return store_commit(processor->store);
    if (!move_positions(processor)) {
        enum store_result result = store_status(processor->store);
        store_rollback(processor->store);
        if (result == STORE_OK)
            log_warn("processor", "another consumer has the partition, its work stands", "role=%s",
                     role->name);
        return result == STORE_OK ? STORE_AGAIN : result;
    }
    role->begin(processor->state, processor->store, clock_wall_ms());
    for (size_t i = 0; i < processor->batch_count; i++)
        role->apply(processor->state, &processor->batch[i]);
    role->end(processor->state);
    enum store_result result = store_commit(processor->store);
    if (result != STORE_OK)
        role->forget(processor->state);
    return result;
}

static void pause_ms(struct processor *processor, int64_t ms)
{
    for (; ms > 0 && !atomic_load(&processor->stop); ms -= 50)
        nanosleep(&(struct timespec){ .tv_nsec = 50 * 1000000 }, NULL);
}

static void process(struct processor *processor)
{
    int64_t began_us = clock_mono_us();

    if (processor->batch_count == 0)
        return;
    enum store_result result = apply_batch(processor);
    if (result == STORE_OK) {
        remember_positions(processor);
        processor->applied_since += (int64_t)processor->batch_count;
        role_metrics_batch(processor->metrics, (int64_t)processor->batch_count,
                           (double)(clock_mono_us() - began_us) / 1e6);
        drop_batch(processor);
        return;
    }
    drop_batch(processor);
    kafka_in_reassign(processor->in);
}

/* After a backlog the heap is full of holes: 74 MB resident where 17 are in use. */
static void give_back_memory(struct processor *processor)
{
    if (processor->applied_since < QUIET_RECORDS && processor->was_busy)
        malloc_trim(0);
    processor->was_busy = processor->applied_since >= QUIET_RECORDS;
}

/* By when the logs of our partitions were as long as what is applied of them; false where that
 * cannot be told now. */
static bool ask_passed(struct processor *processor, int64_t passed_ms[PARTITIONS_MAX])
{
    for (size_t i = 0; i < processor->owned_count; i++) {
        const struct position *position = &processor->owned[i].position;
        int64_t low, high, asked_ms = clock_wall_ms();
        if (!kafka_in_ends(processor->in, position->topic, position->partition, &low, &high))
            return false;
        passed_ms[i] = position->next >= high ? asked_ms : position->last_ms;
    }
    return true;
}

/* The role's own transaction: fence → begin → tick → end → commit. */
static bool run_tick(struct processor *processor, const int64_t *passed_ms)
{
    const struct role_calls *role = processor->options.role;
    struct role_time time = { .now_ms = clock_wall_ms() };
    bool fenced = store_begin(processor->store);

    for (size_t i = 0; fenced && i < processor->owned_count; i++)
        fenced = position_pass(processor->store, processor->owner, &processor->owned[i].position,
                               passed_ms != NULL ? passed_ms[i] : 0);
    if (!fenced) {
        store_rollback(processor->store);
        return false;
    }
    if (passed_ms != NULL)
        time.passed_ms =
            position_passed(processor->store, role->name, kafka_in_partition_count(processor->in));
    role->begin(processor->state, processor->store, time.now_ms);
    role->tick(processor->state, &time);
    role->end(processor->state);
    if (store_commit(processor->store) == STORE_OK)
        return true;
    role->forget(processor->state);
    return false;
}

/* What is due without a record: days that close, times that run out. */
static void tick(struct processor *processor, int64_t mono_ms)
{
    const struct role_calls *role = processor->options.role;
    int64_t passed_ms[PARTITIONS_MAX];

    if (role->due == NULL || mono_ms < processor->tick_ms || processor->owned_count == 0)
        return;
    processor->tick_ms = mono_ms + TICK_MS;
    enum role_due due = role->due(processor->state, processor->store, clock_wall_ms());
    store_rollback(processor->store);
    if (due == ROLE_NOTHING_DUE)
        return;
    if (due == ROLE_DUE_PASSED)
        processor->tick_ms = mono_ms + TICK_PASSED_MS;
    if (due == ROLE_DUE_PASSED && !ask_passed(processor, passed_ms))
        return;
    if (!run_tick(processor, due == ROLE_DUE_PASSED ? passed_ms : NULL))
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
    role_metrics_lag_begin(processor->metrics);
    for (size_t i = 0; i < processor->owned_count; i++) {
        struct owned *owned = &processor->owned[i];
        if (!owned->told && owned->position.next > 0)
            kafka_in_commit(processor->in, owned->topic, owned->position.partition,
                            owned->position.next);
        owned->told = true;
        role_metrics_lag(processor->metrics, owned->topic,
                         kafka_in_lag(processor->in, owned->topic, owned->position.partition,
                                      owned->position.next));
    }
    role_metrics_lag_end(processor->metrics);
    if (processor->options.role->watch != NULL)
        processor->options.role->watch(processor->state, processor->store);
}

static bool open_parts(struct processor *processor)
{
    struct kafka_in_options options = {
        .brokers = processor->options.settings->kafka_brokers,
        .pairs = processor->options.pairs,
        .topics = processor->options.role->topics,
        .calls = &consumer_calls,
        .owner = processor,
    };

    if (processor->store == NULL)
        processor->store = store_open(processor->options.settings->store, STORE_REPEATABLE);
    if (processor->store == NULL)
        return false;
    store_set_wake(processor->store, processor->options.wake);
    snprintf(processor->group, sizeof processor->group, "carrito-%s",
             processor->options.role->name);
    options.group = processor->group;
    processor->in = kafka_in_open(&options);
    return processor->in != NULL;
}

static void *run(void *argument)
{
    struct processor *processor = argument;

    while (!atomic_load(&processor->stop) && !open_parts(processor))
        pause_ms(processor, RETRY_MS);
    processor->housekept_ms = clock_mono_ms();
    while (!atomic_load(&processor->stop)) {
        gather(processor);
        process(processor);
        tick(processor, clock_mono_ms());
        atomic_store(&processor->running, kafka_in_is_assigned(processor->in));
        keep_house(processor, clock_mono_ms());
    }
    processor->housekept_ms = 0;
    if (processor->in != NULL)
        keep_house(processor, clock_mono_ms());
    atomic_store(&processor->running, false);
    drop_batch(processor); /* records are the consumer's */
    kafka_in_close(processor->in);
    store_close(processor->store);
    return NULL;
}

struct processor *processor_start(const struct processor_options *options)
{
    struct processor *processor = calloc(1, sizeof *processor);

    if (processor == NULL)
        abort();
    processor->options = *options;
    epoch_make(processor->owner);
    processor->metrics = role_metrics_open(options->role->name, options->role->topics);
    processor->state = options->role->open(options->settings);
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

double processor_rate(const struct processor *processor)
{
    return (double)atomic_load(&processor->rate_milli) / 1000.0;
}
