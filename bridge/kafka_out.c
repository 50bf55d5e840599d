/* The producer. The lists of unconfirmed records are ours, so that they outlive a producer. */
#include "bridge/kafka_out.h"
#include "bridge/partition.h"
#include "bridge/producer.h"
#include "common/clock.h"
#include "common/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_MS     200  /* after a failed delivery, before it is tried again */
#define FATAL_MS_MAX 2000 /* for the reports of a producer that is given up */
#define FLUSH_MS     20   /* how long a turn stands still for its reports; the rest come later */

#define WAITING_LOG_MS 1000 /* between two lines about partitions that wait */

struct kafka_out {
    struct kafka_out_options options;
    struct producer producer;      /* where it has no client, it is tried again at retry_ms */
    struct partitions lasting;     /* produced until they are confirmed */
    struct record_list perishable; /* produced once; sent anew by their owner while others wait */
    size_t handed;                 /* of `lasting`, at the producer */
    bool failure_logged;           /* since the last success */
    bool offered;                  /* in this turn, some record to the producer */
    bool flushing;                 /* reports are being taken by rd_kafka_flush() */
    int64_t mono_ms;               /* of this turn */
    int64_t awaited_ms;            /* since then, without a break, some have been awaited */
    int64_t perishable_ms;         /* the same of what is perishable */
    int64_t confirmed_ms;          /* a record was confirmed then; 0: none was */
    int64_t overtaken_ms; /* the latest that a record was handed over that has been confirmed */
    int64_t busy_ms;      /* the last turn in which the producer had something or was offered it */
    int64_t retry_ms;     /* no producer is made before */
    int64_t waiting_log_ms;
    unsigned replacements;
};

size_t kafka_out_awaited(const struct kafka_out *out)
{
    return out->lasting.records - out->lasting.records_waiting;
}

static size_t handed_over(const struct kafka_out *out)
{
    return out->handed + out->perishable.handed;
}

static struct record_list *list_of(struct kafka_out *out, const struct record *record)
{
    return record->perishable ? &out->perishable : &record->of->list;
}

static void count_handed(struct kafka_out *out, const struct record *record, int change)
{
    list_of(out, record)->handed += (size_t)change;
    if (!record->perishable)
        out->handed += (size_t)change;
}

/* Done with: the record is its owner's again. */
static void finish(struct kafka_out *out, struct record *record, enum record_state state)
{
    if (record->perishable)
        record_list_remove(&out->perishable, record);
    else
        partitions_remove(&out->lasting, record);
    record->state = state;
}

/* What was waiting is awaited from now on. */
static void resume(struct kafka_out *out, struct partition *partition)
{
    if (kafka_out_awaited(out) == 0)
        out->awaited_ms = out->mono_ms;
    partition_resume(&out->lasting, partition);
}

static void note_confirmed(struct kafka_out *out, const struct record *record)
{
    out->failure_logged = false;
    out->confirmed_ms = out->mono_ms;
    if (record->handed_ms > out->overtaken_ms)
        out->overtaken_ms = record->handed_ms;
    if (record->perishable)
        return;
    record->of->confirmed_ms = out->mono_ms;
    resume(out, record->of);
}

/* A report of success ends a record; any other says that it may or may not be in the log. */
static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    struct kafka_out *out = opaque;
    struct record *record = message->_private;
    bool confirmed = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;

    count_handed(out, record, -1);
    if (confirmed)
        note_confirmed(out, record);
    if (confirmed || record->perishable) {
        finish(out, record, confirmed ? RECORD_CONFIRMED : RECORD_GIVEN_UP);
        /* A flush waits for all that the producer has; a turn only for what is awaited. */
        if (out->flushing && kafka_out_awaited(out) == 0)
            rd_kafka_yield(client);
        return;
    }
    record->state = RECORD_WAITING;
    record->of->failed = true;
    if (!out->failure_logged)
        log_warn("kafka_out", "not delivered, will be produced again", "topic=%s error=%s",
                 wire_topic_name(record->topic), rd_kafka_err2str(message->err));
    out->failure_logged = true;
}

