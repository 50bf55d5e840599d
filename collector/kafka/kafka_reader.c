/* Opening, asking and reading, the same for all consumers. */
#include "collector/kafka/kafka_reader.h"

#include "common/log.h"

rd_kafka_t *kafka_reader_open(const char *brokers, const struct config_pairs *pairs,
                              const char *const *settings)
{
    rd_kafka_t *client = kafka_client_new(RD_KAFKA_CONSUMER,
                                          kafka_conf_new(brokers, pairs, settings), "kafka_reader");

    if (client != NULL)
        rd_kafka_poll_set_consumer(client);
    return client;
}

void kafka_reader_close(rd_kafka_t *client)
{
    if (client == NULL)
        return;
    rd_kafka_consumer_close(client);
    rd_kafka_destroy(client);
}

int32_t kafka_reader_partitions(rd_kafka_t *client, const char *topic, int timeout_ms)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    int32_t count = 0;

    if (handle == NULL)
        return 0;
    if (rd_kafka_metadata(client, 0, handle, &metadata, timeout_ms) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        count = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
        rd_kafka_metadata_destroy(metadata);
    }
    rd_kafka_topic_destroy(handle);
    return count;
}

void kafka_reader_record(rd_kafka_message_t *message, struct kafka_record *record)
{
    *record = (struct kafka_record){
        .topic = rd_kafka_topic_name(message->rkt),
        .partition = message->partition,
        .offset = message->offset,
        .append_ms = rd_kafka_message_timestamp(message, NULL),
        .broker = rd_kafka_message_broker_id(message),
        .key = message->key,
        .key_length = message->key_len,
        .value = message->payload != NULL ? message->payload : "",
        .value_length = message->payload != NULL ? message->len : 0,
        .message = message,
    };
}
