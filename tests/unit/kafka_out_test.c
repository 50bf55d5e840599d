/* Claims about kafka_out, held against librdkafka's mock cluster: whatever fails, every record is
 * in the log when it counts as confirmed, and records of a key are there in their order. */
#include "kafka_log.h"

static void confirms_everything(void **state)
{
    struct kafka_out *out = open_out(*state, NULL);
    struct sample *samples = make_samples(WIRE_SALES);

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
    struct sample *samples = make_samples(WIRE_SALES);

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
    struct sample *samples = make_samples(WIRE_SALES);

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
    struct sample *samples = make_samples(WIRE_SALES);

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
    struct sample *samples = make_samples(WIRE_SALES);

    all_brokers(cluster, rd_kafka_mock_broker_set_down);
    send_all(out, samples);
    int64_t sent_ms = clock_mono_ms();
    while (clock_mono_ms() < sent_ms + 1500) {
        kafka_out_turn(out, clock_mono_ms());
        poll(NULL, 0, PENDING_WAIT);
    }
    assert_int_equal(kafka_out_unconfirmed(out), RECORDS);
    assert_true(kafka_out_oldest_ms(out) <= sent_ms);
    all_brokers(cluster, rd_kafka_mock_broker_set_up);
    turn_until_confirmed(out);
    assert_all_in_log(cluster);
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
    struct json_reason empty;
    struct record records[] = {
        { .topic = WIRE_SALES,
          .partition = 0,
          .value = "{}",
          .value_length = 2,
          .type = "sale",
          .origin = "carrito/v1/A/events",
          .retained = true,
          .former = true,
          .id = "A/e/1" },
        { .topic = WIRE_DEAD_LETTERS,
          .partition = 0,
          .value = "",
          .origin = "mqtt:t",
          .refused = &empty },
    };
    static const char *const topics[] = { "carrito.sales", "carrito.dead-letters" };
    static const struct {
        const char *name, *values[2];
    } headers[] = {
        { "bridge", { "b1", "b1" } },
        { "retained", { "true", NULL } },
        { "former", { "true", NULL } },
        { "ce_id", { "A/e/1", NULL } },
        { "ce_type", { "sale", NULL } },
        { "ce_specversion", { "1.0", NULL } },
        { "ce_source", { "carrito/v1/A/events", NULL } },
        { "content-type", { "application/json", NULL } },
        { "error", { NULL, "an empty payload" } },
        { "about", { NULL, "{\"say\":\"batch-empty\"}" } },
        { "source", { NULL, "mqtt:t" } },
    };

    json_refuse(&empty, "", SAY_REASON_BATCH_EMPTY());
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
    int32_t counts[WIRE_BRIDGE_USES] = { 0 };

    assert_true(kafka_out_partitions(out, PATIENCE_MS, counts));
    assert_int_equal(counts[WIRE_PRESENCE], PARTITIONS);
    kafka_out_close(out);
}

static void closes_with_records_unconfirmed(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_out *out = open_out(cluster, NULL);
    struct sample *samples = make_samples(WIRE_SALES);

    all_brokers(cluster, rd_kafka_mock_broker_set_down);
    send_all(out, samples);
    int64_t start_ms = clock_mono_ms();
    kafka_out_close(out);
    assert_true(clock_mono_ms() - start_ms < 4000);
    free(samples);
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
        CLAIM("records carry the contract's headers", writes_the_contracts_headers),
        CLAIM("partitions are counted", counts_partitions),
        CLAIM("closing does not wait for brokers that are away", closes_with_records_unconfirmed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
