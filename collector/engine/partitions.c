/* Positions held against the log, and moved under the fence. */
#include "collector/engine/partitions.h"
#include "collector/alerts/alert.h"
#include "collector/base/hash.h"
#include "collector/base/lang.h"
#include "collector/engine/position.h"

#include "common/clock.h"
#include "common/event.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BROKER_UNKNOWN (-1)

/* A partition that is ours, in the order of assignment. */
struct owned {
    struct position position; /* as committed */
    struct position ahead;    /* where the batch in hand leads */
    char topic[64];
    int64_t end;    /* where the log ended when all before was given to us; markers move it too */
    int32_t broker; /* that gives its records; BROKER_UNKNOWN before the first one */
    bool verify;    /* the first record must be the last one applied */
    bool told;      /* Kafka and the store know where we stand */
};

struct partitions {
    const char *role, *lang;
    char owner[OWNER_SIZE];
    struct store *store;
    struct kafka_in *in;
    struct owned **owned; /* each its own, as positions point into them */
    struct role_watermark *watermarks;
    size_t count, capacity;
    bool doubt; /* a connection broke, and nothing has come since */
};

struct partitions *partitions_open(const char *role, const char *lang)
{
    struct partitions *partitions = calloc(1, sizeof *partitions);

    if (partitions == NULL)
        abort();
    partitions->role = role;
    partitions->lang = lang;
    epoch_make(partitions->owner);
    return partitions;
}

void partitions_close(struct partitions *partitions)
{
    partitions_forget(partitions);
    free(partitions->owned);
    free(partitions->watermarks);
    free(partitions);
}

void partitions_use(struct partitions *partitions, struct store *store, struct kafka_in *in)
{
    partitions->store = store;
    partitions->in = in;
}

void partitions_forget(struct partitions *partitions)
{
    while (partitions->count > 0)
        free(partitions->owned[--partitions->count]);
}

size_t partitions_count(const struct partitions *partitions)
{
    return partitions->count;
}

static struct owned *find_owned(struct partitions *partitions, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < partitions->count; i++)
        if (partitions->owned[i]->position.partition == partition &&
            strcmp(partitions->owned[i]->topic, topic) == 0)
            return partitions->owned[i];
    return NULL;
}

/* The log is not the one that was read: starts over, and says so for operators to see. False where
 * the partition has another owner by now, who judges for itself; the caller rolls back. */
static bool start_over(struct partitions *partitions, const struct position *position,
                       int64_t offset)
{
    const char *role = partitions->role;
    char subject[96];

    if (!position_restart(partitions->store, partitions->owner, position, offset))
        return false;
    snprintf(subject, sizeof subject, "%s/%s/%d", role, position->topic, (int)position->partition);
    alert_raise(partitions->store, &(struct alert){ .kind = ALERT_KAFKA_LOST_DATA,
                                                    .subject = subject,
                                                    .says = SAY_ALERT_KAFKA_LOST_DATA(),
                                                    .lang = lang_from_name(partitions->lang),
                                                    .at_ms = clock_wall_ms() });
    log_error("partitions", "kafka lost data, reading from the beginning",
              "alert=kafka-lost-data role=%s topic=%s partition=%d expected=%lld begins=%lld", role,
              position->topic, (int)position->partition, (long long)position->next,
              (long long)offset);
    return true;
}

/* Commits where `valid`, else rolls back; true where it was committed. */
static bool commit_if(struct partitions *partitions, bool valid)
{
    if (!valid)
        store_rollback(partitions->store);
    return valid && store_commit(partitions->store) == STORE_OK;
}

/* Holds the position against the log, and corrects it in the store. */
static bool judge(struct partitions *partitions, struct owned *owned)
{
    struct position *position = &owned->position;
    int64_t low, high;

    /* A partition without a leader holds up no other. Its first record shows what could not be
     * asked now; and where there is none at its place, the consumer says so, and we are here again.
     */
    if (partitions->doubt ||
        !kafka_in_ends(partitions->in, owned->topic, position->partition, &low, &high)) {
        owned->verify = position->next > 0 && position->last_ms != 0;
        return true;
    }
    enum position_verdict verdict = position_judge(position, low, high);
    owned->verify = verdict == POSITION_VERIFY;
    if (owned->verify || verdict == POSITION_GO_ON || position->next == low)
        return true;
    store_begin(partitions->store);
    if (!commit_if(partitions,
                   verdict == POSITION_LOST
                       ? start_over(partitions, position, low)
                       : position_restart(partitions->store, partitions->owner, position, low)))
        return false;
    position->next = low;
    position->last_ms = position->last_hash = 0;
    return true;
}

