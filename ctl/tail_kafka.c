/* librdkafka's simple consumer: the one that needs no group. All partitions feed one queue, and the
 * queue writes to a pipe, so that one poll(2) waits for Kafka and MQTT. */
#include "ctl/tail_kafka.h"

#include "common/kafka_conf.h"
#include "common/log.h"
#include "common/wire_kafka.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TURN_RECORDS_MAX 500
#define RETRY_MS         500
#define IDLE_MS          1000
#define TOPIC_PREFIX     "carrito."

struct partition {
    rd_kafka_topic_t *topic;
    int32_t number;
    bool at_end;
};

struct tail_kafka {
    struct tail_kafka_options options;
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
    int wake[2]; /* the queue writes into 1, poll reads 0 */
    struct partition *partitions;
    size_t count;
    bool more; /* the queue was not empty when the last turn ended */
    char why[160];
};

static const char *const settings[] = {
    "client.id", "carritoctl", "enable.partition.eof", "true", "auto.offset.reset",
    "earliest", /* where retention took the offset that was asked for */
    NULL,
};

static bool open_queue(struct tail_kafka *kafka)
{
    if (pipe2(kafka->wake, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    kafka->queue = rd_kafka_queue_new(kafka->client);
    rd_kafka_queue_io_event_enable(kafka->queue, kafka->wake[1], "k", 1);
    return true;
}

struct tail_kafka *tail_kafka_open(const struct tail_kafka_options *options)
{
    struct tail_kafka *kafka = calloc(1, sizeof *kafka);

    if (!kafka)
        abort();
    kafka->options = *options;
    kafka->wake[0] = kafka->wake[1] = -1;
    kafka->client = kafka_client_new(
        RD_KAFKA_CONSUMER, kafka_conf_new(options->brokers, options->pairs, settings), "tail");
    if (kafka->client && open_queue(kafka))
        return kafka;
    tail_kafka_close(kafka);
    return NULL;
}

static void close_partitions(struct tail_kafka *kafka)
{
    for (size_t i = 0; i < kafka->count; i++) {
        struct partition *partition = &kafka->partitions[i];

        rd_kafka_consume_stop(partition->topic, partition->number);
        /* Partitions of a topic lie together and share one handle. */
        if (i + 1 == kafka->count || kafka->partitions[i + 1].topic != partition->topic)
            rd_kafka_topic_destroy(partition->topic);
    }
    free(kafka->partitions);
}

void tail_kafka_close(struct tail_kafka *kafka)
{
    if (!kafka)
        return;
    close_partitions(kafka);
    if (kafka->queue)
        rd_kafka_queue_destroy(kafka->queue);
    if (kafka->client)
        rd_kafka_destroy(kafka->client);
    for (int i = 0; i < 2; i++)
        if (kafka->wake[i] >= 0)
            close(kafka->wake[i]);
    free(kafka);
}

static int64_t start_offset(const struct tail_kafka *kafka)
{
    switch (kafka->options.start) {
    case TAIL_BEGINNING:
        return RD_KAFKA_OFFSET_BEGINNING;
    case TAIL_LAST:
        return RD_KAFKA_OFFSET_TAIL(kafka->options.last);
    case TAIL_END:
        break;
    }
    return RD_KAFKA_OFFSET_END;
}

static bool add_partition(struct tail_kafka *kafka, rd_kafka_topic_t *topic, int32_t number)
{
    struct partition *grown =
        realloc(kafka->partitions, (kafka->count + 1) * sizeof *kafka->partitions);

    if (!grown)
        return false;
    kafka->partitions = grown;
    if (rd_kafka_consume_start_queue(topic, number, start_offset(kafka), kafka->queue) != 0)
        return false;
    kafka->partitions[kafka->count++] = (struct partition){ .topic = topic, .number = number };
    return true;
}

static void add_topic(struct tail_kafka *kafka, const struct rd_kafka_metadata_topic *found)
{
    rd_kafka_topic_t *topic = rd_kafka_topic_new(kafka->client, found->topic, NULL);
    size_t before = kafka->count;

    if (!topic)
        return;
    for (int i = 0; i < found->partition_cnt; i++)
        add_partition(kafka, topic, found->partitions[i].id);
    if (kafka->count == before)
        rd_kafka_topic_destroy(topic);
}

/* Looks for topics and starts to read them. */
static enum tail_kafka_state start(struct tail_kafka *kafka)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t error =
        rd_kafka_metadata(kafka->client, 1, NULL, &metadata, TAIL_KAFKA_METADATA_MS);

    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        snprintf(kafka->why, sizeof kafka->why, "%s", rd_kafka_err2str(error));
        return TAIL_KAFKA_AWAY;
    }
    for (int i = 0; i < metadata->topic_cnt; i++) {
        const char *topic = metadata->topics[i].topic;

        if (strncmp(topic, TOPIC_PREFIX, strlen(TOPIC_PREFIX)) == 0 &&
            tail_wants_topic(kafka->options.tail, topic))
            add_topic(kafka, &metadata->topics[i]);
    }
    rd_kafka_metadata_destroy(metadata);
    return kafka->count > 0 ? TAIL_KAFKA_READING : TAIL_KAFKA_NO_TOPIC;
}