static bool open_client(struct kafka_out *out)
{
    struct producer_reports reports = { on_delivery, out, out->options.wake_fd };

    return producer_open(&out->producer, &out->options, &reports);
}

struct kafka_out *kafka_out_open(const struct kafka_out_options *options)
{
    struct kafka_out *out = calloc(1, sizeof *out);

    if (out == NULL)
        abort();
    out->options = *options;
    if (open_client(out))
        return out;
    free(out);
    return NULL;
}

/* Reports of what is purged must not be taken any more once the owners may have freed it. */
static void purge(struct kafka_out *out)
{
    rd_kafka_purge(out->producer.client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(out->producer.client, FATAL_MS_MAX);
}

void kafka_out_close(struct kafka_out *out)
{
    if (out == NULL)
        return;
    out->failure_logged = true; /* what is purged is not produced again here */
    if (out->producer.client != NULL && handed_over(out) > 0)
        purge(out);
    producer_close(&out->producer);
    partitions_free(&out->lasting);
    free(out);
}

/* One of three: handed over, try later, or done with. False: try later. */
static bool hand_over(struct kafka_out *out, struct record *record)
{
    struct record_list *list = list_of(out, record);
    rd_kafka_resp_err_t code = producer_send(&out->producer, record);

    out->offered = true;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        record->state = RECORD_HANDED;
        if (record->handed_ms == 0)
            record->handed_ms = out->mono_ms;
        count_handed(out, record, 1);
        list->next = record->next;
        return true;
    }
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && handed_over(out) > 0) {
        /* Reports make room, and bring the next turn; those of other lists need not. */
        if (!record->perishable && list->handed == 0)
            record->of->retry_ms = out->mono_ms + RETRY_MS;
        return false;
    }
    if (record->perishable) {
        finish(out, record, RECORD_GIVEN_UP);
        return true;
    }
    if (!out->failure_logged)
        log_warn("kafka_out", "not taken by the producer, will be tried again", "topic=%s error=%s",
                 wire_topic_name(record->topic), rd_kafka_err2str(code));
    out->failure_logged = true;
    record->of->retry_ms = out->mono_ms + RETRY_MS;
    return false;
}

static void hand_over_list(struct kafka_out *out, struct record_list *list)
{
    while (list->next != NULL && hand_over(out, list->next))
        ;
}

static void hand_over_waiting(struct kafka_out *out)
{
    size_t handed = out->handed;

    if (out->producer.client == NULL)
        return;
    hand_over_list(out, &out->perishable);
    for (size_t i = 0; i < out->lasting.busy_count; i++) {
        struct partition *partition = out->lasting.busy[i];
        if (out->mono_ms >= partition->retry_ms && !partition->failed)
            hand_over_list(out, &partition->list);
    }
    if (out->handed == handed || kafka_out_awaited(out) == 0)
        return;
    out->flushing = true;
    rd_kafka_flush(out->producer.client, FLUSH_MS);
    out->flushing = false;
    rd_kafka_poll(out->producer.client, 0); /* what a yield left; the wake-up tells of it once */
}

void kafka_out_send(struct kafka_out *out, struct record *record, int64_t mono_ms)
{
    /* A second link of one record would cut off what stands behind the first. */
    assert(record->state != RECORD_WAITING && record->state != RECORD_HANDED);
    if (kafka_out_unconfirmed(out) == 0)
        out->busy_ms = mono_ms;
    if (kafka_out_awaited(out) == 0)
        out->awaited_ms = mono_ms;
    if (out->perishable.count == 0)
        out->perishable_ms = mono_ms;
    record->state = RECORD_WAITING;
    record->of = NULL;
    record->handed_ms = 0;
    if (record->perishable)
        record_list_append(&out->perishable, record);
    else
        partitions_add(&out->lasting, record);
}

