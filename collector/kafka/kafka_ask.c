/* librdkafka's ListOffsets and metadata, on a client that does nothing else. */
#include "collector/kafka/kafka_ask.h"
#include "collector/base/store_guard.h"

#include "common/kafka_conf.h"
#include "common/log.h"

#include <stdlib.h>
#include <string.h>

/* ListOffsets' timestamp for "the end" (Kafka protocol, ListOffsets request). */
#define TIMESTAMP_LATEST (-1)

struct kafka_ask {
    rd_kafka_t *client;
};

struct kafka_ask *kafka_ask_open(const char *brokers, const struct config_pairs *pairs)
{
    static const char *const settings[] = { "client.id", "carrito-collector-ask", NULL };
    struct kafka_ask *ask = calloc(1, sizeof *ask);

    if (ask == NULL)
        abort();
    ask->client =
        kafka_client_new(RD_KAFKA_PRODUCER, kafka_conf_new(brokers, pairs, settings), "kafka_ask");
    if (ask->client != NULL)
        return ask;
    free(ask);
    return NULL;
}

void kafka_ask_close(struct kafka_ask *ask)
{
    if (ask == NULL)
        return;
    rd_kafka_destroy(ask->client);
    free(ask);
}

bool kafka_ask_ends(struct kafka_ask *ask, struct kafka_ask_end *ends, size_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);

    store_guard_no_write("the ends of logs");
    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, ends[i].topic, ends[i].partition)->offset =
            TIMESTAMP_LATEST;
    rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(ask->client, list, KAFKA_ASK_MS_MAX);
    bool known = error == RD_KAFKA_RESP_ERR_NO_ERROR;
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_topic_partition_t *one = &list->elems[i];
        bool answered = error == RD_KAFKA_RESP_ERR_NO_ERROR &&
                        one->err == RD_KAFKA_RESP_ERR_NO_ERROR && one->offset >= 0;
        ends[i].end = answered ? one->offset : -1;
        known = known && answered;
    }
    if (!known)
        log_debug("kafka_ask", "the ends of the logs are not known", "error=%s",
                  rd_kafka_err2str(error));
    rd_kafka_topic_partition_list_destroy(list);
    return known;
}

int64_t kafka_ask_partition_count(struct kafka_ask *ask, const char *const *topics)
{
    const struct rd_kafka_metadata *metadata;
    int64_t count = 0;

    store_guard_no_write("metadata");
    /* Of all topics, in one answer. */
    if (rd_kafka_metadata(ask->client, 1, NULL, &metadata, KAFKA_ASK_MS_MAX) !=
        RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    for (int i = 0; i < metadata->topic_cnt; i++)
        for (const char *const *topic = topics; *topic != NULL; topic++)
            if (strcmp(*topic, metadata->topics[i].topic) == 0)
                count += metadata->topics[i].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    return count;
}