static void make_room(struct partitions *partitions)
{
    if (partitions->count < partitions->capacity)
        return;
    partitions->capacity = partitions->capacity > 0 ? 2 * partitions->capacity : 16;
    partitions->owned = realloc(partitions->owned, partitions->capacity * sizeof(struct owned *));
    partitions->watermarks =
        realloc(partitions->watermarks, partitions->capacity * sizeof *partitions->watermarks);
    if (partitions->owned == NULL || partitions->watermarks == NULL)
        abort();
}

/* Taken first and judged afterwards: from then on only this consumer moves the position, so that
 * the log cannot be the shorter one because another was at work since its ends were asked for. */
int64_t partitions_take(struct partitions *partitions, const char *topic, int32_t partition)
{
    make_room(partitions);
    struct owned *owned = calloc(1, sizeof *owned);
    if (owned == NULL)
        abort();
    snprintf(owned->topic, sizeof owned->topic, "%s", topic);
    owned->broker = BROKER_UNKNOWN;
    owned->position = (struct position){ .role = partitions->role,
                                         .topic = owned->topic,
                                         .partition = partition };
    store_begin(partitions->store);
    position_take(partitions->store, partitions->owner, &owned->position);
    if (store_commit(partitions->store) != STORE_OK || !judge(partitions, owned)) {
        free(owned);
        return -1;
    }
    owned->ahead = owned->position;
    partitions->watermarks[partitions->count] =
        (struct role_watermark){ owned->topic, partition, 0, false };
    partitions->owned[partitions->count++] = owned;
    return owned->position.next - (owned->verify ? 1 : 0);
}

void partitions_doubt(struct partitions *partitions)
{
    partitions->doubt = true;
    kafka_in_reassign(partitions->in);
}

void partitions_miss(struct partitions *partitions)
{
    partitions->doubt = false;
    kafka_in_reassign(partitions->in);
}

/* The record at next - 1 must be the one that was applied last. */
static void verify(struct partitions *partitions, struct owned *owned,
                   const struct kafka_record *record)
{
    owned->verify = false;
    if (record->offset == owned->position.next - 1 &&
        record->append_ms == owned->position.last_ms &&
        hash_bytes(record->value, record->value_length) == owned->position.last_hash)
        return;
    store_begin(partitions->store);
    commit_if(partitions, start_over(partitions, &owned->position, 0));
    kafka_in_reassign(partitions->in);
}

/* librdkafka 2.0.2 follows a new leader without a word and without asking where the old one's epoch
 * ends there. An election that was not clean leaves a log that was cut, and may be as long again.
 */
static bool has_moved(struct partitions *partitions, struct owned *owned,
                      const struct kafka_record *record)
{
    int32_t before = owned->broker;

    owned->broker = record->broker;
    if (before == BROKER_UNKNOWN || before == record->broker)
        return false;
    log_info("partitions", "another broker has a log, verifying what was read",
             "role=%s topic=%s partition=%d broker=%d before=%d", partitions->role, owned->topic,
             (int)owned->position.partition, (int)record->broker, (int)before);
    partitions_doubt(partitions);
    return true;
}

bool partitions_accept(struct partitions *partitions, const struct kafka_record *record)
{
    struct owned *owned = find_owned(partitions, record->topic, record->partition);

    partitions->doubt = false;
    if (owned == NULL)
        return false; /* fetched before its partition was taken away */
    if (has_moved(partitions, owned, record))
        return false;
    if (owned->verify) {
        verify(partitions, owned, record);
        return false;
    }
    if (record->offset < owned->ahead.next)
        return false;
    owned->ahead.next = record->offset + 1;
    return true;
}

