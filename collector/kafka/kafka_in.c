/* The consumer of a role, on librdkafka 2.0.2: no seek, no pause, no batch call (facts of that
 * version: seek_partitions has a timeout 1000 times too short, batch and pause skip offsets). */
#include "collector/kafka/kafka_in.h"
#include "collector/base/store_guard.h"
#include "collector/kafka/kafka_reader.h"

#include "common/clock.h"
#include "common/kafka_outage.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS_MAX     64
#define WATERMARK_MS_MAX 1000 /* to ask a broker for the ends of a log */
#define HURRY_MS_MAX     100
#define STOP_TURNS       4
#define RETRY_MS         500  /* before an assignment is answered again */
#define UNSEEN_MS_MAX    6000 /* a session: without a poll for longer, the program was frozen */

struct kafka_in {
    struct kafka_in_options options;
    rd_kafka_t *client;
    rd_kafka_topic_partition_list_t *assignment; /* what the group gave us, or NULL */
    rd_kafka_topic_partition_list_t *applied;    /* to be committed, or NULL */
    bool pending;                                /* the assignment still has to be answered */
    bool broken;                                 /* a log may be another, since the assignment */
    int64_t polled_ms;                           /* monotonic: the last poll's end; 0: none */
    bool was_given;                              /* the group has spoken at least once */
    int hurried;                                 /* the partition that was asked about last */
    int64_t newest_ms;                           /* the greatest LogAppendTime */
};

static void forget_assignment(struct kafka_in *in)
{
    if (in->assignment != NULL)
        rd_kafka_topic_partition_list_destroy(in->assignment);
    in->assignment = NULL;
    in->pending = false;
}

/* Waits until the library has stopped what a new assignment replaces. The order to stop and its
 * report are a turn each of the library's main thread, and so is each call here. To change the
 * assignment again before ends the process (rdkafka_assignment.c: assertion `rktp_started`). */
static void wait_for_stops(struct kafka_in *in)
{
    for (int i = 0; i < STOP_TURNS; i++) {
        rd_kafka_topic_partition_list_t *unused;
        if (rd_kafka_assignment(in->client, &unused) == RD_KAFKA_RESP_ERR_NO_ERROR)
            rd_kafka_topic_partition_list_destroy(unused);
    }
}

/* Asks the owner where each partition starts, and begins there. */
static void answer_assignment(struct kafka_in *in)
{
    in->pending = true;
    in->broken = false;
    in->options.calls->revoked(in->options.owner);
    for (int i = 0; i < in->assignment->cnt; i++) {
        rd_kafka_topic_partition_t *given = &in->assignment->elems[i];
        given->offset =
            in->options.calls->assigned(in->options.owner, given->topic, given->partition);
        if (given->offset < 0)
            return;
    }
    /* Over an assignment that is there, this replaces it and stays in the group; to clear it first
     * would make the library join again, and every other consumer of the group with it. */
    rd_kafka_resp_err_t error = rd_kafka_assign(in->client, in->assignment);
    in->pending = error != RD_KAFKA_RESP_ERR_NO_ERROR;
    in->polled_ms = 0; /* to ask the owner may take long */
    wait_for_stops(in);
    if (in->pending)
        log_warn("kafka_in", "cannot begin to read", "group=%s error=%s", in->options.group,
                 rd_kafka_err2str(error));
}

static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t error,
                         rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
    struct kafka_in *in = opaque;

    forget_assignment(in);
    if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        in->was_given = true;
        in->assignment = rd_kafka_topic_partition_list_copy(partitions);
        log_info("kafka_in", "partitions assigned", "group=%s count=%d", in->options.group,
                 partitions->cnt);
        answer_assignment(in);
        return;
    }
    in->options.calls->revoked(in->options.owner);
    rd_kafka_assign(client, NULL);
    log_info("kafka_in", "partitions revoked", "group=%s", in->options.group);
}

/* "BROKER: Disconnected (after 3013ms in state UP)", in rd_kafka_consumer_poll(); a broker that
 * hangs is left after a minute, "timed out". A connection that could not be made gave no records,
 * and the coordinator's gives none. */
static void on_error(rd_kafka_t *client, int error, const char *reason, void *opaque)
{
    struct kafka_in *in = opaque;
    bool was_up = strstr(reason, "in state ") == NULL || strstr(reason, "in state UP") != NULL;

    (void)client;
    bool ended = error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (ended && was_up && strstr(reason, "GroupCoordinator") == NULL)
        in->broken = true;
    if (!kafka_outage_take("ERROR", reason, clock_mono_ms()))
        log_warn("kafka_in", "librdkafka says", "group=%s error=%s", in->options.group, reason);
}

