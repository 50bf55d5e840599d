/* Claims about a partition without a leader, against librdkafka's mock cluster: it holds up itself
 * only, by what it does and by what Kafka says of it, and afterwards everything is in the log, in
 * order. */
#include "kafka_log.h"

#include "bridge/partition.h"

#define BEAT_EVERY_MS 200
#define QUICK_TURNS   40
#define QUICK_MS      15 /* of one that did not wait for everything, which stands still for 20 */

/* A beat in each partition of presence, as the bridge sends them: the next when it is done. */
struct beats {
    struct record records[PARTITIONS];
    int64_t due_ms;
};

static void turn(struct kafka_out *out, struct beats *beats)
{
    int64_t now_ms = clock_mono_ms();

    for (int32_t i = 0; i < PARTITIONS && now_ms >= beats->due_ms; i++) {
        struct record *record = &beats->records[i];
        if (record->state == RECORD_WAITING || record->state == RECORD_HANDED)
            continue;
        *record = (struct record){ .topic = WIRE_PRESENCE,
                                   .partition = i,
                                   .value = "{}",
                                   .value_length = 2,
                                   .type = "beat",
                                   .origin = "bridge/b1",
                                   .perishable = true };
        kafka_out_send(out, record, now_ms);
    }
    if (now_ms >= beats->due_ms)
        beats->due_ms = now_ms + BEAT_EVERY_MS;
    kafka_out_turn(out, now_ms);
}

static void turn_until_settled(struct kafka_out *out, struct beats *beats, int64_t patience_ms)
{
    int64_t end_ms = clock_mono_ms() + patience_ms;

    while (kafka_out_awaited(out) > 0) {
        turn(out, beats);
        poll(NULL, 0, PENDING_WAIT);
        if (clock_mono_ms() > end_ms)
            fail_msg("%zu are awaited", kafka_out_awaited(out));
    }
}

static void know_partitions(struct kafka_out *out)
{
    int32_t counts[WIRE_BRIDGE_USES];
    int64_t end_ms = clock_mono_ms() + PATIENCE_MS;

    do
        assert_true(clock_mono_ms() < end_ms);
    while (!kafka_out_partitions(out, PATIENCE_MS, counts) || counts[WIRE_SALES] != PARTITIONS);
}

static bool is_of(const struct sample *sample, int32_t partition)
{
    return rd_kafka_msg_partitioner_murmur2(NULL, sample->key, strlen(sample->key), PARTITIONS,
                                            NULL, NULL) == partition;
}

/* By themselves: nobody asks Kafka who leads. */
static void others_are_confirmed(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_out *out = open_out(cluster, NULL);
    struct sample *samples = make_samples(WIRE_SALES);
    struct beats beats = { .due_ms = 0 };
    char text[KAFKA_OUT_WAITING_SIZE];

    know_partitions(out);
    rd_kafka_mock_partition_set_leader(cluster->mock, "carrito.sales", 0, -1);
    rd_kafka_mock_partition_set_leader(cluster->mock, "carrito.presence", 0, -1);
    for (int i = 0; i < RECORDS / 2; i++)
        kafka_out_send(out, &samples[i].record, clock_mono_ms());
    turn_until_settled(out, &beats, 5000);
    for (int i = 0; i < RECORDS / 2; i++)
        assert_int_equal(samples[i].record.state == RECORD_CONFIRMED, !is_of(&samples[i], 0));
    assert_int_equal(kafka_out_waiting(out), 1);
    kafka_out_waiting_text(out, text);
    assert_string_equal(text, "carrito.sales/0");
    for (int i = 0; i < KEYS; i++)
        assert_int_equal(kafka_out_waits_for(out, &samples[i].record), is_of(&samples[i], 0));
    assert_int_equal(kafka_out_resumed(out), 0);
    rd_kafka_mock_partition_set_leader(cluster->mock, "carrito.sales", 0, 1);
    rd_kafka_mock_partition_set_leader(cluster->mock, "carrito.presence", 0, 1);
    for (int i = RECORDS / 2; i < RECORDS; i++)
        kafka_out_send(out, &samples[i].record, clock_mono_ms());
    turn_until_confirmed(out);
    assert_int_equal(kafka_out_waiting(out), 0);
    assert_int_equal(kafka_out_resumed(out), 1);
    assert_all_in_log(cluster);
    kafka_out_close(out);
    free(samples);
}