/* A header's text, NULL where it is absent. Header values need no NUL by the protocol, but
 * librdkafka puts one behind each (rdkafka.h, rd_kafka_header_get). */
static const char *header(const rd_kafka_message_t *message, const char *name)
{
    rd_kafka_headers_t *headers;
    const void *value;
    size_t size;

    if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return NULL;
    return value;
}

static void hand_over(struct tail_kafka *kafka, const rd_kafka_message_t *message)
{
    char *key = message->key ? strndup(message->key, message->key_len) : NULL;
    rd_kafka_timestamp_type_t kind;
    const char *retained = header(message, HEADER_RETAINED);
    struct tail_record record = {
        .source = TAIL_KAFKA,
        .topic = rd_kafka_topic_name(message->rkt),
        .partition = message->partition,
        .offset = message->offset,
        .key = key,
        .type = header(message, HEADER_TYPE),
        .retained = retained != NULL,
        .time_ms = rd_kafka_message_timestamp(message, &kind),
        .payload = message->payload,
        .length = message->len,
    };

    kafka->options.record(kafka->options.owner, &record);
    free(key);
}

static void mark_end(struct tail_kafka *kafka, const rd_kafka_message_t *message)
{
    for (size_t i = 0; i < kafka->count; i++)
        if (kafka->partitions[i].topic == message->rkt &&
            kafka->partitions[i].number == message->partition)
            kafka->partitions[i].at_end = true;
}

static void take(struct tail_kafka *kafka, const rd_kafka_message_t *message)
{
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        hand_over(kafka, message);
    else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        mark_end(kafka, message);
    else
        log_warn("tail", "kafka read error", "error=%s", rd_kafka_message_errstr(message));
}

static bool is_at_end(const struct tail_kafka *kafka)
{
    for (size_t i = 0; i < kafka->count; i++)
        if (!kafka->partitions[i].at_end)
            return false;
    return true;
}

enum tail_kafka_state tail_kafka_turn(struct tail_kafka *kafka)
{
    rd_kafka_message_t *message = NULL;
    char drained[64];

    if (kafka->count == 0) {
        enum tail_kafka_state state = start(kafka);

        if (state != TAIL_KAFKA_READING)
            return state;
    }
    while (read(kafka->wake[0], drained, sizeof drained) > 0)
        ;
    for (int i = 0; i < TURN_RECORDS_MAX; i++) {
        message = rd_kafka_consume_queue(kafka->queue, 0);
        if (!message)
            break;
        take(kafka, message);
        rd_kafka_message_destroy(message);
    }
    kafka->more = message != NULL;
    return is_at_end(kafka) ? TAIL_KAFKA_AT_END : TAIL_KAFKA_READING;
}

int tail_kafka_fd(const struct tail_kafka *kafka)
{
    return kafka->wake[0];
}

int tail_kafka_timeout_ms(const struct tail_kafka *kafka)
{
    if (kafka->more)
        return 0;
    return kafka->count == 0 ? RETRY_MS : IDLE_MS;
}

size_t tail_kafka_partitions(const struct tail_kafka *kafka)
{
    return kafka->count;
}

const char *tail_kafka_why(const struct tail_kafka *kafka)
{
    return kafka->why;
}

const char *tail_kafka_library(void)
{
    return rd_kafka_version_str();
}
