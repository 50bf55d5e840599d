/* Slots and topics. The producer's reports point at slots, which do not move. */
#include "collector/effects/kafka_lane.h"
#include "collector/effects/effect_row.h"
#include "collector/store/wake.h"

#include "effects_sql.h"

#include "common/backoff.h"
#include "common/clock.h"
#include "common/kafka_conf.h"
#include "common/kafka_headers.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_MAX      512
#define OF_TOPIC_MAX   128               /* so that one that answers slowly leaves room */
#define BYTES_MAX      (8 * 1024 * 1024) /* in memory; one record more may be begun */
#define TOPICS_MAX     32                /* the contract has 15; more are not sent to */
#define TOPIC_SIZE     250               /* Kafka allows 249 characters */
#define WRITE_COUNT    64                /* in one transaction: some tenths of a millisecond */
#define WRITE_AFTER_MS 10
#define PURGE_MS       1000
#define UNKNOWN_MS     "1000" /* a topic that is still unknown then is asked again, by us */

enum slot_state { SLOT_FREE, SLOT_READ, SLOT_SENT, SLOT_ENDED };

struct topic {
    char name[TOPIC_SIZE];
    size_t in_hand;
    bool proven; /* it took the last record that it was asked with */
    bool told;   /* that it takes nothing */
    struct backoff backoff;
    int64_t hold_mono_ms; /* it is let be until then */
};

struct slot {
    enum slot_state state;
    struct effect_row row;
    struct topic *topic;
    bool done;  /* Kafka has it, or it is let go */
    bool sent;  /* Kafka has it */
    bool again; /* one before it of its key was not taken: this one goes again, behind it */
    int64_t ended_mono_ms;
};

struct kafka_lane {
    struct kafka_lane_options options;
    rd_kafka_t *producer;
    struct slot slots[SLOTS_MAX];
    int64_t positions[SLOTS_MAX];       /* of their rows; 0: free. A look at all is one of 4 kB. */
    struct slot *free_slots[SLOTS_MAX]; /* counts[SLOT_FREE] of them */
    size_t counts[SLOT_ENDED + 1], bytes;
    size_t sent_before; /* kafka_lane_send(): what was with Kafka then */
    struct topic topics[TOPICS_MAX];
    size_t topic_count;
};

static void move_to(struct kafka_lane *lane, struct slot *slot, enum slot_state state)
{
    lane->counts[slot->state]--;
    lane->counts[state]++;
    slot->state = state;
    if (state != SLOT_FREE)
        return;
    lane->positions[slot - lane->slots] = 0;
    lane->free_slots[lane->counts[SLOT_FREE] - 1] = slot;
    slot->topic->in_hand--;
    lane->bytes -= effect_row_bytes(&slot->row);
    effect_row_free(&slot->row);
    slot->done = slot->sent = slot->again = false;
}

/* What is behind it of its key may have come into the log before it does. */
static void send_later_again(struct kafka_lane *lane, const struct slot *failed)
{
    for (size_t i = 0; i < SLOTS_MAX; i++) {
        struct slot *slot = &lane->slots[i];
        if (slot->state != SLOT_FREE && slot->row.position > failed->row.position &&
            effect_row_same_key(&slot->row, &failed->row))
            slot->again = true;
    }
}

static void hold(struct topic *topic, const char *error, int64_t mono_ms)
{
    topic->proven = false;
    if (topic->hold_mono_ms > mono_ms)
        return; /* by one of the same moment */
    topic->hold_mono_ms = mono_ms + backoff_next_ms(&topic->backoff);
    log_line(topic->told ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARN, "effects",
             "a topic takes nothing; its records wait", "topic=%s error=%s", topic->name, error);
    topic->told = true;
}

static void prove(struct topic *topic)
{
    if (topic->told)
        log_info("effects", "a topic takes records again", "topic=%s", topic->name);
    topic->told = false;
    topic->proven = true;
    topic->hold_mono_ms = 0;
    backoff_reset(&topic->backoff);
}

