/* The queues that are ours, and their records on the way. */
#include "collector/effects/records.h"
#include "collector/effects/effect_queues.h"
#include "collector/effects/effect_row.h"

#include "effects_sql.h"

#include "common/clock.h"

#include <stdlib.h>

#define LOOK_MS   100 /* between two looks at the table, where nobody wakes it */
#define BUSY_MS   10  /* the same while something is with Kafka */
#define ANSWER_MS 5   /* Kafka answers within; records of a partition without a leader do not */
#define GATHER_MS 5   /* from one that sent to the next turn; what is written then goes together */
#define FORGET_MS 60000 /* between two looks for rows that were kept for long enough */

struct records {
    struct effect_queues queues;
    struct kafka_lane *kafka;
    struct wake *wake;
    int64_t forget_mono_ms, sent_mono_ms;
    bool took_former;
};

void *records_open(const struct kafka_lane_options *options)
{
    struct records *records = calloc(1, sizeof *records);

    if (records == NULL)
        abort();
    records->wake = options->wake;
    records->kafka = kafka_lane_open(options);
    return records;
}

/* Rows that a release before this one wrote to its own table: somebody had gone back to it. */
static void take_former(struct records *records, struct store *store)
{
    if (records->took_former)
        return;
    if (store_has(store, SQL_EFFECTS_FORMER, "") && store_begin(store)) {
        store_run(store, SQL_EFFECTS_TAKE_FORMER, "");
        store_run(store, SQL_EFFECTS_DROP_FORMER, "");
        store_commit(store);
    }
    records->took_former = store_status(store) == STORE_OK;
}

static void forget(struct records *records, struct store *store, const struct effect_time *time)
{
    int64_t before_ms = time->now_ms - EFFECT_KEPT_MS;

    if (time->mono_ms < records->forget_mono_ms)
        return;
    records->forget_mono_ms = time->mono_ms + FORGET_MS;
    if (!store_has(store, SQL_EFFECTS_OLD, "i", before_ms))
        return;
    if (store_run(store, SQL_EFFECTS_FORGET, "i", before_ms) && store_changed(store) > 0)
        records->forget_mono_ms = time->mono_ms; /* there may be more */
}

static void settle(void *state, struct store *store, const struct effect_time *time)
{
    struct records *records = state;

    kafka_lane_take(records->kafka, 0);
    kafka_lane_write(records->kafka, store, &records->queues, time);
}

/* A lone record goes at once; of many, each request has what was written in GATHER_MS. */
static void gather(const struct records *records, int64_t mono_ms)
{
    int64_t since_ms = mono_ms - records->sent_mono_ms;

    if (since_ms < GATHER_MS)
        clock_pause_ms((int)(GATHER_MS - since_ms));
}

static int turn(void *state, struct store *store, const struct effect_time *time)
{
    struct records *records = state;

    gather(records, time->mono_ms);
    take_former(records, store);
    effect_queues_keep(&records->queues, store, wake_process(records->wake), time->mono_ms);
    forget(records, store, time);
    bool more = kafka_lane_read(records->kafka, store, &records->queues, time);
    struct effect_time later = effect_time_now();
    if (kafka_lane_send(records->kafka, &records->queues, &later) > 0)
        records->sent_mono_ms = later.mono_ms;
    kafka_lane_take(records->kafka, ANSWER_MS);
    size_t before = kafka_lane_in_hand(records->kafka);
    kafka_lane_write(records->kafka, store, &records->queues, &later);
    size_t left = kafka_lane_in_hand(records->kafka);
    if (more && left < before)
        return 0;
    return left > 0 ? BUSY_MS : LOOK_MS;
}

static size_t in_hand(const void *state)
{
    const struct records *records = state;

    return kafka_lane_in_hand(records->kafka);
}

static void release(void *state, struct store *store)
{
    struct records *records = state;

    effect_queues_release(&records->queues, store);
}

static void close_records(void *state)
{
    struct records *records = state;

    kafka_lane_close(records->kafka);
    free(records);
}

const struct sender_calls records_calls = { .name = "effects",
                                            .wake = WAKE_EFFECTS,
                                            .turn = turn,
                                            .settle = settle,
                                            .in_hand = in_hand,
                                            .release = release,
                                            .close = close_records };
