/* What is in the log of the mock cluster: every sample, and those of a key in their order. */
#ifndef CARRITO_TESTS_KAFKA_LOG_H
#define CARRITO_TESTS_KAFKA_LOG_H

#include "kafka_scene.h"

struct log_reader {
    int last[KEYS];     /* the highest number read of each key */
    bool seen[RECORDS]; /* each number */
    int total;
};

/* Numbers of a key may repeat (produced again) but a new one must be higher than all before. */
static void note_record(struct log_reader *reader, const rd_kafka_message_t *message)
{
    char text[32] = "";

    memcpy(text, message->payload, message->len < 31 ? message->len : 31);
    int number = atoi(text), key = number % KEYS;
    reader->total++;
    if (reader->seen[number])
        return;
    if (number < reader->last[key])
        fail_msg("%d came after %d", number, reader->last[key]);
    reader->seen[number] = true;
    reader->last[key] = number;
}

static rd_kafka_t *open_consumer(const struct cluster *cluster, const char *topic)
{
    char error[128];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(PARTITIONS);

    rd_kafka_conf_set(conf, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster->mock),
                      error, sizeof error);
    rd_kafka_conf_set(conf, "group.id", "test", error, sizeof error);
    rd_kafka_conf_set(conf, "enable.partition.eof", "true", error, sizeof error);
    rd_kafka_conf_set(conf, "enable.auto.commit", "false", error, sizeof error);
    rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    assert_non_null(consumer);
    rd_kafka_poll_set_consumer(consumer);
    for (int i = 0; i < PARTITIONS; i++)
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(consumer, list);
    rd_kafka_topic_partition_list_destroy(list);
    return consumer;
}

/* Reads the topic to its end. */
static void read_log(const struct cluster *cluster, const char *topic, struct log_reader *reader)
{
    rd_kafka_t *consumer = open_consumer(cluster, topic);
    int64_t end_ms = clock_mono_ms() + PATIENCE_MS;

    bool ended[PARTITIONS] = { false }; /* an end may be said twice */

    *reader = (struct log_reader){ .total = 0 };
    while (!ended[0] || !ended[1] || !ended[2] || !ended[3]) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, 100);
        assert_true(clock_mono_ms() < end_ms);
        if (message == NULL)
            continue;
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
            ended[message->partition] = true;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            note_record(reader, message);
        rd_kafka_message_destroy(message);
    }
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
}

static void assert_all_in_log(const struct cluster *cluster)
{
    struct log_reader reader;

    read_log(cluster, "carrito.sales", &reader);
    for (int i = 0; i < RECORDS; i++)
        if (!reader.seen[i])
            fail_msg("%d is not in the log", i);
}

#endif
