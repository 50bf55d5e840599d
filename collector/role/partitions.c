/* Positions held against the log, and moved under the fence. */
#include "collector/role/partitions.h"
#include "collector/hash.h"
#include "collector/lang.h"
#include "collector/role/alert.h"
#include "collector/role/position.h"

#include "common/clock.h"
#include "common/event.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A partition that is ours, in the order of assignment. */
struct owned {
    struct position position; /* as committed */
    struct position ahead;    /* where the batch in hand leads */
    char topic[64];
    bool verify;       /* the first record must be the last one applied */
    bool told;         /* Kafka knows the committed position */
    int64_t passed_ms; /* by when all of the log was applied; 0: not asked since it was written */
};

struct partitions {
    const char *role, *lang;
    char owner[OWNER_SIZE];
    struct store *store;
    struct kafka_in *in;
    struct owned owned[PARTITIONS_MAX];
    size_t count;
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
    free(partitions);
}

void partitions_use(struct partitions *partitions, struct store *store, struct kafka_in *in)
{
    partitions->store = store;
    partitions->in = in;
}

void partitions_forget(struct partitions *partitions)
{
    partitions->count = 0;
}

size_t partitions_count(const struct partitions *partitions)
{
    return partitions->count;
}

static struct owned *find_owned(struct partitions *partitions, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < partitions->count; i++)
        if (partitions->owned[i].position.partition == partition &&
            strcmp(partitions->owned[i].topic, topic) == 0)
            return &partitions->owned[i];
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

/* Ends the transaction; with all its work undone where that is void. */
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

    if (!kafka_in_ends(partitions->in, owned->topic, position->partition, &low, &high))
        return false;
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

/* Taken first and judged afterwards: from then on only this consumer moves the position, so that
 * the log cannot be the shorter one because another was at work since its ends were asked for. */
int64_t partitions_take(struct partitions *partitions, const char *topic, int32_t partition)
{
    struct owned *owned = &partitions->owned[partitions->count];

    if (partitions->count == PARTITIONS_MAX) {
        log_error("partitions", "too many partitions for one process", "max=%d", PARTITIONS_MAX);
        return -1;
    }
    *owned = (struct owned){ 0 };
    snprintf(owned->topic, sizeof owned->topic, "%s", topic);
    owned->position = (struct position){ .role = partitions->role,
                                         .topic = owned->topic,
                                         .partition = partition };
    store_begin(partitions->store);
    position_take(partitions->store, partitions->owner, &owned->position);
    if (store_commit(partitions->store) != STORE_OK || !judge(partitions, owned))
        return -1;
    owned->ahead = owned->position;
    partitions->count++;
    return owned->position.next - (owned->verify ? 1 : 0);
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

bool partitions_accept(struct partitions *partitions, const struct kafka_record *record)
{
    struct owned *owned = find_owned(partitions, record->topic, record->partition);

    if (owned == NULL)
        return false; /* fetched before its partition was taken away */
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
        struct owned *owned = &partitions->owned[i];
        owned->told = owned->told && owned->position.next == owned->ahead.next;
        owned->position = owned->ahead;
        owned->position.topic = owned->ahead.topic = owned->topic;
    }
}

bool partitions_ask_passed(struct partitions *partitions, struct kafka_ask *ask)
{
    struct kafka_ask_end ends[PARTITIONS_MAX];
    int64_t asked_ms = clock_wall_ms();

    for (size_t i = 0; i < partitions->count; i++)
        ends[i] = (struct kafka_ask_end){ partitions->owned[i].topic,
                                          partitions->owned[i].position.partition, 0 };
    if (!kafka_ask_ends(ask, ends, partitions->count))
        return false;
    for (size_t i = 0; i < partitions->count; i++) {
        struct owned *owned = &partitions->owned[i];
        const struct position *position = &owned->position;
        owned->passed_ms = position->next >= ends[i].end ? asked_ms : position->last_ms;
    }
    return true;
}

bool partitions_pass(struct partitions *partitions)
{
    for (size_t i = 0; i < partitions->count; i++) {
        struct owned *owned = &partitions->owned[i];
        if (!position_pass(partitions->store, partitions->owner, &owned->position,
                           owned->passed_ms))
            return false;
        owned->passed_ms = 0;
    }
    return true;
}

void partitions_report(struct partitions *partitions, struct role_metrics *metrics)
{
    role_metrics_lag_begin(metrics);
    for (size_t i = 0; i < partitions->count; i++) {
        struct owned *owned = &partitions->owned[i];
        const struct position *position = &owned->position;
        if (!owned->told && position->next > 0)
            kafka_in_commit(partitions->in, owned->topic, position->partition, position->next);
        owned->told = true;
        role_metrics_lag(
            metrics, owned->topic,
            kafka_in_lag(partitions->in, owned->topic, position->partition, position->next));
    }
    role_metrics_lag_end(metrics);
}
