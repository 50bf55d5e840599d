/* A consumer without a group's memory: assigned by hand, at the end of each partition. */
#include "collector/kafka_tail.h"

#include "common/clock.h"
#include "common/kafka_conf.h"
#include "common/log.h"

#include <stdlib.h>
#include <string.h>

#define TAIL_ASK_MS    1000  /* how long an answer about topics may take */
#define TAIL_RETRY_MS  1000  /* while one is missing */
#define TAIL_LOOK_MS   60000 /* afterwards: somebody may add partitions */
#define PARTITIONS_MAX 1024

struct kafka_tail {
    const char *const *topics;
    rd_kafka_t *client;
    int assigned; /* partitions that are followed */
    bool whole;
    int64_t look_ms; /* monotonic */
};

/* Only what is new is wanted; where an offset is gone, the end again. */
/* clang-format off */
static const char *const settings[] = {
    "group.id", "carrito-stream",
    "enable.auto.commit", "false",
    "enable.auto.offset.store", "false",
    "auto.offset.reset", "latest",
    "fetch.wait.max.ms", "50",
    "queued.max.messages.kbytes", "2048",
    NULL,
};
/* clang-format on */

struct kafka_tail *kafka_tail_open(const char *brokers, const struct config_pairs *pairs,
                                   const char *const *topics)
{
    struct kafka_tail *tail = calloc(1, sizeof *tail);
    rd_kafka_conf_t *conf = kafka_conf_new(brokers, pairs, settings);
    char error[256];

    if (tail == NULL)
        abort();
    tail->topics = topics;
    if (conf != NULL)
        tail->client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    if (tail->client != NULL) {
        rd_kafka_poll_set_consumer(tail->client);
        return tail;
    }
    if (conf != NULL) {
        log_error("kafka_tail", "no consumer", "error=%s", error);
        rd_kafka_conf_destroy(conf);
    }
    free(tail);
    return NULL;
}

void kafka_tail_close(struct kafka_tail *tail)
{
    if (tail == NULL)
        return;
    rd_kafka_consumer_close(tail->client);
    rd_kafka_destroy(tail->client);
    free(tail);
}

/* Adds the topic's partitions to the list; false where there is no such topic now. */
static bool add_topic(struct kafka_tail *tail, const char *name,
                      rd_kafka_topic_partition_list_t *list)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(tail->client, name, NULL);
    bool found = false;

    if (topic != NULL && rd_kafka_metadata(tail->client, 0, topic, &metadata, TAIL_ASK_MS) ==
                             RD_KAFKA_RESP_ERR_NO_ERROR) {
        int count = metadata->topic_cnt > 0 ? metadata->topics[0].partition_cnt : 0;
        found = count > 0;
        for (int i = 0; i < count && list->cnt < PARTITIONS_MAX; i++)
            rd_kafka_topic_partition_list_add(list, name, i)->offset = RD_KAFKA_OFFSET_END;
        rd_kafka_metadata_destroy(metadata);
    }
    if (topic != NULL)
        rd_kafka_topic_destroy(topic);
    return found;
}

/* What is followed already goes on where it is. */
static void keep_places(struct kafka_tail *tail, rd_kafka_topic_partition_list_t *list)
{
    rd_kafka_topic_partition_list_t *now = NULL;

    if (rd_kafka_assignment(tail->client, &now) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    rd_kafka_position(tail->client, now);
    for (int i = 0; i < list->cnt; i++) {
        rd_kafka_topic_partition_t *wanted = &list->elems[i];
        const rd_kafka_topic_partition_t *have =
            rd_kafka_topic_partition_list_find(now, wanted->topic, wanted->partition);
        if (have != NULL && have->offset >= 0)
            wanted->offset = have->offset;
    }
    rd_kafka_topic_partition_list_destroy(now);
}

static void look(struct kafka_tail *tail)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(64);

    tail->whole = true;
    for (const char *const *name = tail->topics; *name != NULL; name++)
        tail->whole = add_topic(tail, *name, list) && tail->whole;
    if (list->cnt > tail->assigned) {
        keep_places(tail, list);
        if (rd_kafka_assign(tail->client, list) == RD_KAFKA_RESP_ERR_NO_ERROR)
            tail->assigned = list->cnt;
    }
    rd_kafka_topic_partition_list_destroy(list);
    tail->look_ms = clock_mono_ms() + (tail->whole ? TAIL_LOOK_MS : TAIL_RETRY_MS);
}

bool kafka_tail_poll(struct kafka_tail *tail, int timeout_ms, struct kafka_record *record)
{
    if (clock_mono_ms() >= tail->look_ms)
        look(tail);
    rd_kafka_message_t *message = rd_kafka_consumer_poll(tail->client, timeout_ms);
    if (message == NULL)
        return false;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_message_destroy(message);
        return false;
    }
    *record = (struct kafka_record){
        .topic = rd_kafka_topic_name(message->rkt),
        .partition = message->partition,
        .offset = message->offset,
        .append_ms = rd_kafka_message_timestamp(message, NULL),
        .key = message->key,
        .key_length = message->key_len,
        .value = message->payload != NULL ? message->payload : "",
        .value_length = message->payload != NULL ? message->len : 0,
        .message = message,
    };
    return true;
}

bool kafka_tail_is_whole(const struct kafka_tail *tail)
{
    return tail->whole;
}
