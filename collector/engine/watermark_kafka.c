/* The watermark's questions, by a client of librdkafka that does nothing else: a broker answers the
 * requests of a connection in their order, and holds a consumer's fetch for half a second. */
#include "collector/base/store_guard.h"
#include "collector/engine/watermark_source.h"

#include "common/clock.h"
#include "common/event.h"
#include "common/kafka_conf.h"
#include "common/kafka_headers.h"
#include "common/log.h"
#include "common/protocol.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ListOffsets' timestamp for "the end" (Kafka protocol, ListOffsets request). */
#define TIMESTAMP_LATEST (-1)
#define KEY_SIZE         64

struct source {
    struct watermark_source_options options;
    rd_kafka_t *client;
    rd_kafka_queue_t *reports;
    /* Of the topics that are looked at: metadata is asked for what a client knows, and not for all
     * that a shared cluster has. */
    rd_kafka_topic_t *handles[32];
    size_t handle_count;
    rd_kafka_topic_t *time;
    char key[KEY_SIZE];
    int64_t sent; /* records to carrito.time */
};

/* A pair a line. */
/* clang-format off */
static const char *const settings[] = {
    "client.id", "carrito-collector-watermark",
    /* A time that comes late is none: the next record brings a newer one. */
    "acks", "1",
    "message.timeout.ms", "5000",
    "linger.ms", "0",
    "queue.buffering.max.messages", "1000",
    /* For ListOffsets: what an open transaction has written is in the log, and may become readable
     * with the time that it has. Without this, the end would lie before it. */
    "isolation.level", "read_uncommitted",
    NULL,
};
/* clang-format on */

/* A topic with other timestamps has the time of whoever wrote: that is a clock of ours. */
static void on_report(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    const struct source *source = opaque;
    rd_kafka_timestamp_type_t type;
    int64_t append_ms = rd_kafka_message_timestamp(message, &type);

    (void)client;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR && type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME)
        source->options.saw(source->options.owner, append_ms);
}

static void close_source(void *owner)
{
    struct source *source = owner;

    for (size_t i = 0; i < source->handle_count; i++)
        rd_kafka_topic_destroy(source->handles[i]);
    if (source->reports != NULL)
        rd_kafka_queue_destroy(source->reports);
    if (source->client != NULL) {
        rd_kafka_purge(source->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        rd_kafka_destroy(source->client);
    }
    free(source);
}

static rd_kafka_topic_t *handle_of(struct source *source, const char *topic)
{
    for (size_t i = 0; i < source->handle_count; i++)
        if (strcmp(rd_kafka_topic_name(source->handles[i]), topic) == 0)
            return source->handles[i];
    if (source->handle_count == sizeof source->handles / sizeof *source->handles)
        return NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(source->client, topic, NULL);
    if (handle != NULL)
        source->handles[source->handle_count++] = handle;
    return handle;
}

static void *open_source(const struct watermark_source_options *options)
{
    static const uint64_t one = 1;
    struct source *source = calloc(1, sizeof *source);
    rd_kafka_conf_t *conf = kafka_conf_new(options->brokers, options->pairs, settings);
    char id[EPOCH_LENGTH_MAX + 1];

    if (source == NULL)
        abort();
    source->options = *options;
    epoch_make(id);
    snprintf(source->key, sizeof source->key, "collector/%s", id);
    if (conf != NULL) {
        rd_kafka_conf_set_opaque(conf, source);
        rd_kafka_conf_set_dr_msg_cb(conf, on_report);
    }
    source->client = kafka_client_new(RD_KAFKA_PRODUCER, conf, "watermark");
    if (source->client == NULL || (source->time = handle_of(source, TOPIC_TIME)) == NULL) {
        close_source(source);
        return NULL;
    }
    source->reports = rd_kafka_queue_get_main(source->client);
    rd_kafka_queue_io_event_enable(source->reports, options->wake_fd, &one, sizeof one);
    return source;
}

static void send_time(void *owner, int32_t partitions)
{
    struct source *source = owner;
    char value[64], id[WIRE_ID_SIZE];

    /* Our own clock, for whoever compares; nothing is decided by it. */
    int length = snprintf(value, sizeof value, "{\"ts_ms\":%" PRId64 "}", clock_wall_ms());
    for (int32_t partition = 0; partition < partitions; partition++) {
        snprintf(id, sizeof id, "%s/%" PRId64, source->key, ++source->sent);
        rd_kafka_headers_t *headers = kafka_headers_new(
            &(struct wire_envelope){ .id = id, .type = "time", .origin = WIRE_ORIGIN_CENTRE });
        rd_kafka_resp_err_t error = rd_kafka_producev(
            source->client, RD_KAFKA_V_RKT(source->time), RD_KAFKA_V_PARTITION(partition),
            RD_KAFKA_V_KEY(source->key, strlen(source->key)),
            RD_KAFKA_V_VALUE(value, (size_t)length), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
            rd_kafka_headers_destroy(headers); /* else they are the library's */
    }
}

static void serve(void *owner)
{
    struct source *source = owner;

    rd_kafka_poll(source->client, 0);
}

static void read_topic(const rd_kafka_metadata_topic_t *from, struct watermark_topic *topic)
{
    topic->partitions = from->err == RD_KAFKA_RESP_ERR_NO_ERROR ? from->partition_cnt : 0;
    free(topic->leaders);
    topic->leaders = malloc(((size_t)topic->partitions + 1) * sizeof *topic->leaders);
    if (topic->leaders == NULL)
        abort();
    for (int32_t i = 0; i < topic->partitions; i++)
        topic->leaders[i] = -1;
    for (int32_t i = 0; i < topic->partitions; i++) {
        int32_t number = from->partitions[i].id;
        if (number >= 0 && number < topic->partitions)
            topic->leaders[number] = from->partitions[i].leader;
    }
}

static bool look(void *owner, struct watermark_topic *topics, size_t count)
{
    struct source *source = owner;
    const struct rd_kafka_metadata *metadata;

    store_guard_no_write("a question to Kafka");
    for (size_t i = 0; i < count; i++)
        handle_of(source, topics[i].name);
    if (rd_kafka_metadata(source->client, 0, NULL, &metadata, WATERMARK_ASK_MS_MAX) !=
        RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    for (int at = 0; at < metadata->topic_cnt; at++)
        for (size_t i = 0; i < count; i++)
            if (strcmp(metadata->topics[at].topic, topics[i].name) == 0)
                read_topic(&metadata->topics[at], &topics[i]);
    rd_kafka_metadata_destroy(metadata);
    return true;
}

static void ends(void *owner, struct watermark_log *logs, size_t count)
{
    struct source *source = owner;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);

    store_guard_no_write("a question to Kafka");
    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, logs[i].topic, logs[i].partition)->offset =
            TIMESTAMP_LATEST;
    rd_kafka_resp_err_t error =
        rd_kafka_offsets_for_times(source->client, list, WATERMARK_ASK_MS_MAX);
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_topic_partition_t *one = &list->elems[i];
        bool known = error == RD_KAFKA_RESP_ERR_NO_ERROR &&
                     one->err == RD_KAFKA_RESP_ERR_NO_ERROR && one->offset >= 0;
        logs[i].end = known ? one->offset : -1;
    }
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        log_debug("watermark", "the ends of logs are not known", "leader=%d error=%s",
                  (int)logs[0].leader, rd_kafka_err2str(error));
    rd_kafka_topic_partition_list_destroy(list);
}

const struct watermark_source_calls watermark_kafka = {
    .open = open_source,
    .close = close_source,
    .send_time = send_time,
    .serve = serve,
    .look = look,
    .ends = ends,
};
