/* The producer. The lists of unconfirmed records are ours, so that they outlive a producer. */
#include "bridge/kafka_out.h"
#include "common/clock.h"
#include "common/kafka_conf.h"
#include "common/kafka_headers.h"
#include "common/log.h"
#include "common/owntracks.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_MS       200      /* after a failed delivery, before it is tried again */
#define FATAL_MS_MAX   2000     /* for the reports of a producer that is given up */
#define QUEUE_MESSAGES "200000" /* more than a turn reads; beyond it, records wait in the list */
#define QUEUE_KBYTES   "65536"
#define FLUSH_MS       20 /* how long a turn stands still for its reports; the rest come later */

/* Unconfirmed records in the order in which they came. A record leaves when it is done. */
struct queue {
    struct record *first, *last;
    struct record *next; /* the first that was not handed over yet; NULL: none */
    size_t count;
    size_t handed; /* of these, at the producer */
};

struct kafka_out {
    struct kafka_out_options options;
    rd_kafka_t *client; /* NULL: could not be made, tried again at retry_ms */
    rd_kafka_topic_t *topics[WIRE_BRIDGE_USES];
    struct queue lasting;    /* produced until they are confirmed */
    struct queue perishable; /* produced once; sent anew by their owner while others wait */
    bool failed;             /* some of `lasting` before its `next` wait again */
    bool failure_logged;     /* since the last success */
    bool offered;            /* in this turn, some record to the producer */
    int64_t oldest_ms;
    int64_t busy_ms;  /* the last turn in which the producer had something or was offered it */
    int64_t retry_ms; /* nothing of `lasting` is handed over before; 0: at once */
    unsigned replacements;
};

static struct queue *queue_of(struct kafka_out *out, const struct record *record)
{
    return record->perishable ? &out->perishable : &out->lasting;
}

static void append(struct queue *queue, struct record *record)
{
    record->previous = queue->last;
    record->next = NULL;
    if (queue->last != NULL)
        queue->last->next = record;
    else
        queue->first = record;
    queue->last = record;
    if (queue->next == NULL)
        queue->next = record;
    queue->count++;
}

/* Done with: the record is its owner's again. */
static void take_out(struct queue *queue, struct record *record, enum record_state state)
{
    if (record->previous != NULL)
        record->previous->next = record->next;
    else
        queue->first = record->next;
    if (record->next != NULL)
        record->next->previous = record->previous;
    else
        queue->last = record->previous;
    if (queue->next == record)
        queue->next = record->next;
    queue->count--;
    record->previous = record->next = NULL;
    record->state = state;
}

static size_t handed_over(const struct kafka_out *out)
{
    return out->lasting.handed + out->perishable.handed;
}

/* A report of success ends a record; any other says that it may or may not be in the log. */
static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    struct kafka_out *out = opaque;
    struct record *record = message->_private;
    struct queue *queue = queue_of(out, record);
    bool confirmed = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;

    (void)client;
    queue->handed--;
    if (confirmed || record->perishable) {
        take_out(queue, record, confirmed ? RECORD_CONFIRMED : RECORD_GIVEN_UP);
        out->failure_logged = out->failure_logged && !confirmed;
        return;
    }
    record->state = RECORD_WAITING;
    out->failed = true;
    if (!out->failure_logged)
        log_warn("kafka_out", "not delivered, will be produced again", "topic=%s error=%s",
                 wire_topic_name(record->topic), rd_kafka_err2str(message->err));
    out->failure_logged = true;
}

/* A pair a line. */
/* clang-format off */
static const char *const own_settings[] = {
    "queue.buffering.max.messages", QUEUE_MESSAGES,
    "queue.buffering.max.kbytes", QUEUE_KBYTES,
    /* A batch that a broker refuses for good ends the producer, before later ones of its partition
     * get into the log: so they all go again through the next one, in order. */
    "enable.gapless.guarantee", "true",
    /* With more, a batch that a broker refuses may be overtaken by the next one of its partition:
     * Kafka takes any first sequence number of a producer that it does not know yet. */
    "max.in.flight.requests.per.connection", "1",
    /* Nothing waits for so long: flush() sends at once what a turn handed over, in one request a
     * partition. With 0 the first record leaves alone, and librdkafka 2.0.2 polls without a pause
     * for Kafka's answer while others of its partition wait behind it. */
    "linger.ms", "5",
    NULL,
};
/* clang-format on */

static rd_kafka_conf_t *make_conf(struct kafka_out *out)
{
    const char *settings[64];
    size_t count = 0;
    const char *const *const parts[] = { kafka_producer_settings, own_settings };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (const char *const *at = parts[i]; *at != NULL; at++)
            settings[count++] = *at;
    settings[count] = NULL;
    rd_kafka_conf_t *conf = kafka_conf_new(out->options.brokers, out->options.pairs, settings);
    if (conf == NULL)
        return NULL;
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_opaque(conf, out);
    return conf;
}