bool kafka_out_waits_for(struct kafka_out *out, const struct record *record)
{
    return out->lasting.waiting > 0 && partitions_find(&out->lasting, record)->waits;
}

/* Goes back to the start of the list: what is confirmed has left it, the rest keeps its order. Only
 * with nothing of it at the producer, or a later record of a key could overtake an earlier one. */
static void rewind_partition(struct kafka_out *out, struct partition *partition)
{
    partition->failed = false;
    partition->list.next = partition->list.first;
    partition->retry_ms = out->mono_ms + RETRY_MS;
}

/* A record without a report went down with its producer; it may be in the log or not. */
static void take_back(struct kafka_out *out)
{
    for (size_t i = 0; i < out->lasting.busy_count; i++) {
        struct partition *partition = out->lasting.busy[i];
        for (struct record *record = partition->list.first; record != NULL; record = record->next) {
            record->state = RECORD_WAITING;
            record->handed_ms = 0; /* to the next producer it is not late */
        }
        partition->list.handed = 0;
        rewind_partition(out, partition);
    }
    for (struct record *record = out->perishable.first, *next; record != NULL; record = next) {
        next = record->next;
        if (record->state == RECORD_HANDED)
            finish(out, record, RECORD_GIVEN_UP);
    }
    out->handed = out->perishable.handed = 0;
}

static void replace_client(struct kafka_out *out)
{
    purge(out);
    producer_close(&out->producer);
    take_back(out);
    out->retry_ms = out->mono_ms + RETRY_MS;
    out->replacements++;
    open_client(out); /* where it cannot, the next turns try again */
}