bool partitions_advance(struct partitions *partitions, const struct kafka_record *batch,
                        size_t count)
{
    for (size_t i = count; i-- > 0;) {
        const struct kafka_record *record = &batch[i];
        struct owned *owned = find_owned(partitions, record->topic, record->partition);
        if (owned->ahead.next != record->offset + 1)
            continue; /* not the partition's last one */
        owned->ahead.last_ms = record->append_ms;
        owned->ahead.last_hash = hash_bytes(record->value, record->value_length);
        if (!position_advance(partitions->store, partitions->owner, &owned->position,
                              &owned->ahead))
            return false;
    }
    return true;
}

void partitions_remember(struct partitions *partitions)
{
    for (size_t i = 0; i < partitions->count; i++) {
        struct owned *owned = partitions->owned[i];
        owned->told = owned->told && owned->position.next == owned->ahead.next;
        owned->position = owned->ahead;
        owned->position.topic = owned->ahead.topic = owned->topic;
    }
}

static void note_end(struct owned *owned, int64_t offset)
{
    owned->end = offset;
    owned->told = false;
}

void partitions_end(struct partitions *partitions, const struct kafka_record *end)
{
    struct owned *owned = find_owned(partitions, end->topic, end->partition);

    if (owned == NULL)
        return;
    /* The record that shows whether the log is still the same is not there: it is judged anew, with
     * the ends that it has. */
    if (owned->verify && end->offset < owned->position.next)
        partitions_miss(partitions);
    else if (!owned->verify && end->offset > owned->end)
        note_end(owned, end->offset);
}

/* Up to where all is applied. An end that was given counts once what came before it is committed:
 * no arithmetic with records tells where the log ends, as markers of transactions are none. */
static int64_t applied_to(const struct owned *owned)
{
    bool all = owned->position.next == owned->ahead.next;

    return all && owned->end > owned->position.next ? owned->end : owned->position.next;
}

void partitions_note_watermark(struct partitions *partitions, struct watermark *watermark,
                               int64_t question)
{
    for (size_t i = 0; i < partitions->count; i++) {
        const struct owned *owned = partitions->owned[i];
        const struct watermark_log log = { .topic = owned->topic,
                                           .partition = owned->position.partition };
        struct watermark_end end;
        struct role_watermark *mark = &partitions->watermarks[i];
        mark->to_end =
            watermark_end_of(watermark, question, &log, &end) && applied_to(owned) >= end.end;
        mark->watermark_ms = mark->to_end ? end.time_ms : owned->position.last_ms;
    }
}

const struct role_watermark *partitions_watermarks(const struct partitions *partitions,
                                                   size_t *count)
{
    *count = partitions->count;
    return partitions->watermarks;
}

bool partitions_pass(struct partitions *partitions)
{
    for (size_t i = 0; i < partitions->count; i++) {
        struct owned *owned = partitions->owned[i];
        if (!position_pass(partitions->store, partitions->owner, &owned->position,
                           partitions->watermarks[i].watermark_ms))
            return false;
    }
    return true;
}

/* Where a log ends in markers, the store has no record by which to know that it is read. */
static void keep_end(struct partitions *partitions, const struct owned *owned)
{
    const struct position *position = &owned->position;

    if (applied_to(owned) == position->next || !store_begin(partitions->store))
        return;
    commit_if(partitions,
              position_read_to(partitions->store, partitions->owner, position, applied_to(owned)));
}

static void tell_kafka(struct partitions *partitions, const struct owned *owned)
{
    if (applied_to(owned) > 0)
        kafka_in_applied(partitions->in, owned->topic, owned->position.partition,
                         applied_to(owned));
}

void partitions_report(struct partitions *partitions, struct role_metrics *metrics)
{
    role_metrics_lag_begin(metrics);
    for (size_t i = 0; i < partitions->count; i++) {
        struct owned *owned = partitions->owned[i];
        const struct position *position = &owned->position;
        if (!owned->told) {
            tell_kafka(partitions, owned);
            keep_end(partitions, owned);
        }
        owned->told = true;
        role_metrics_lag(
            metrics, owned->topic,
            kafka_in_lag(partitions->in, owned->topic, position->partition, applied_to(owned)));
    }
    kafka_in_commit(partitions->in);
    role_metrics_lag_end(metrics);
}
