/* Claims about kafka_out, held against librdkafka's mock cluster: whatever fails, every record is
 * in the log when it counts as confirmed, and records of a key are there in their order. */
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

static struct sample *make_samples(enum topic topic)
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

static void send_all(struct kafka_out *out, struct sample *samples)
{
    for (int i = 0; i < RECORDS; i++)
        kafka_out_send(out, &samples[i].record, clock_mono_ms());
}

static void confirms_everything(void **state)
{
    struct kafka_out *out = open_out(*state, NULL);
    struct sample *samples = make_samples(RECORD_SALES);

    assert_int_equal(kafka_out_oldest_ms(out), INT64_MAX);
    send_all(out, samples);
    assert_true(kafka_out_oldest_ms(out) <= clock_mono_ms());
    turn_until_confirmed(out);
    assert_int_equal(kafka_out_oldest_ms(out), INT64_MAX);
    assert_all_in_log(*state);
    kafka_out_close(out);
    free(samples);
}

static void survives_fatal_errors(void **state)
{
    struct kafka_out *out = open_out(*state, NULL);
    struct sample *samples = make_samples(RECORD_SALES);

    for (int i = 0; i < RECORDS; i++) {
        kafka_out_send(out, &samples[i].record, clock_mono_ms());
        if (i % 700 == 300)
            rd_kafka_test_fatal_error(kafka_out_client(out),
                                      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "test");
        if (i % 100 == 0)
            kafka_out_turn(out, clock_mono_ms());
    }
    turn_until_confirmed(out);
    assert_int_equal(kafka_out_replacements(out), 3);
    assert_all_in_log(*state);
    kafka_out_close(out);
    free(samples);
}