static void enable_wake_up(struct kafka_out *out)
{
    static const uint64_t one = 1; /* what an eventfd takes */
    rd_kafka_queue_t *queue = rd_kafka_queue_get_main(out->client);

    rd_kafka_queue_io_event_enable(queue, out->options.wake_fd, &one, sizeof one);
    rd_kafka_queue_destroy(queue);
}

static bool open_client(struct kafka_out *out)
{
    out->client = kafka_client_new(RD_KAFKA_PRODUCER, make_conf(out), "kafka_out");
    if (out->client == NULL)
        return false;
    for (size_t i = 0; i < WIRE_BRIDGE_USES; i++)
        out->topics[i] = rd_kafka_topic_new(out->client, wire_topic_name(i), NULL);
    if (out->options.wake_fd >= 0)
        enable_wake_up(out);
    return true;
}

static void close_client(struct kafka_out *out)
{
    if (out->client == NULL)
        return;
    for (size_t i = 0; i < WIRE_BRIDGE_USES; i++)
        if (out->topics[i] != NULL)
            rd_kafka_topic_destroy(out->topics[i]);
    rd_kafka_destroy(out->client);
    memset(out->topics, 0, sizeof out->topics);
    out->client = NULL;
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
    rd_kafka_purge(out->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(out->client, FATAL_MS_MAX);
}

void kafka_out_close(struct kafka_out *out)
{
    if (out == NULL)
        return;
    out->failure_logged = true; /* what is purged is not produced again here */
    if (out->client != NULL && handed_over(out) > 0)
        purge(out);
    close_client(out);
    free(out);
}

static rd_kafka_headers_t *make_headers(const struct kafka_out *out, const struct record *record)
{
    bool is_letter = record->type == NULL;

    return kafka_headers_new(&(struct wire_envelope){
        .id = is_letter ? NULL : record->id,
        .type = record->type,
        .origin = is_letter ? NULL : record->origin,
        .error = is_letter ? record->refused->text : NULL,
        .about = is_letter && record->refused->about[0] != '\0' ? record->refused->about : NULL,
        .source = is_letter ? record->origin : NULL,
        .bridge = out->options.bridge_id,
        .cart_rule = record->by_user ? OWNTRACKS_RULE_USER : NULL,
        .retained = record->retained,
        .former = record->former && !is_letter,
    });
}

/* The value stays ours: no RD_KAFKA_MSG_F_COPY. The key is copied by librdkafka, always. */
static rd_kafka_resp_err_t produce(struct kafka_out *out, struct record *record)
{
    rd_kafka_headers_t *headers = make_headers(out, record);
    rd_kafka_vu_t parts[] = {
        { .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = out->topics[record->topic] },
        { .vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = record->partition },
        { .vtype = RD_KAFKA_VTYPE_KEY,
          .u.mem = { record->key_length > 0 ? (void *)(uintptr_t)record->key : NULL,
                     record->key_length } },
        { .vtype = RD_KAFKA_VTYPE_VALUE,
          .u.mem = { (void *)(uintptr_t)record->value, record->value_length } },
        { .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
        { .vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = record },
    };
    rd_kafka_error_t *error = rd_kafka_produceva(out->client, parts, sizeof parts / sizeof *parts);

    if (error == NULL)
        return RD_KAFKA_RESP_ERR_NO_ERROR; /* the headers are librdkafka's now */
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    rd_kafka_headers_destroy(headers);
    return code;
}

/* One of three: handed over, try later, or done with. False: try later. */
static bool hand_over(struct kafka_out *out, struct queue *queue, int64_t mono_ms)
{
    struct record *record = queue->next;
    rd_kafka_resp_err_t code = produce(out, record);

    out->offered = true;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        record->state = RECORD_HANDED;
        queue->handed++;
        queue->next = record->next;
        return true;
    }
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && handed_over(out) > 0) {
        /* Reports make room, and bring the next turn; those of the other queue need not. */
        if (!record->perishable && queue->handed == 0)
            out->retry_ms = mono_ms + RETRY_MS;
        return false;
    }
    if (record->perishable) {
        take_out(queue, record, RECORD_GIVEN_UP);
        return true;
    }
    if (!out->failure_logged)
        log_warn("kafka_out", "not taken by the producer, will be tried again", "topic=%s error=%s",
                 wire_topic_name(record->topic), rd_kafka_err2str(code));
    out->failure_logged = true;
    out->retry_ms = mono_ms + RETRY_MS;
    return false;
}

static void hand_over_queue(struct kafka_out *out, struct queue *queue, int64_t mono_ms)
{
    while (queue->next != NULL && hand_over(out, queue, mono_ms))
        ;
}

static void hand_over_waiting(struct kafka_out *out, int64_t mono_ms)
{
    size_t handed = handed_over(out);

    if (out->client == NULL)
        return;
    hand_over_queue(out, &out->perishable, mono_ms);
    if (mono_ms >= out->retry_ms && !out->failed)
        hand_over_queue(out, &out->lasting, mono_ms);
    if (handed_over(out) > handed)
        rd_kafka_flush(out->client, FLUSH_MS);
}