static void end(struct kafka_lane *lane, struct slot *slot, rd_kafka_resp_err_t error)
{
    slot->ended_mono_ms = clock_mono_ms();
    slot->sent = error == RD_KAFKA_RESP_ERR_NO_ERROR;
    slot->done = slot->sent || error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
    move_to(lane, slot, SLOT_ENDED);
    if (slot->sent) {
        prove(slot->topic);
    } else if (slot->done) {
        log_error("effects", "too long to be sent, let go", "topic=%s id=%s bytes=%zu",
                  slot->row.topic, slot->row.id, slot->row.value_length);
    } else {
        send_later_again(lane, slot);
        if (error != RD_KAFKA_RESP_ERR__PURGE_QUEUE && error != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
            hold(slot->topic, rd_kafka_err2str(error), slot->ended_mono_ms);
    }
}

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    (void)client;
    end(opaque, message->_private, message->err);
}

/* On a thread of librdkafka's. */
static void on_report(rd_kafka_t *client, void *opaque)
{
    struct kafka_lane *lane = opaque;

    (void)client;
    wake_call(lane->options.wake, WAKE_EFFECTS);
}

static bool open_producer(struct kafka_lane *lane)
{
    rd_kafka_conf_t *conf =
        kafka_conf_new(lane->options.brokers, lane->options.pairs, kafka_producer_settings);

    if (conf == NULL)
        return false;
    rd_kafka_conf_set(conf, "topic.metadata.propagation.max.ms", UNKNOWN_MS, NULL, 0);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_opaque(conf, lane);
    lane->producer = kafka_client_new(RD_KAFKA_PRODUCER, conf, "effects");
    if (lane->producer == NULL)
        return false;
    rd_kafka_queue_t *reports = rd_kafka_queue_get_main(lane->producer);
    rd_kafka_queue_cb_event_enable(reports, on_report, lane);
    rd_kafka_queue_destroy(reports);
    return true;
}