static bool is_fatal(struct kafka_out *out)
{
    char why[256];

    if (rd_kafka_fatal_error(out->producer.client, why, sizeof why) == RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    log_warn("kafka_out", "the producer is replaced after a fatal error",
             "error=%s unconfirmed=%zu", why, kafka_out_unconfirmed(out));
    return true;
}

/* What the reports of this turn mean for each partition. */
static void judge_partitions(struct kafka_out *out)
{
    partitions_tidy(&out->lasting);
    for (size_t i = 0; i < out->lasting.busy_count; i++) {
        struct partition *partition = out->lasting.busy[i];
        if (partition->failed && partition->list.handed == 0)
            rewind_partition(out, partition);
        if (partition_is_overtaken(partition, out->overtaken_ms))
            partition_wait(&out->lasting, partition);
    }
}

/* A broker that goes takes several: one line says which wait now. */
static void log_waiting(struct kafka_out *out)
{
    char text[KAFKA_OUT_WAITING_SIZE];

    if (!out->lasting.changed || out->mono_ms < out->waiting_log_ms)
        return;
    out->lasting.changed = false;
    out->waiting_log_ms = out->mono_ms + WAITING_LOG_MS;
    partitions_waiting_text(&out->lasting, text, sizeof text);
    if (out->lasting.waiting > 0)
        log_warn("kafka_out", "partitions confirm nothing; their carts wait, and no other",
                 "partitions=%s", text);
    else
        log_info("kafka_out", "every partition confirms again", NULL);
}

void kafka_out_turn(struct kafka_out *out, int64_t mono_ms)
{
    out->offered = false;
    out->mono_ms = mono_ms;
    if (out->producer.client == NULL && mono_ms >= out->retry_ms && !open_client(out))
        out->retry_ms = mono_ms + RETRY_MS;
    if (out->producer.client == NULL)
        return;
    rd_kafka_poll(out->producer.client, 0);
    if (is_fatal(out))
        replace_client(out);
    judge_partitions(out);
    hand_over_waiting(out);
    log_waiting(out);
    /* Our count may be wrong, and so the producer is asked too. */
    if (out->offered || (handed_over(out) > 0 && rd_kafka_outq_len(out->producer.client) > 0))
        out->busy_ms = mono_ms;
}

int64_t kafka_out_timeout_ms(const struct kafka_out *out, int64_t mono_ms)
{
    int64_t due_ms = INT64_MAX; /* a report brings the next turn on */

    if (out->producer.client == NULL)
        due_ms = out->retry_ms;
    else if (out->perishable.next != NULL && handed_over(out) == 0)
        due_ms = mono_ms;
    for (size_t i = 0; i < out->lasting.busy_count; i++) {
        const struct partition *partition = out->lasting.busy[i];
        bool has_some = partition->failed || partition->list.next != NULL;
        if (has_some && partition->list.handed == 0)
            due_ms = earlier(due_ms, partition->retry_ms);
    }
    if (due_ms == INT64_MAX)
        return INT64_MAX;
    return due_ms > mono_ms ? due_ms - mono_ms : 0;
}

size_t kafka_out_unconfirmed(const struct kafka_out *out)
{
    return out->lasting.records + out->perishable.count;
}

size_t kafka_out_waiting(const struct kafka_out *out)
{
    return out->lasting.waiting;
}

void kafka_out_waiting_text(const struct kafka_out *out, char text[KAFKA_OUT_WAITING_SIZE])
{
    partitions_waiting_text(&out->lasting, text, KAFKA_OUT_WAITING_SIZE);
}

unsigned kafka_out_resumed(const struct kafka_out *out)
{
    return out->lasting.resumed;
}

/* Beats go to every partition: while one of them is confirmed, Kafka is there. */
int64_t kafka_out_oldest_ms(const struct kafka_out *out)
{
    int64_t oldest_ms = kafka_out_awaited(out) > 0 ? out->awaited_ms : INT64_MAX;
    int64_t silent_ms =
        out->confirmed_ms > out->perishable_ms ? out->confirmed_ms : out->perishable_ms;

    return out->perishable.count > 0 ? earlier(oldest_ms, silent_ms) : oldest_ms;
}

int64_t kafka_out_idle_ms(const struct kafka_out *out, int64_t mono_ms)
{
    return kafka_out_unconfirmed(out) > 0 ? mono_ms - out->busy_ms : 0;
}

unsigned kafka_out_replacements(const struct kafka_out *out)
{
    return out->replacements;
}

static void note_topic(struct kafka_out *out, size_t topic,
                       const struct rd_kafka_metadata_topic *found)
{
    partitions_count(&out->lasting, topic, found->partition_cnt);
    for (int i = 0; i < found->partition_cnt; i++) {
        struct record place = { .topic = topic, .partition = found->partitions[i].id };
        partitions_note_leader(&out->lasting, &place, found->partitions[i].leader >= 0);
    }
}

/* One topic by its name. Asked for "all that are known", librdkafka 2.0.2 lets the broker make them
 * once it has the names of all in its cache, whatever it was configured to. */
static bool ask_for_topic(struct kafka_out *out, size_t topic, int wait_ms, int32_t *count)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *handle = out->producer.topics[topic];

    if (handle == NULL ||
        rd_kafka_metadata(out->producer.client, 0, handle, &metadata, wait_ms) != 0)
        return false;
    bool there = metadata->topic_cnt == 1 && metadata->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR;
    *count = there ? metadata->topics[0].partition_cnt : 0;
    if (there)
        note_topic(out, topic, &metadata->topics[0]);
    rd_kafka_metadata_destroy(metadata);
    return true;
}

bool kafka_out_partitions(struct kafka_out *out, int wait_ms, int32_t counts[WIRE_BRIDGE_USES])
{
    int64_t end_ms = clock_mono_ms() + wait_ms;
    int32_t found[WIRE_BRIDGE_USES];

    for (size_t i = 0; i < WIRE_BRIDGE_USES; i++) {
        int64_t left_ms = end_ms - clock_mono_ms();
        if (out->producer.client == NULL || left_ms <= 0 ||
            !ask_for_topic(out, i, (int)left_ms, &found[i]))
            return false;
    }
    memcpy(counts, found, sizeof found);
    return true;
}

void *kafka_out_client(struct kafka_out *out)
{
    return out->producer.client;
}
