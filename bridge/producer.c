/* One rd_kafka_t, and a record as a message of it. */
#include "bridge/producer.h"
#include "bridge/partition.h"
#include "common/kafka_conf.h"
#include "common/kafka_headers.h"
#include "common/owntracks.h"

#include <string.h>

#define QUEUE_MESSAGES "200000" /* more than a turn reads; beyond it, records wait in the list */
#define QUEUE_KBYTES   "65536"

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

static rd_kafka_conf_t *make_conf(const struct kafka_out_options *options,
                                  const struct producer_reports *reports)
{
    const char *const *const parts[] = { kafka_producer_settings, own_settings, NULL };
    rd_kafka_conf_t *conf = kafka_conf_of(options->brokers, options->pairs, parts);

    if (conf == NULL)
        return NULL;
    rd_kafka_conf_set_dr_msg_cb(conf, reports->delivered);
    rd_kafka_conf_set_opaque(conf, reports->owner);
    return conf;
}

static void enable_wake_up(rd_kafka_t *client, int wake_fd)
{
    static const uint64_t one = 1; /* what an eventfd takes */
    rd_kafka_queue_t *queue = rd_kafka_queue_get_main(client);

    rd_kafka_queue_io_event_enable(queue, wake_fd, &one, sizeof one);
    rd_kafka_queue_destroy(queue);
}

bool producer_open(struct producer *producer, const struct kafka_out_options *options,
                   const struct producer_reports *reports)
{
    producer->bridge_id = options->bridge_id;
    producer->client =
        kafka_client_new(RD_KAFKA_PRODUCER, make_conf(options, reports), "kafka_out");
    if (producer->client == NULL)
        return false;
    for (size_t i = 0; i < WIRE_BRIDGE_USES; i++)
        producer->topics[i] = rd_kafka_topic_new(producer->client, wire_topic_name(i), NULL);
    if (reports->wake_fd >= 0)
        enable_wake_up(producer->client, reports->wake_fd);
    return true;
}

void producer_close(struct producer *producer)
{
    if (producer->client == NULL)
        return;
    for (size_t i = 0; i < WIRE_BRIDGE_USES; i++)
        if (producer->topics[i] != NULL)
            rd_kafka_topic_destroy(producer->topics[i]);
    rd_kafka_destroy(producer->client);
    memset(producer->topics, 0, sizeof producer->topics);
    producer->client = NULL;
}

static rd_kafka_headers_t *make_headers(const struct producer *producer,
                                        const struct record *record)
{
    bool is_letter = record->type == NULL;

    return kafka_headers_new(&(struct wire_envelope){
        .id = is_letter ? NULL : record->id,
        .type = record->type,
        .origin = is_letter ? NULL : record->origin,
        .error = is_letter ? record->refused->text : NULL,
        .about = is_letter && record->refused->about[0] != '\0' ? record->refused->about : NULL,
        .source = is_letter ? record->origin : NULL,
        .bridge = producer->bridge_id,
        .cart_rule = record->by_user ? OWNTRACKS_RULE_USER : NULL,
        .retained = record->retained,
        .former = record->former && !is_letter,
    });
}

/* The value stays ours: no RD_KAFKA_MSG_F_COPY. The key is copied by librdkafka, always. */
rd_kafka_resp_err_t producer_send(const struct producer *producer, struct record *record)
{
    rd_kafka_headers_t *headers = make_headers(producer, record);
    rd_kafka_vu_t parts[] = {
        { .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = producer->topics[record->topic] },
        { .vtype = RD_KAFKA_VTYPE_PARTITION,
          .u.i32 = record->perishable ? record->partition : record->of->number },
        { .vtype = RD_KAFKA_VTYPE_KEY,
          .u.mem = { record->key_length > 0 ? (void *)(uintptr_t)record->key : NULL,
                     record->key_length } },
        { .vtype = RD_KAFKA_VTYPE_VALUE,
          .u.mem = { (void *)(uintptr_t)record->value, record->value_length } },
        { .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
        { .vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = record },
    };
    rd_kafka_error_t *error =
        rd_kafka_produceva(producer->client, parts, sizeof parts / sizeof *parts);

    if (error == NULL)
        return RD_KAFKA_RESP_ERR_NO_ERROR; /* the headers are librdkafka's now */
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    rd_kafka_headers_destroy(headers);
    return code;
}