/* What is with it comes back as not sent: reports point at slots, so the producer goes first. */
static void close_producer(struct kafka_lane *lane)
{
    if (lane->producer == NULL)
        return;
    rd_kafka_purge(lane->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(lane->producer, PURGE_MS);
    rd_kafka_queue_t *reports = rd_kafka_queue_get_main(lane->producer);
    rd_kafka_queue_cb_event_enable(reports, NULL, NULL);
    rd_kafka_queue_destroy(reports);
    rd_kafka_destroy(lane->producer);
    lane->producer = NULL;
    for (size_t i = 0; i < SLOTS_MAX; i++)
        if (lane->slots[i].state == SLOT_SENT)
            move_to(lane, &lane->slots[i], SLOT_FREE);
}

struct kafka_lane *kafka_lane_open(const struct kafka_lane_options *options)
{
    struct kafka_lane *lane = calloc(1, sizeof *lane);

    if (lane == NULL)
        abort();
    lane->options = *options;
    lane->counts[SLOT_FREE] = SLOTS_MAX;
    for (size_t i = 0; i < SLOTS_MAX; i++)
        lane->free_slots[i] = &lane->slots[SLOTS_MAX - 1 - i];
    return lane;
}

void kafka_lane_close(struct kafka_lane *lane)
{
    if (lane == NULL)
        return;
    close_producer(lane);
    for (size_t i = 0; i < SLOTS_MAX; i++)
        effect_row_free(&lane->slots[i].row);
    free(lane);
}

static struct topic *topic_of(struct kafka_lane *lane, const char *name)
{
    for (size_t i = 0; i < lane->topic_count; i++)
        if (strcmp(lane->topics[i].name, name) == 0)
            return &lane->topics[i];
    if (lane->topic_count == TOPICS_MAX || strlen(name) >= TOPIC_SIZE)
        return NULL;
    struct topic *topic = &lane->topics[lane->topic_count++];
    snprintf(topic->name, sizeof topic->name, "%s", name);
    topic->backoff = (struct backoff){ .first_ms = 1000,
                                       .max_ms = 60000,
                                       .floor_ms = 500,
                                       .random = random_seed(name) ^ (uint64_t)clock_mono_us() };
    return topic;
}

static bool has_in_hand(const struct kafka_lane *lane, int64_t position)
{
    for (size_t i = 0; i < SLOTS_MAX; i++)
        if (lane->positions[i] == position)
            return true;
    return false;
}

static bool has_room(const struct kafka_lane *lane, const struct topic *topic)
{
    return topic->in_hand < (topic->proven ? OF_TOPIC_MAX : 1) && lane->counts[SLOT_FREE] > 0 &&
           lane->bytes < BYTES_MAX;
}

/* A command that comes too late is not sent. */
static void judge(struct kafka_lane *lane, struct slot *slot, int64_t now_ms)
{
    if (slot->row.expires_ms == 0 || now_ms < slot->row.expires_ms)
        return;
    log_info("effects", "not sent in its time, let go", "lane=%s id=%s", slot->row.lane,
             slot->row.id);
    slot->done = true;
    slot->ended_mono_ms = clock_mono_ms();
    move_to(lane, slot, SLOT_ENDED);
}

/* True where the topic has more than there was room for. */
static bool read_topic(struct kafka_lane *lane, struct store *store,
                       const struct effect_query *which, const struct effect_time *time)
{
    struct topic *topic = topic_of(lane, which->topic);
    struct effect_query query = *which;
    int64_t seen = 0;

    if (topic == NULL || topic->hold_mono_ms > time->mono_ms || !has_room(lane, topic))
        return false;
    query.limit = (int64_t)topic->in_hand + (topic->proven ? OF_TOPIC_MAX : 1);
    struct store_rows *rows = effect_rows_due(store, &query);
    for (; has_room(lane, topic) && store_next(rows); seen++) {
        if (has_in_hand(lane, effect_row_position(rows)))
            continue;
        struct slot *slot = lane->free_slots[lane->counts[SLOT_FREE] - 1];
        effect_row_read(&slot->row, rows, &query);
        lane->positions[slot - lane->slots] = slot->row.position;
        slot->topic = topic;
        topic->in_hand++;
        lane->bytes += effect_row_bytes(&slot->row);
        move_to(lane, slot, SLOT_READ);
        judge(lane, slot, time->now_ms);
    }
    store_rows_end(rows);
    return seen == query.limit || !has_room(lane, topic);
}

/* The next topic of a queue after this one; "" at the end. */
static bool next_topic(struct store *store, const char *queue, char topic[TOPIC_SIZE])
{
    struct store_rows *rows = store_query(store, SQL_EFFECT_TOPIC_NEXT, "tt", queue, topic);
    bool found = store_next(rows) && !store_is_null(rows, 0);

    if (found)
        snprintf(topic, TOPIC_SIZE, "%s", store_text(rows, 0));
    store_rows_end(rows);
    return found;
}

bool kafka_lane_read(struct kafka_lane *lane, struct store *store,
                     const struct effect_queues *queues, const struct effect_time *time)
{
    bool more = false;

    if (!store_begin_read(store))
        return false;
    for (size_t i = 0; i < queues->count; i++) {
        char topic[TOPIC_SIZE] = "";
        const char *queue = queues->all[i].name;
        if (!effect_queues_is_ours(queues, queue, time->mono_ms))
            continue;
        while (next_topic(store, queue, topic))
            more |= read_topic(lane, store, &(struct effect_query){ queue, topic, 0 }, time);
    }
    store_rollback(store);
    return more;
}

static rd_kafka_headers_t *headers_of(const struct effect_row *row)
{
    return kafka_headers_new(&(struct wire_envelope){ .id = row->id,
                                                      .type = row->type,
                                                      .origin = WIRE_ORIGIN_CENTRE,
                                                      .error = row->error,
                                                      .about = row->about,
                                                      .source = row->source });
}

static void produce(struct kafka_lane *lane, struct slot *slot)
{
    struct effect_row *row = &slot->row;
    rd_kafka_headers_t *headers = headers_of(row);

    move_to(lane, slot, SLOT_SENT);
    rd_kafka_resp_err_t error = rd_kafka_producev(
        lane->producer, RD_KAFKA_V_TOPIC(row->topic),
        RD_KAFKA_V_PARTITION(row->partition < 0 ? RD_KAFKA_PARTITION_UA : row->partition),
        RD_KAFKA_V_KEY(row->key, row->key_length), RD_KAFKA_V_VALUE(row->value, row->value_length),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(slot), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
        return; /* the headers are the library's now */
    rd_kafka_headers_destroy(headers);
    end(lane, slot, error);
}

static int compare_positions(const void *left, const void *right)
{
    const struct slot *const *a = left, *const *b = right;

    return ((*a)->row.position > (*b)->row.position) - ((*a)->row.position < (*b)->row.position);
}

/* What was read, the oldest first: given to the producer at one go, which sends what it has while
 * more is coming. */
static size_t read_in_order(struct kafka_lane *lane, struct slot *found[SLOTS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < SLOTS_MAX; i++)
        if (lane->slots[i].state == SLOT_READ)
            found[count++] = &lane->slots[i];
    qsort(found, count, sizeof *found, compare_positions);
    return count;
}

size_t kafka_lane_send(struct kafka_lane *lane, const struct effect_queues *queues,
                       const struct effect_time *time)
{
    struct slot *found[SLOTS_MAX];

    if (lane->counts[SLOT_READ] == 0 || (lane->producer == NULL && !open_producer(lane)))
        return 0;
    size_t count = read_in_order(lane, found);
    lane->sent_before = lane->counts[SLOT_SENT];
    for (size_t i = 0; i < count; i++)
        if (effect_queues_is_ours(queues, found[i]->row.queue, time->mono_ms) && !found[i]->again)
            produce(lane, found[i]);
        else
            move_to(lane, found[i], SLOT_FREE);
    return lane->counts[SLOT_SENT] - lane->sent_before;
}

void kafka_lane_take(struct kafka_lane *lane, int wait_ms)
{
    int64_t end_mono_ms = clock_mono_ms() + wait_ms;
    int rest_ms = wait_ms;

    if (lane->producer == NULL)
        return;
    rd_kafka_poll(lane->producer, 0);
    while (lane->counts[SLOT_SENT] > lane->sent_before && rest_ms > 0) {
        rd_kafka_poll(lane->producer, rest_ms);
        rest_ms = (int)(end_mono_ms - clock_mono_ms());
    }
    if (rd_kafka_fatal_error(lane->producer, NULL, 0) != RD_KAFKA_RESP_ERR_NO_ERROR)
        close_producer(lane);
}

static bool is_time_to_write(const struct kafka_lane *lane, int64_t mono_ms)
{
    if (lane->counts[SLOT_ENDED] == 0 || lane->counts[SLOT_ENDED] >= WRITE_COUNT ||
        lane->counts[SLOT_SENT] == 0)
        return lane->counts[SLOT_ENDED] > 0;
    for (size_t i = 0; i < SLOTS_MAX; i++)
        if (lane->slots[i].state == SLOT_ENDED &&
            mono_ms - lane->slots[i].ended_mono_ms >= WRITE_AFTER_MS)
            return true;
    return false;
}

/* A transaction, and the fence that it has passed last: one for each queue is enough. */
struct ends {
    struct store *store;
    struct effect_queues *queues;
    const char *queue; /* NULL: none yet */
    bool is_ours;
    int64_t now_ms;
};

static bool is_ours(struct ends *ends, const char *queue)
{
    if (ends->queue == NULL || strcmp(ends->queue, queue) != 0)
        ends->is_ours = effect_queues_fence(ends->queues, ends->store, queue);
    ends->queue = queue;
    return ends->is_ours;
}

/* Of a queue that is another's now nothing is written, but what a compacted topic has last is seen
 * to in any case. */
static void write_end(struct ends *ends, const struct slot *slot)
{
    if (slot->done && !slot->again && is_ours(ends, slot->row.queue))
        effect_row_done(ends->store, &slot->row, ends->now_ms);
    if (slot->sent)
        effect_row_sent(ends->store, &slot->row);
}

void kafka_lane_write(struct kafka_lane *lane, struct store *store, struct effect_queues *queues,
                      const struct effect_time *time)
{
    struct ends ends = { .store = store, .queues = queues, .now_ms = time->now_ms };
    struct slot *written[WRITE_COUNT];
    size_t count = 0;
    bool any_done = false;

    if (!is_time_to_write(lane, time->mono_ms))
        return;
    for (size_t i = 0; i < SLOTS_MAX && count < WRITE_COUNT; i++)
        if (lane->slots[i].state == SLOT_ENDED) {
            any_done |= lane->slots[i].done;
            written[count++] = &lane->slots[i];
        }
    if (any_done) {
        if (!store_begin(store))
            return;
        for (size_t i = 0; i < count; i++)
            write_end(&ends, written[i]);
        if (store_commit(store) != STORE_OK) {
            store_rollback(store);
            return;
        }
    }
    for (size_t i = 0; i < count; i++)
        move_to(lane, written[i], SLOT_FREE);
}

size_t kafka_lane_in_hand(const struct kafka_lane *lane)
{
    return lane->counts[SLOT_SENT] + lane->counts[SLOT_ENDED];
}
