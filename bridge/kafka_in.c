/* The consumer of commands. */
#include "bridge/kafka_in.h"
#include "common/kafka_conf.h"
#include "common/log.h"
#include "common/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RENEW_MS 1000 /* between two renewals of a failed assignment */

struct kafka_in {
    rd_kafka_t *client;
    rd_kafka_message_t *message; /* that the caller looks at, or NULL */
    int32_t assigned;            /* partitions */
    bool failed;                 /* since they were assigned */
    bool failure_logged;         /* since the last record */
    int64_t renew_ms;            /* not before, monotonic */
};

/* Commands are few and small: the library's buffers need not be made for more. */
static const char *const own_settings[][2] = {
    { "auto.offset.reset", "earliest" },
    { "queued.min.messages", "1000" },
    { "queued.max.messages.kbytes", "1024" },
    { "fetch.message.max.bytes", "262144" },
};

static rd_kafka_conf_t *make_conf(const struct kafka_out_options *options)
{
    rd_kafka_conf_t *conf =
        kafka_conf_new(options->brokers, options->pairs, kafka_consumer_settings);
    char group[128], error[256];

    if (conf == NULL)
        return NULL;
    snprintf(group, sizeof group, "carrito-bridge-%s", options->bridge_id);
    rd_kafka_conf_set(conf, "group.id", group, error, sizeof error);
    for (size_t i = 0; i < sizeof own_settings / sizeof *own_settings; i++)
        rd_kafka_conf_set(conf, own_settings[i][0], own_settings[i][1], error, sizeof error);
    return conf;
}

static void enable_wake_up(struct kafka_in *in, int wake_fd)
{
    static const uint64_t one = 1; /* what an eventfd takes */
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(in->client);

    rd_kafka_queue_io_event_enable(queue, wake_fd, &one, sizeof one);
    rd_kafka_queue_destroy(queue);
}

struct kafka_in *kafka_in_open(const struct kafka_out_options *options)
{
    struct kafka_in *in = calloc(1, sizeof *in);

    if (in == NULL)
        abort();
    in->client = kafka_client_new(RD_KAFKA_CONSUMER, make_conf(options), "kafka_in");
    if (in->client != NULL) {
        rd_kafka_poll_set_consumer(in->client);
        if (options->wake_fd >= 0)
            enable_wake_up(in, options->wake_fd);
        return in;
    }
    free(in);
    return NULL;
}

static void release(struct kafka_in *in)
{
    if (in->message != NULL)
        rd_kafka_message_destroy(in->message);
    in->message = NULL;
}

void kafka_in_close(struct kafka_in *in)
{
    if (in == NULL)
        return;
    release(in);
    /* There is no membership to leave, and closing the consumer could wait for Kafka. */
    rd_kafka_destroy_flags(in->client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    free(in);
}

void kafka_in_assign(struct kafka_in *in, int32_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(count);

    for (int32_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, TOPIC_COMMANDS, i)->offset = RD_KAFKA_OFFSET_STORED;
    rd_kafka_resp_err_t code = rd_kafka_assign(in->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        log_error("kafka_in", "partitions not assigned", "error=%s", rd_kafka_err2str(code));
    in->assigned = count;
    in->failed = code != RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* librdkafka (2.0, 2.8) never reads a partition again whose committed position was refused once, as
 * by a broker that does not coordinate the group any more or not yet (librdkafka's issue 5586). Not
 * every failure is of this kind; a renewal costs no more than a repetition. */
void kafka_in_renew(struct kafka_in *in, int64_t now_ms)
{
    if (!in->failed || now_ms < in->renew_ms)
        return;
    in->renew_ms = now_ms + RENEW_MS;
    kafka_in_assign(in, in->assigned);
}

static void note_failure(struct kafka_in *in, const rd_kafka_message_t *message)
{
    in->failed = true;
    if (!in->failure_logged)
        log_warn("kafka_in", "commands cannot be read, will keep trying", "error=%s",
                 rd_kafka_message_errstr(message));
    in->failure_logged = true;
}

bool kafka_in_next(struct kafka_in *in, struct command_record *record)
{
    for (;;) {
        release(in);
        in->message = rd_kafka_consumer_poll(in->client, 0);
        if (in->message == NULL)
            return false;
        if (in->message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            break;
        note_failure(in, in->message);
    }
    in->failure_logged = false;
    *record = (struct command_record){
        .key = in->message->key,
        .key_length = in->message->key_len,
        .value = in->message->payload,
        .value_length = in->message->len,
        .partition = in->message->partition,
        .offset = in->message->offset,
        .timestamp_ms = rd_kafka_message_timestamp(in->message, NULL),
    };
    return true;
}

void kafka_in_commit(struct kafka_in *in, const struct command_position *position)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(list, TOPIC_COMMANDS, position->partition)->offset =
        position->offset;
    rd_kafka_commit(in->client, list, 1);
    rd_kafka_topic_partition_list_destroy(list);
}
