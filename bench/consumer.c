/* Reads what publisher.c sent, from Kafka, as it comes: how late, and in each cart's order?
 *
 * Starts at the end of the topic, says `ready` on standard output, and on SIGTERM prints one line
 * of JSON: records, those whose number did not rise within their cart, percentiles in ms.
 * Usage: consumer BROKERS TOPIC */
#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CARTS_MAX     1000
#define LATENCIES_MAX 8000000
#define TEXT_MAX      1024
#define POLL_MS       100
#define TRIES_MAX     100 /* of POLL_MS: a topic that was just made has no leader for a moment */
#define BATCH         2000

static volatile sig_atomic_t stop;

struct tally {
    char epoch[33];
    int64_t last[CARTS_MAX];
    long records, not_ascending;
    float *latency_ms;
    long latencies;
};

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* The number behind `"key":`, or -1. */
static int64_t number_of(const char *text, const char *key)
{
    const char *at = strstr(text, key);

    return at == NULL ? -1 : strtoll(at + strlen(key), NULL, 10);
}

static void take(struct tally *tally, const rd_kafka_message_t *message)
{
    char text[TEXT_MAX];
    size_t length = message->len < sizeof text ? message->len : sizeof text - 1;
    int cart;

    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR || message->payload == NULL)
        return;
    memcpy(text, message->payload, length);
    text[length] = '\0';
    const char *plate = strstr(text, "\"BENCH");
    const char *epoch = strstr(text, "\"epoch\":\"");
    int64_t sent = number_of(text, "\"sent_ns\":"), seq = number_of(text, "\"seq\":");
    if (sent < 0 || plate == NULL || epoch == NULL || sscanf(plate, "\"BENCH%d", &cart) != 1 ||
        cart < 0 || cart >= CARTS_MAX)
        return;
    epoch += strlen("\"epoch\":\"");
    if (strncmp(epoch, tally->epoch, 32) != 0) { /* another run of the publisher */
        memcpy(tally->epoch, epoch, 32);
        memset(tally->last, 0, sizeof tally->last);
    }
    tally->records++;
    tally->not_ascending += seq <= tally->last[cart];
    tally->last[cart] = seq;
    if (tally->latencies < LATENCIES_MAX)
        tally->latency_ms[tally->latencies++] = (float)(now_ns() - sent) * 1e-6f;
}

static rd_kafka_t *open_consumer(const char *brokers)
{
    char error[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    rd_kafka_conf_set(conf, "bootstrap.servers", brokers, NULL, 0);
    rd_kafka_conf_set(conf, "group.id", "bench-consumer", NULL, 0);
    rd_kafka_conf_set(conf, "enable.auto.commit", "false", NULL, 0);
    rd_kafka_conf_set(conf, "allow.auto.create.topics", "false", NULL, 0);
    rd_kafka_conf_set(conf, "socket.nagle.disable", "true", NULL, 0);
    rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    if (kafka == NULL)
        fprintf(stderr, "%s\n", error);
    return kafka;
}

/* Positions are resolved here, not by the word `end`, so that nothing sent after `ready` is missed.
 */
static bool assign_at_end(rd_kafka_t *kafka, const char *topic)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(kafka, topic, NULL);

    if (handle == NULL || rd_kafka_metadata(kafka, 0, handle, &metadata, 10000) != 0)
        return false;
    int count = metadata->topics[0].partition_cnt;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(count);
    for (int32_t i = 0; i < count; i++) {
        int64_t low, high;
        if (rd_kafka_query_watermark_offsets(kafka, topic, i, &low, &high, 10000) != 0)
            return false;
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = high;
    }
    bool ok = count > 0 && rd_kafka_assign(kafka, list) == 0;
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
    return ok;
}

static bool assign(rd_kafka_t *kafka, const char *topic)
{
    int tries = 0;

    while (!assign_at_end(kafka, topic)) {
        if (stop || ++tries == TRIES_MAX) {
            fprintf(stderr, "%s cannot be read\n", topic);
            return false;
        }
        nanosleep(&(struct timespec){ .tv_nsec = POLL_MS * 1000000L }, NULL);
    }
    return true;
}

static int by_size(const void *a, const void *b)
{
    float left = *(const float *)a, right = *(const float *)b;

    return (left > right) - (left < right);
}

static void print_tally(struct tally *tally)
{
    qsort(tally->latency_ms, (size_t)tally->latencies, sizeof *tally->latency_ms, by_size);
    printf("{\"records\":%ld,\"not_ascending\":%ld", tally->records, tally->not_ascending);
    if (tally->latencies > 0)
        printf(",\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f",
               (double)tally->latency_ms[tally->latencies / 2],
               (double)tally->latency_ms[tally->latencies * 99 / 100],
               (double)tally->latency_ms[tally->latencies * 999 / 1000],
               (double)tally->latency_ms[tally->latencies - 1]);
    puts("}");
}

int main(int argc, char **argv)
{
    static struct tally tally;

    signal(SIGTERM, on_signal);
    tally.latency_ms = malloc(LATENCIES_MAX * sizeof *tally.latency_ms);
    rd_kafka_t *kafka = argc == 3 ? open_consumer(argv[1]) : NULL;
    if (kafka == NULL || tally.latency_ms == NULL || !assign(kafka, argv[2]))
        return 1;
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(kafka);
    puts("ready");
    fflush(stdout);
    while (!stop) {
        rd_kafka_message_t *messages[BATCH];
        ssize_t count = rd_kafka_consume_batch_queue(queue, 0, messages, BATCH);
        if (count <= 0) {
            messages[0] = rd_kafka_consumer_poll(kafka, POLL_MS);
            count = messages[0] != NULL;
        }
        for (ssize_t i = 0; i < count; i++) {
            take(&tally, messages[i]);
            rd_kafka_message_destroy(messages[i]);
        }
    }
    print_tally(&tally);
    rd_kafka_queue_destroy(queue);
    rd_kafka_consumer_close(kafka);
    rd_kafka_destroy(kafka);
    free(tally.latency_ms);
    return 0;
}
