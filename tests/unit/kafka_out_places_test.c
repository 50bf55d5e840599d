/* Claims about the lists of kafka_out: what is sent again while others wait loses nobody its place,
 * and a record that nobody has is noticed. */
#include "kafka_scene.h"

static struct record beat_of(int32_t partition)
{
    return (struct record){
        .topic = WIRE_PRESENCE,
        .partition = partition,
        .value = "{}",
        .value_length = 2,
        .type = "beat",
        .origin = "bridge/b1",
        .perishable = true,
    };
}

static void gives_up_what_is_perishable(void **state)
{
    struct kafka_out *out = open_out(*state, NULL);
    struct record beat = beat_of(99);

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
    struct sample *sale = make_samples(WIRE_SALES);
    struct record records[PARTITIONS];

    for (int32_t i = 0; i < PARTITIONS; i++) {
        rd_kafka_mock_partition_set_leader(cluster->mock, "carrito.presence", i, 1);
        rd_kafka_mock_partition_set_leader(cluster->mock, "carrito.sales", i, 2);
        records[i] = beat_of(i);
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
    struct sample *samples = make_samples(WIRE_SALES);
    int64_t now_ms = clock_mono_ms();

    all_brokers(cluster, rd_kafka_mock_broker_set_down);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a perishable record that fails is given up", gives_up_what_is_perishable),
        CLAIM("what is sent again while others wait loses nobody its place",
              beats_lose_no_sale_its_place),
        CLAIM("the same where presence has one partition", one_beat_loses_no_sale_its_place),
        CLAIM("it is busy while brokers are away", is_busy_while_brokers_are_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
