/* A cluster of librdkafka's mock brokers, a store in memory, and processes that queue and send,
 * step by step and by a clock of the test's. After cmocka.h. */
#ifndef CARRITO_TESTS_EFFECTS_SCENE_H
#define CARRITO_TESTS_EFFECTS_SCENE_H

#include "collector/effects/effect.h"
#include "collector/effects/kafka_lane.h"
#include "collector/store/wake.h"
#include "common/clock.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/empty_store.h"

#define PATIENCE_MS 20000
#define VALUES_MAX  64

struct process {
    struct wake *wake;
    struct kafka_lane *lane;
    struct effect_queues queues;
    int64_t ahead_ms; /* of its monotonic clock */
};

struct scene {
    rd_kafka_t *handle;
    rd_kafka_mock_cluster_t *mock;
    struct store *store;
    struct process a, b;
};

static inline void process_open(struct scene *scene, struct process *process)
{
    process->wake = wake_open();
    process->lane = kafka_lane_open(&(struct kafka_lane_options){
        .brokers = rd_kafka_mock_cluster_bootstraps(scene->mock), .wake = process->wake });
}

static inline void process_close(struct process *process)
{
    kafka_lane_close(process->lane);
    wake_close(process->wake);
    *process = (struct process){ 0 };
}

static inline int scene_open(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    char error[128];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    void *store;

    if (scene == NULL || open_store(&store) != 0)
        return -1;
    scene->store = store;
    rd_kafka_conf_set(conf, "log_level", "0", error, sizeof error);
    scene->handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    scene->mock = rd_kafka_mock_cluster_new(scene->handle, 1);
    rd_kafka_mock_topic_create(scene->mock, "carrito.alerts", 1, 1);
    rd_kafka_mock_topic_create(scene->mock, "carrito.commands", 1, 1);
    rd_kafka_mock_topic_create(scene->mock, "carrito.sales", 1, 1);
    process_open(scene, &scene->a);
    process_open(scene, &scene->b);
    *state = scene;
    return 0;
}

static inline int scene_close(void **state)
{
    struct scene *scene = *state;

    process_close(&scene->a);
    process_close(&scene->b);
    store_close(scene->store);
    rd_kafka_mock_cluster_destroy(scene->mock);
    rd_kafka_destroy(scene->handle);
    free(scene);
    return 0;
}

static inline struct effect_time time_of(const struct process *process)
{
    return (struct effect_time){ clock_wall_ms(), clock_mono_ms() + process->ahead_ms };
}

/* One of its roles decides something. */
static inline void queue(struct scene *scene, const struct process *process,
                         const struct effect *effect)
{
    store_set_wake(scene->store, process->wake);
    effect_add(scene->store, effect);
    assert_int_equal(store_status(scene->store), STORE_OK);
    store_set_wake(scene->store, NULL);
}

static inline void enqueue_alert(struct scene *scene, const struct process *process, const char *id,
                                 const char *status)
{
    char name[64];

    snprintf(name, sizeof name, "%s/%s", id, status);
    queue(scene, process,
          &(struct effect){ .id = name,
                            .topic = "carrito.alerts",
                            .key = id,
                            .key_length = strlen(id),
                            .value = status,
                            .value_length = strlen(status),
                            .type = "alert",
                            .partition = -1 });
}

static inline void keep(struct scene *scene, struct process *process)
{
    struct effect_time time = time_of(process);

    effect_queues_keep(&process->queues, scene->store, wake_process(process->wake), time.mono_ms);
}

static inline void read_and_send(struct scene *scene, struct process *process)
{
    struct effect_time time = time_of(process);

    kafka_lane_read(process->lane, scene->store, &process->queues, &time);
    kafka_lane_send(process->lane, &process->queues, &time);
}

static inline void take_and_write(struct scene *scene, struct process *process)
{
    struct effect_time time = time_of(process);

    kafka_lane_take(process->lane, 0);
    kafka_lane_write(process->lane, scene->store, &process->queues, &time);
    assert_int_equal(store_status(scene->store), STORE_OK);
}

static inline void finish(struct scene *scene, struct process *process)
{
    int64_t end_ms = clock_mono_ms() + PATIENCE_MS;

    while (kafka_lane_in_hand(process->lane) > 0 && clock_mono_ms() < end_ms) {
        take_and_write(scene, process);
        clock_pause_ms(2);
    }
    assert_int_equal(kafka_lane_in_hand(process->lane), 0);
}

static inline void turn(struct scene *scene, struct process *process)
{
    keep(scene, process);
    read_and_send(scene, process);
    take_and_write(scene, process);
}

static inline int64_t waiting(const struct scene *scene)
{
    return ask(scene->store, "SELECT COUNT(*) FROM effects WHERE queue IS NOT NULL");
}

/* Turns until nothing waits. */
static inline void send_all(struct scene *scene, struct process *process)
{
    int64_t end_ms = clock_mono_ms() + PATIENCE_MS;

    while (waiting(scene) > 0 && clock_mono_ms() < end_ms) {
        turn(scene, process);
        clock_pause_ms(2);
    }
    assert_int_equal(waiting(scene), 0);
}

/* The values of a topic's only partition, in order, with blanks between. */
static inline void read_topic_log(const struct scene *scene, const char *topic, char *out,
                                  size_t size)
{
    char error[128];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    rd_kafka_conf_set(conf, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(scene->mock),
                      error, sizeof error);
    rd_kafka_conf_set(conf, "group.id", "test", error, sizeof error);
    rd_kafka_conf_set(conf, "enable.partition.eof", "true", error, sizeof error);
    rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(all, topic, 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(consumer, all);
    rd_kafka_topic_partition_list_destroy(all);
    out[0] = '\0';
    for (bool more = true; more;) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, PATIENCE_MS);
        more = message != NULL && message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
        if (more && strlen(out) + message->len + 2 < size)
            snprintf(out + strlen(out), size - strlen(out), "%s%.*s", out[0] != '\0' ? " " : "",
                     (int)message->len, (const char *)message->payload);
        if (message != NULL)
            rd_kafka_message_destroy(message);
    }
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
}

static inline void assert_log(const struct scene *scene, const char *topic, const char *expected)
{
    char text[1024];

    read_topic_log(scene, topic, text, sizeof text);
    assert_string_equal(text, expected);
}

#endif