static void produces_again_what_a_broker_refused(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_out *out = open_out(cluster, NULL);
    struct sample *samples = make_samples(RECORD_SALES);

    /* Errors that librdkafka passes on at once, and some that it tries again by itself. */
    rd_kafka_mock_push_request_errors(
        cluster->mock, API_PRODUCE, 4, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    send_all(out, samples);
    turn_until_confirmed(out);
    for (int i = 0; i < RECORDS; i++)
        assert_int_equal(samples[i].record.state, RECORD_CONFIRMED);
    assert_all_in_log(cluster);
    kafka_out_close(out);
    free(samples);
}

static void a_full_queue_only_waits(void **state)
{
    struct config_pair pair = { .name = "kafka.queue.buffering.max.messages", .value = "7" };
    struct kafka_out *out = open_out(*state, &pair);
    struct sample *samples = make_samples(RECORD_SALES);

    send_all(out, samples);
    assert_int_equal(kafka_out_unconfirmed(out), RECORDS);
    turn_until_confirmed(out);
    assert_all_in_log(*state);
    kafka_out_close(out);
    free(samples);
}

static void outlives_brokers_that_are_away(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_out *out = open_out(cluster, NULL);
    struct sample *samples = make_samples(RECORD_SALES);

    for (int32_t broker = 1; broker <= 3; broker++)
        rd_kafka_mock_broker_set_down(cluster->mock, broker);
    send_all(out, samples);
    int64_t sent_ms = clock_mono_ms();
    while (clock_mono_ms() < sent_ms + 1500) {
        kafka_out_turn(out, clock_mono_ms());
        poll(NULL, 0, PENDING_WAIT);
    }
    assert_int_equal(kafka_out_unconfirmed(out), RECORDS);
    assert_true(kafka_out_oldest_ms(out) <= sent_ms);
    for (int32_t broker = 1; broker <= 3; broker++)
        rd_kafka_mock_broker_set_up(cluster->mock, broker);
    turn_until_confirmed(out);
    assert_all_in_log(cluster);
    kafka_out_close(out);
    free(samples);
}

static void gives_up_what_is_perishable(void **state)
{
    struct kafka_out *out = open_out(*state, NULL);
    struct record beat = {
        .topic = RECORD_PRESENCE,
        .partition = 99,
        .value = "{}",
        .value_length = 2,
        .type = "beat",
        .origin = "bridge/b1",
        .perishable = true,
    };

    for (int i = 0; i < 3; i++) {
        kafka_out_send(out, &beat, clock_mono_ms());
        turn_until_confirmed(out);
        assert_int_equal(beat.state, RECORD_GIVEN_UP);
    }
    kafka_out_close(out);
}

/* The bridge's beat in each of its partitions, sent again each time that all of it is done; between
 * the first and the second stands a sale whose broker is away. Then the producer turns fatal. */
static void sends_beats_before_a_sale_that_waits(struct cluster *cluster, int32_t beats)
{
    struct kafka_out *out = open_out(cluster, NULL);
    struct sample *sale = make_samples(RECORD_SALES);
    struct record records[PARTITIONS];

    for (int32_t i = 0; i < PARTITIONS; i++) {
        rd_kafka_mock_partition_set_leader(cluster->mock, "carrito.presence", i, 1);
        rd_kafka_mock_partition_set_leader(cluster->mock, "carrito.sales", i, 2);
        records[i] = (struct record){
            .topic = RECORD_PRESENCE,
            .partition = i,
            .value = "{}",
            .value_length = 2,
            .type = "beat",
            .origin = "bridge/b1",
            .perishable = true,
        };
    }
    rd_kafka_mock_broker_set_down(cluster->mock, 2);
    for (int round = 0; round < 2; round++) {
        for (int32_t i = 0; i < beats; i++)
            kafka_out_send(out, &records[i], clock_mono_ms());
        if (round == 0)
            kafka_out_send(out, &sale->record, clock_mono_ms());
        for (int64_t end_ms = clock_mono_ms() + PATIENCE_MS;
             kafka_out_unconfirmed(out) > 1 && clock_mono_ms() < end_ms;)
            kafka_out_turn(out, clock_mono_ms());
        assert_int_equal(kafka_out_unconfirmed(out), 1);
    }
    rd_kafka_test_fatal_error(kafka_out_client(out), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                              "test");
    rd_kafka_mock_broker_set_up(cluster->mock, 2);
    turn_until_confirmed(out);
    assert_int_equal(sale->record.state, RECORD_CONFIRMED);
    kafka_out_close(out);
    free(sale);
}

static void beats_lose_no_sale_its_place(void **state)
{
    sends_beats_before_a_sale_that_waits(*state, PARTITIONS);
}

static void one_beat_loses_no_sale_its_place(void **state)
{
    sends_beats_before_a_sale_that_waits(*state, 1);
}

/* Brokers that are away have the producer busy; it is idle only where nobody has a record. */
static void is_busy_while_brokers_are_away(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_out *out = open_out(cluster, NULL);
    struct sample *samples = make_samples(RECORD_SALES);
    int64_t now_ms = clock_mono_ms();

    for (int32_t broker = 1; broker <= 3; broker++)
        rd_kafka_mock_broker_set_down(cluster->mock, broker);
    assert_int_equal(kafka_out_idle_ms(out, now_ms + 9000), 0);
    kafka_out_send(out, &samples[0].record, now_ms);
    assert_int_equal(kafka_out_idle_ms(out, now_ms + 9000), 9000); /* nobody turned it */
    kafka_out_turn(out, now_ms + 9000);
    assert_int_equal(kafka_out_idle_ms(out, now_ms + 9000), 0);
    kafka_out_turn(out, now_ms + 60000);
    assert_int_equal(kafka_out_idle_ms(out, now_ms + 60000), 0);
    kafka_out_close(out);
    free(samples);
}

static void assert_header(const rd_kafka_message_t *message, const char *name, const char *value)
{
    rd_kafka_headers_t *headers = NULL;
    const void *found = NULL;
    size_t length = 0;

    assert_int_equal(rd_kafka_message_headers(message, &headers), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_resp_err_t code = rd_kafka_header_get_last(headers, name, &found, &length);
    if (value == NULL) {
        assert_int_equal(code, RD_KAFKA_RESP_ERR__NOENT);
        return;
    }
    assert_int_equal(code, RD_KAFKA_RESP_ERR_NO_ERROR);
    assert_int_equal(length, strlen(value));
    assert_memory_equal(found, value, length);
}

static rd_kafka_message_t *read_one(rd_kafka_t *consumer)
{
    for (;;) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, PATIENCE_MS);
        assert_non_null(message);
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            return message;
        rd_kafka_message_destroy(message);
    }
}