static bool subscribe(struct kafka_in *in)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(4);

    for (const char *const *topic = in->options.topics; *topic != NULL; topic++)
        rd_kafka_topic_partition_list_add(topics, *topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t error = rd_kafka_subscribe(in->client, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    return error == RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* Connections that end are told (on_error), but for those that nobody used for a while.
 * Fetch queues: small, since what waits in memory here waits as well in Kafka. A batch is at most
 * what is in the queue, which is full when it has the kilobytes or a fetch more. A pair a line; the
 * file's `kafka.` pairs go over them. */
/* clang-format off */
static const char *const queue_settings[][12] = {
    [KAFKA_IN_SHORT] = {
        "queued.min.messages", "100000",
        "queued.max.messages.kbytes", "2048",
        "fetch.message.max.bytes", "262144",
        "enable.partition.eof", "true",
        "log.connection.close", "true",
        NULL,
    },
    [KAFKA_IN_LONG] = {
        "queued.min.messages", "100000",
        "queued.max.messages.kbytes", "8192",
        "fetch.message.max.bytes", "524288",
        "enable.partition.eof", "true",
        "log.connection.close", "true",
        NULL,
    },
};
/* clang-format on */

static rd_kafka_conf_t *make_conf(const struct kafka_in_options *options)
{
    char gather_ms[16], gather_bytes[16];
    const char *const gather[] = { "fetch.min.bytes", gather_bytes, "fetch.wait.max.ms", gather_ms,
                                   NULL };
    const char *const *const parts[] = { kafka_consumer_settings, queue_settings[options->queue],
                                         options->gather_ms > 0 ? gather : NULL, NULL };

    snprintf(gather_ms, sizeof gather_ms, "%d", options->gather_ms);
    snprintf(gather_bytes, sizeof gather_bytes, "%d", options->gather_bytes);
    return kafka_conf_of(options->brokers, options->pairs, parts);
}

struct kafka_in *kafka_in_open(const struct kafka_in_options *options)
{
    struct kafka_in *in = calloc(1, sizeof *in);
    rd_kafka_conf_t *conf = make_conf(options);

    if (in == NULL)
        abort();
    in->options = *options;
    if (conf != NULL) {
        rd_kafka_conf_set(conf, "group.id", options->group, NULL, 0);
        rd_kafka_conf_set_opaque(conf, in);
        rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
        rd_kafka_conf_set_error_cb(conf, on_error);
    }
    in->client = kafka_client_new(RD_KAFKA_CONSUMER, conf, "kafka_in");
    if (in->client != NULL) {
        rd_kafka_poll_set_consumer(in->client);
        if (subscribe(in))
            return in;
    }
    kafka_in_close(in);
    return NULL;
}

void kafka_in_close(struct kafka_in *in)
{
    if (in == NULL)
        return;
    if (in->client != NULL) {
        rd_kafka_consumer_close(in->client);
        rd_kafka_destroy(in->client);
    }
    if (in->applied != NULL)
        rd_kafka_topic_partition_list_destroy(in->applied);
    forget_assignment(in);
    free(in);
}

/* What a peer that is away mends by itself. */
static bool mends_itself(rd_kafka_resp_err_t error)
{
    return error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
           error == RD_KAFKA_RESP_ERR__RESOLVE || error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

static bool is_missing(rd_kafka_resp_err_t error)
{
    return error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

/* An error in place of a record. */
static enum kafka_in_result judge_error(struct kafka_in *in, const rd_kafka_message_t *message,
                                        struct kafka_record *record)
{
    bool lost = message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
                message->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;

    bool is_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;

    if ((lost || is_end) && message->rkt != NULL) {
        record->topic = rd_kafka_topic_name(message->rkt);
        record->partition = message->partition;
        record->offset = message->offset;
        return lost ? KAFKA_IN_LOST : KAFKA_IN_END;
    }
    if (is_missing(message->err) && message->rkt != NULL) { /* librdkafka says it once */
        log_warn("kafka_in", "waiting for a topic in Kafka", "group=%s missing=%s",
                 in->options.group, rd_kafka_topic_name(message->rkt));
        return KAFKA_IN_NOTHING;
    }
    log_line(mends_itself(message->err) ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARN, "kafka_in", "no record",
             "group=%s error=%s", in->options.group, rd_kafka_message_errstr(message));
    return KAFKA_IN_NOTHING;
}

/* Before an assignment is answered again: lets rebalances come that make the answer needless, and
 * drops what is fetched meanwhile, which is read again from where the answer says. */
static rd_kafka_message_t *settle(struct kafka_in *in)
{
    int64_t until_ms = clock_mono_ms() + RETRY_MS;

    for (int64_t left_ms = RETRY_MS; left_ms > 0; left_ms = until_ms - clock_mono_ms()) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(in->client, (int)left_ms);
        if (!in->pending)
            return message; /* the first of an assignment that came and was answered just now */
        if (message != NULL)
            rd_kafka_message_destroy(message);
    }
    answer_assignment(in);
    return NULL;
}

static void note_time(struct kafka_in *in, const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t type;
    int64_t append_ms = rd_kafka_message_timestamp(message, &type);

    if (type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME && append_ms > in->newest_ms)
        in->newest_ms = append_ms;
}

/* A broker that lost its lead, cut its log and had it filled by the new leader goes on to answer
 * (Kafka 4.1: a follower does): who looks all the time is told by its error, "out of range". */
static void note_poll(struct kafka_in *in)
{
    int64_t now_ms = clock_mono_ms();

    in->broken |= in->polled_ms != 0 && now_ms - in->polled_ms > UNSEEN_MS_MAX;
    in->polled_ms = now_ms;
}

enum kafka_in_result kafka_in_poll(struct kafka_in *in, int timeout_ms, struct kafka_record *record)
{
    rd_kafka_message_t *message =
        in->pending ? settle(in) : rd_kafka_consumer_poll(in->client, timeout_ms);

    note_poll(in);
    *record = (struct kafka_record){ .message = message };
    if (in->broken && !in->pending && in->assignment != NULL) {
        in->broken = false;
        kafka_in_release(record);
        return KAFKA_IN_BROKEN;
    }
    if (message == NULL)
        return KAFKA_IN_NOTHING;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        enum kafka_in_result result = judge_error(in, message, record);
        kafka_in_release(record);
        return result;
    }
    kafka_reader_record(message, record);
    note_time(in, message);
    return KAFKA_IN_RECORD;
}

int64_t kafka_in_newest_ms(const struct kafka_in *in)
{
    return in->newest_ms;
}

void kafka_in_release(struct kafka_record *record)
{
    if (record->message != NULL)
        rd_kafka_message_destroy(record->message);
    record->message = NULL;
}

bool kafka_in_header(const struct kafka_record *record, const char *name, char *value, size_t size)
{
    rd_kafka_headers_t *headers;
    const void *bytes;
    size_t length;

    /* A record that did not come from the library, as in tests, has none. */
    if (record->message == NULL ||
        rd_kafka_message_headers(record->message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        rd_kafka_header_get_last(headers, name, &bytes, &length) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        bytes == NULL)
        return false;
    snprintf(value, size, "%.*s", (int)length, (const char *)bytes);
    return true;
}

bool kafka_in_ends(struct kafka_in *in, const char *topic, int32_t partition, int64_t *low,
                   int64_t *high)
{
    store_guard_no_write("the ends of a log");
    rd_kafka_resp_err_t error =
        rd_kafka_query_watermark_offsets(in->client, topic, partition, low, high, WATERMARK_MS_MAX);

    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        log_warn("kafka_in", "cannot ask for the ends of a log", "group=%s topic=%s error=%s",
                 in->options.group, topic, rd_kafka_err2str(error));
    return error == RD_KAFKA_RESP_ERR_NO_ERROR;
}

void kafka_in_hurry(struct kafka_in *in)
{
    int64_t low, high;

    if (in->assignment == NULL || in->assignment->cnt == 0)
        return;
    in->hurried = (in->hurried + 1) % in->assignment->cnt;
    const rd_kafka_topic_partition_t *asked = &in->assignment->elems[in->hurried];
    rd_kafka_query_watermark_offsets(in->client, asked->topic, asked->partition, &low, &high,
                                     HURRY_MS_MAX);
}

void kafka_in_reassign(struct kafka_in *in)
{
    if (in->assignment == NULL)
        return;
    in->options.calls->revoked(in->options.owner);
    in->pending = true;
}

void kafka_in_applied(struct kafka_in *in, const char *topic, int32_t partition, int64_t next)
{
    if (in->applied == NULL)
        in->applied = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(in->applied, topic, partition)->offset = next;
}

void kafka_in_commit(struct kafka_in *in)
{
    if (in->applied == NULL)
        return;
    rd_kafka_commit(in->client, in->applied, 1);
    rd_kafka_topic_partition_list_destroy(in->applied);
    in->applied = NULL;
}

bool kafka_in_is_assigned(const struct kafka_in *in)
{
    return in->was_given && !in->pending;
}

int64_t kafka_in_lag(struct kafka_in *in, const char *topic, int32_t partition, int64_t next)
{
    int64_t low, high;

    if (rd_kafka_get_watermark_offsets(in->client, topic, partition, &low, &high) !=
            RD_KAFKA_RESP_ERR_NO_ERROR ||
        high < 0)
        return -1;
    return high > next ? high - next : 0;
}
