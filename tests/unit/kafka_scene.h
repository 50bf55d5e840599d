/* A cluster of librdkafka's mock brokers, and a kafka_out with records to send, for its tests. */
#ifndef CARRITO_TESTS_KAFKA_SCENE_H
#define CARRITO_TESTS_KAFKA_SCENE_H

#include "bridge/kafka_out.h"
#include "common/clock.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KEYS         20
#define RECORDS      2000
#define PATIENCE_MS  20000
#define PARTITIONS   4 /* of each topic, see read_log */
#define API_PRODUCE  0 /* Kafka protocol: ApiKey of Produce */
#define PENDING_WAIT 5

struct cluster {
    rd_kafka_t *handle;
    rd_kafka_mock_cluster_t *mock;
};

/* A record and the bytes that it points at. */
struct sample {
    struct record record;
    char key[16], value[32];
};

static int open_cluster(void **state)
{
    static const char *const topics[] = { "carrito.sales", "carrito.presence",
                                          "carrito.dead-letters" };
    static struct cluster cluster;
    char error[128];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    rd_kafka_conf_set(conf, "log_level", "0", error, sizeof error);
    cluster.handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    assert_non_null(cluster.handle);
    cluster.mock = rd_kafka_mock_cluster_new(cluster.handle, 3);
    assert_non_null(cluster.mock);
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        rd_kafka_mock_topic_create(cluster.mock, topics[i], PARTITIONS, 3);
    *state = &cluster;
    return 0;
}

static int close_cluster(void **state)
{
    struct cluster *cluster = *state;

    rd_kafka_mock_cluster_destroy(cluster->mock);
    rd_kafka_destroy(cluster->handle);
    return 0;
}

static void all_brokers(const struct cluster *cluster,
                        rd_kafka_resp_err_t set(rd_kafka_mock_cluster_t *mock, int32_t broker))
{
    for (int32_t broker = 1; broker <= 3; broker++)
        set(cluster->mock, broker);
}

static struct kafka_out *open_out(const struct cluster *cluster, struct config_pair *pair)
{
    struct config_pairs pairs = { .pairs = pair, .count = pair != NULL ? 1 : 0 };
    static struct config_pairs kept; /* a replaced producer reads them again */
    kept = pairs;
    struct kafka_out_options options = {
        .brokers = rd_kafka_mock_cluster_bootstraps(cluster->mock),
        .pairs = &kept,
        .bridge_id = "b1",
        .wake_fd = -1,
    };
    struct kafka_out *out = kafka_out_open(&options);

    assert_non_null(out);
    return out;
}

static struct sample *make_samples(enum wire_topic topic)
{
    struct sample *samples = calloc(RECORDS, sizeof *samples);

    assert_non_null(samples);
    for (int i = 0; i < RECORDS; i++) {
        struct sample *sample = &samples[i];
        snprintf(sample->key, sizeof sample->key, "CART-%d", i % KEYS);
        snprintf(sample->value, sizeof sample->value, "%d", i);
        sample->record = (struct record){
            .topic = topic,
            .partition = RECORD_BY_KEY,
            .key = sample->key,
            .key_length = strlen(sample->key),
            .value = sample->value,
            .value_length = strlen(sample->value),
            .type = "sale",
            .origin = "carrito/v1/CART/events",
            .id = "CART/epoch/1",
        };
    }
    return samples;
}

static void turn_until_confirmed(struct kafka_out *out)
{
    int64_t end_ms = clock_mono_ms() + PATIENCE_MS;

    while (kafka_out_unconfirmed(out) > 0) {
        kafka_out_turn(out, clock_mono_ms());
        poll(NULL, 0, PENDING_WAIT);
        assert_true(clock_mono_ms() < end_ms);
    }
}

static inline void send_all(struct kafka_out *out, struct sample *samples)
{
    for (int i = 0; i < RECORDS; i++)
        kafka_out_send(out, &samples[i].record, clock_mono_ms());
}

#define CLAIM(name, function)                                                                      \
    {                                                                                              \
        name, function, open_cluster, close_cluster, NULL                                          \
    }

#endif