void kafka_out_send(struct kafka_out *out, struct record *record, int64_t mono_ms)
{
    /* A second link of one record would cut off what stands behind the first. */
    assert(record->state != RECORD_WAITING && record->state != RECORD_HANDED);
    if (kafka_out_unconfirmed(out) == 0)
        out->oldest_ms = out->busy_ms = mono_ms;
    record->state = RECORD_WAITING;
    append(queue_of(out, record), record);
}

/* Goes back to the start of the list: what is confirmed has left it, the rest keeps its order. Only
 * with nothing of it at the producer, or a later record of a key could overtake an earlier one. */
static void rewind_list(struct kafka_out *out, int64_t mono_ms)
{
    out->failed = false;
    out->lasting.next = out->lasting.first;
    out->retry_ms = mono_ms + RETRY_MS;
}

/* A record without a report went down with its producer; it may be in the log or not. */
static void take_back(struct kafka_out *out)
{
    for (struct record *record = out->lasting.first; record != NULL; record = record->next)
        record->state = RECORD_WAITING;
    for (struct record *record = out->perishable.first, *next; record != NULL; record = next) {
        next = record->next;
        if (record->state == RECORD_HANDED)
            take_out(&out->perishable, record, RECORD_GIVEN_UP);
    }
    out->lasting.handed = out->perishable.handed = 0;
}

static void replace_client(struct kafka_out *out, int64_t mono_ms)
{
    purge(out);
    close_client(out);
    take_back(out);
    rewind_list(out, mono_ms);
    out->replacements++;
    open_client(out); /* where it cannot, the next turns try again */
}

static bool is_fatal(struct kafka_out *out)
{
    char why[256];

    if (rd_kafka_fatal_error(out->client, why, sizeof why) == RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    log_warn("kafka_out", "the producer is replaced after a fatal error",
             "error=%s unconfirmed=%zu", why, kafka_out_unconfirmed(out));
    return true;
}

void kafka_out_turn(struct kafka_out *out, int64_t mono_ms)
{
    out->offered = false;
    if (out->client == NULL && mono_ms >= out->retry_ms && !open_client(out))
        out->retry_ms = mono_ms + RETRY_MS;
    if (out->client == NULL)
        return;
    rd_kafka_poll(out->client, 0);
    if (is_fatal(out))
        replace_client(out, mono_ms);
    else if (out->failed && out->lasting.handed == 0)
        rewind_list(out, mono_ms);
    hand_over_waiting(out, mono_ms);
    /* Our count may be wrong, and so the producer is asked too. */
    if (out->offered || (handed_over(out) > 0 && rd_kafka_outq_len(out->client) > 0))
        out->busy_ms = mono_ms;
}

int64_t kafka_out_timeout_ms(const struct kafka_out *out, int64_t mono_ms)
{
    bool lasting = (out->failed || out->lasting.next != NULL) && out->lasting.handed == 0;
    bool perishable = out->perishable.next != NULL && handed_over(out) == 0;

    if (out->client != NULL && !lasting && !perishable)
        return INT64_MAX; /* a report brings it on */
    return out->retry_ms > mono_ms ? out->retry_ms - mono_ms : 0;
}

size_t kafka_out_unconfirmed(const struct kafka_out *out)
{
    return out->lasting.count + out->perishable.count;
}

int64_t kafka_out_oldest_ms(const struct kafka_out *out)
{
    return kafka_out_unconfirmed(out) > 0 ? out->oldest_ms : INT64_MAX;
}

int64_t kafka_out_idle_ms(const struct kafka_out *out, int64_t mono_ms)
{
    return kafka_out_unconfirmed(out) > 0 ? mono_ms - out->busy_ms : 0;
}

unsigned kafka_out_replacements(const struct kafka_out *out)
{
    return out->replacements;
}

/* One topic by its name. Asked for "all that are known", librdkafka 2.0.2 lets the broker make them
 * once it has the names of all in its cache, whatever it was configured to. */
static bool ask_for_topic(struct kafka_out *out, size_t topic, int wait_ms, int32_t *count)
{
    const struct rd_kafka_metadata *metadata = NULL;

    if (out->topics[topic] == NULL ||
        rd_kafka_metadata(out->client, 0, out->topics[topic], &metadata, wait_ms) != 0)
        return false;
    bool there = metadata->topic_cnt == 1 && metadata->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR;
    *count = there ? metadata->topics[0].partition_cnt : 0;
    rd_kafka_metadata_destroy(metadata);
    return true;
}

bool kafka_out_partitions(struct kafka_out *out, int wait_ms, int32_t counts[WIRE_BRIDGE_USES])
{
    int64_t end_ms = clock_mono_ms() + wait_ms;
    int32_t found[WIRE_BRIDGE_USES];

    for (size_t i = 0; i < WIRE_BRIDGE_USES; i++) {
        int64_t left_ms = end_ms - clock_mono_ms();
        if (out->client == NULL || left_ms <= 0 || !ask_for_topic(out, i, (int)left_ms, &found[i]))
            return false;
    }
    memcpy(counts, found, sizeof found);
    return true;
}

void *kafka_out_client(struct kafka_out *out)
{
    return out->client;
}
