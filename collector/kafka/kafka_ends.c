/* librdkafka's ListOffsets and metadata, on a client that does nothing else; kept for a second. */
#include "collector/kafka/kafka_ends.h"
#include "collector/base/store_guard.h"

#include "common/clock.h"
#include "common/kafka_conf.h"
#include "common/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ASK_MS_MAX  2000
#define REMEMBER_MS 1000
#define REST_MS     5000 /* after no answer: meanwhile nobody else waits for one */

/* ListOffsets' timestamp for "the end" (Kafka protocol, ListOffsets request). */
#define TIMESTAMP_LATEST (-1)

struct kafka_ends {
    rd_kafka_t *client;
    pthread_mutex_t lock;
    struct kafka_end known[KAFKA_ENDS_MAX];
    size_t known_count;
    int64_t again_ms; /* monotonic: what is known holds until then */
    bool is_away;     /* the broker gave no answer */
};

struct kafka_ends *kafka_ends_open(const char *brokers, const struct config_pairs *pairs)
{
    static const char *const settings[] = { "client.id", "carrito-collector-ask", NULL };
    struct kafka_ends *ends = calloc(1, sizeof *ends);

    if (ends == NULL)
        abort();
    pthread_mutex_init(&ends->lock, NULL);
    ends->client =
        kafka_client_new(RD_KAFKA_PRODUCER, kafka_conf_new(brokers, pairs, settings), "kafka_ask");
    if (ends->client != NULL)
        return ends;
    kafka_ends_close(ends);
    return NULL;
}

void kafka_ends_close(struct kafka_ends *ends)
{
    if (ends == NULL)
        return;
    if (ends->client != NULL)
        rd_kafka_destroy(ends->client);
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

/* All in one request; -1 where the broker does not say. */
static void ask_broker(struct kafka_ends *ends)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)ends->known_count);
    bool known = true;

    store_guard_no_write("the ends of logs");
    for (size_t i = 0; i < ends->known_count; i++)
        rd_kafka_topic_partition_list_add(list, ends->known[i].topic, ends->known[i].partition)
            ->offset = TIMESTAMP_LATEST;
    rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(ends->client, list, ASK_MS_MAX);
    for (size_t i = 0; i < ends->known_count; i++) {
        const rd_kafka_topic_partition_t *one = &list->elems[i];
        bool answered = error == RD_KAFKA_RESP_ERR_NO_ERROR &&
                        one->err == RD_KAFKA_RESP_ERR_NO_ERROR && one->offset >= 0;
        ends->known[i].end = answered ? one->offset : -1;
        known = known && answered;
    }
    ends->is_away = error != RD_KAFKA_RESP_ERR_NO_ERROR;
    ends->again_ms = clock_mono_ms() + (ends->is_away ? REST_MS : REMEMBER_MS);
    if (!known)
        log_debug("kafka_ask", "the ends of the logs are not known", "error=%s",
                  rd_kafka_err2str(error));
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
    if (clock_mono_ms() >= ends->again_ms || (asked != ends->known_count && !ends->is_away)) {
        memcpy(ends->known, wanted, asked * sizeof *wanted);
        ends->known_count = asked;
        ask_broker(ends);
    }
    for (size_t i = 0; i < asked; i++)
        wanted[i].end = known_end(ends, &wanted[i]);
    pthread_mutex_unlock(&ends->lock);
}

int32_t kafka_ends_partitions(struct kafka_ends *ends, const char *topic)
{
    const struct rd_kafka_metadata *metadata;
    int32_t count = 0;

    store_guard_no_write("metadata");
    /* Of all topics, in one answer. */
    if (rd_kafka_metadata(ends->client, 1, NULL, &metadata, ASK_MS_MAX) !=
        RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (strcmp(topic, metadata->topics[i].topic) == 0)
            count = metadata->topics[i].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    return count;
}