static void writes_the_contracts_headers(void **state)
{
    struct kafka_out *out = open_out(*state, NULL);
    struct record records[] = {
        { .topic = RECORD_SALES,
          .partition = 0,
          .value = "{}",
          .value_length = 2,
          .type = "sale",
          .origin = "carrito/v1/A/events",
          .retained = true,
          .id = "A/e/1" },
        { .topic = RECORD_DEAD_LETTERS,
          .partition = 0,
          .value = "",
          .origin = "mqtt:t",
          .error = "an empty payload" },
    };
    static const char *const topics[] = { "carrito.sales", "carrito.dead-letters" };
    static const struct {
        const char *name, *values[2];
    } headers[] = {
        { "bridge", { "b1", "b1" } },
        { "retained", { "true", NULL } },
        { "ce_id", { "A/e/1", NULL } },
        { "ce_type", { "sale", NULL } },
        { "ce_specversion", { "1.0", NULL } },
        { "ce_source", { "carrito/v1/A/events", NULL } },
        { "content-type", { "application/json", NULL } },
        { "error", { NULL, "an empty payload" } },
        { "source", { NULL, "mqtt:t" } },
    };

    for (int i = 0; i < 2; i++)
        kafka_out_send(out, &records[i], clock_mono_ms());
    turn_until_confirmed(out);
    for (int i = 0; i < 2; i++) {
        rd_kafka_t *consumer = open_consumer(*state, topics[i]);
        rd_kafka_message_t *message = read_one(consumer);
        assert_null(message->key);
        for (size_t k = 0; k < sizeof headers / sizeof *headers; k++)
            assert_header(message, headers[k].name, headers[k].values[i]);
        rd_kafka_message_destroy(message);
        rd_kafka_consumer_close(consumer);
        rd_kafka_destroy(consumer);
    }
    kafka_out_close(out);
}

static void counts_partitions(void **state)
{
    struct kafka_out *out = open_out(*state, NULL);
    int32_t counts[RECORD_TOPICS + 1] = { 0 };

    assert_true(kafka_out_partitions(out, PATIENCE_MS, counts));
    assert_int_equal(counts[RECORD_PRESENCE], PARTITIONS);
    kafka_out_close(out);
}

static void closes_with_records_unconfirmed(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_out *out = open_out(cluster, NULL);
    struct sample *samples = make_samples(RECORD_SALES);

    for (int32_t broker = 1; broker <= 3; broker++)
        rd_kafka_mock_broker_set_down(cluster->mock, broker);
    send_all(out, samples);
    int64_t start_ms = clock_mono_ms();
    kafka_out_close(out);
    assert_true(clock_mono_ms() - start_ms < 4000);
    free(samples);
}

#define CLAIM(name, function)                                                                      \
    {                                                                                              \
        name, function, open_cluster, close_cluster, NULL                                          \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("everything sent is confirmed and in the log", confirms_everything),
        CLAIM("after fatal errors everything goes through new producers, in order",
              survives_fatal_errors),
        CLAIM("what a broker refused is produced again", produces_again_what_a_broker_refused),
        CLAIM("a full queue only waits, and keeps the order", a_full_queue_only_waits),
        CLAIM("records outlive brokers that are away", outlives_brokers_that_are_away),
        CLAIM("a perishable record that fails is given up", gives_up_what_is_perishable),
        CLAIM("what is sent again while others wait loses nobody its place",
              beats_lose_no_sale_its_place),
        CLAIM("the same where presence has one partition", one_beat_loses_no_sale_its_place),
        CLAIM("it is busy while brokers are away", is_busy_while_brokers_are_away),
        CLAIM("records carry the contract's headers", writes_the_contracts_headers),
        CLAIM("partitions are counted", counts_partitions),
        CLAIM("closing does not wait for brokers that are away", closes_with_records_unconfirmed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