/* While one waits, a turn of the others takes no longer than without it. */
static void turns_stay_quick(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_out *out = open_out(cluster, NULL);
    struct sample *samples = make_samples(WIRE_SALES);
    struct beats beats = { .due_ms = 0 };
    int turns = 0, i = 0;

    know_partitions(out);
    rd_kafka_mock_partition_set_leader(cluster->mock, "carrito.sales", 0, -1);
    know_partitions(out); /* which tells that it waits, before anything is sent there */
    assert_int_equal(kafka_out_waiting(out), 1);
    for (; i < KEYS; i++)
        kafka_out_send(out, &samples[i].record, clock_mono_ms());
    turn_until_settled(out, &beats, 5000);
    assert_true(kafka_out_unconfirmed(out) > 0);
    int64_t quickest_ms = INT64_MAX;
    for (; turns < QUICK_TURNS; i++) {
        if (is_of(&samples[i], 0))
            continue;
        int64_t begin_ms = clock_mono_ms();
        kafka_out_send(out, &samples[i].record, begin_ms);
        turn_until_settled(out, &beats, 5000);
        quickest_ms = earlier(quickest_ms, clock_mono_ms() - begin_ms);
        turns++;
    }
    if (quickest_ms > QUICK_MS) /* the quickest, as the machine may be busy */
        fail_msg("the quickest turn took %d ms", (int)quickest_ms);
    kafka_out_close(out);
    free(samples);
}

/* All of Kafka is away for longer than a partition may be: that is an outage, and no partition's.
 */
static void none_waits_while_all_are_away(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_out *out = open_out(cluster, NULL);
    struct sample *samples = make_samples(WIRE_SALES);
    struct beats beats = { .due_ms = 0 };

    know_partitions(out);
    all_brokers(cluster, rd_kafka_mock_broker_set_down);
    send_all(out, samples);
    int64_t sent_ms = clock_mono_ms();
    while (clock_mono_ms() < sent_ms + 2 * PARTITION_WAIT_MS + 500) {
        turn(out, &beats);
        assert_int_equal(kafka_out_waiting(out), 0);
        poll(NULL, 0, PENDING_WAIT);
    }
    assert_int_equal(kafka_out_awaited(out), RECORDS);
    assert_true(kafka_out_oldest_ms(out) <= sent_ms);
    kafka_out_close(out);
    free(samples);
}

/* A partition of presence without a leader holds a beat; the others' say that Kafka is there. */
static void a_beat_that_waits_is_no_outage(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_out *out = open_out(cluster, NULL);
    struct beats beats = { .due_ms = 0 };

    know_partitions(out);
    rd_kafka_mock_partition_set_leader(cluster->mock, "carrito.presence", 0, -1);
    int64_t begin_ms = clock_mono_ms();
    while (clock_mono_ms() < begin_ms + 2500) {
        turn(out, &beats);
        poll(NULL, 0, PENDING_WAIT);
    }
    assert_int_equal(beats.records[0].state, RECORD_HANDED);
    assert_int_equal(kafka_out_awaited(out), 0);
    assert_true(clock_mono_ms() - kafka_out_oldest_ms(out) < 1000);
    kafka_out_close(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("one partition without a leader leaves the others confirmed", others_are_confirmed),
        CLAIM("turns beside one that waits stay quick", turns_stay_quick),
        CLAIM("while all of Kafka is away no partition waits", none_waits_while_all_are_away),
        CLAIM("a beat that waits is no outage", a_beat_that_waits_is_no_outage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
