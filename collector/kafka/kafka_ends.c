/* librdkafka's ListOffsets, with a short memory. */
#include "collector/kafka/kafka_ends.h"

#include "common/clock.h"
#include "common/kafka_conf.h"
#include "common/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define REMEMBER_MS 1000
/* ListOffsets' timestamp for "the end" (Kafka protocol, ListOffsets request). */
#define TIMESTAMP_LATEST (-1)

struct kafka_ends {
    rd_kafka_t *kafka;
    pthread_mutex_t lock;
    struct kafka_end known[KAFKA_ENDS_MAX];
    size_t known_count;
    int64_t asked_ms; /* monotonic */
};

struct kafka_ends *kafka_ends_open(const char *brokers, const struct config_pairs *pairs)
{
    static const char *const settings[] = { "client.id", "carrito-collector-api", NULL };
    char why[256];
    struct kafka_ends *ends = calloc(1, sizeof *ends);
    rd_kafka_conf_t *conf = kafka_conf_new(brokers, pairs, settings);
    if (ends == NULL)
        abort();
    pthread_mutex_init(&ends->lock, NULL);
    ends->asked_ms = -REMEMBER_MS;
    if (conf != NULL)
        ends->kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (ends->kafka != NULL)
        return ends;
    if (conf != NULL) {
        log_error("api", "no Kafka client for the end offsets", "why=%s", why);
        rd_kafka_conf_destroy(conf);
    }
    kafka_ends_close(ends);
    return NULL;
}

void kafka_ends_close(struct kafka_ends *ends)
{
    if (ends == NULL)
        return;
    if (ends->kafka != NULL)
        rd_kafka_destroy(ends->kafka);
    pthread_mutex_destroy(&ends->lock);
    free(ends);
}

static int64_t known_end(const struct kafka_ends *ends, const struct kafka_end *wanted)
{
    for (size_t i = 0; i < ends->known_count; i++)
        if (ends->known[i].partition == wanted->partition &&
            strcmp(ends->known[i].topic, wanted->topic) == 0)
            return ends->known[i].end;
    return -1;
}

/* Asks for all that are wanted, and keeps what was answered. */
static void ask(struct kafka_ends *ends, const struct kafka_end *wanted, size_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, wanted[i].topic, wanted[i].partition)->offset =
            TIMESTAMP_LATEST;
    rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(ends->kafka, list, KAFKA_ENDS_WAIT_MS);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        log_debug("api", "Kafka's ends are not known", "why=%s", rd_kafka_err2str(error));
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_topic_partition_t *one = &list->elems[i];
        bool answered = error == RD_KAFKA_RESP_ERR_NO_ERROR &&
                        one->err == RD_KAFKA_RESP_ERR_NO_ERROR && one->offset >= 0;
        ends->known[i] = wanted[i];
        ends->known[i].end = answered ? one->offset : -1;
    }
    ends->known_count = count;
    ends->asked_ms = clock_mono_ms();
    rd_kafka_topic_partition_list_destroy(list);
}

void kafka_ends_read(struct kafka_ends *ends, struct kafka_end *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        wanted[i].end = -1;
    if (ends == NULL || count == 0)
        return;
    size_t asked = count < KAFKA_ENDS_MAX ? count : KAFKA_ENDS_MAX;
    pthread_mutex_lock(&ends->lock);
    if (asked != ends->known_count || clock_mono_ms() - ends->asked_ms >= REMEMBER_MS)
        ask(ends, wanted, asked);
    for (size_t i = 0; i < asked; i++)
        wanted[i].end = known_end(ends, &wanted[i]);
    pthread_mutex_unlock(&ends->lock);
}

int32_t kafka_ends_partitions(struct kafka_ends *ends, const char *topic)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(ends->kafka, topic, NULL);
    int32_t count = 0;

    if (rd_kafka_metadata(ends->kafka, 0, handle, &metadata, KAFKA_ENDS_WAIT_MS) ==
        RD_KAFKA_RESP_ERR_NO_ERROR) {
        count = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
        rd_kafka_metadata_destroy(metadata);
    }
    rd_kafka_topic_destroy(handle);
    return count;
}
