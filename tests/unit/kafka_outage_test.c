/* Claims about the log of an outage, against librdkafka's mock cluster: a line for each broker that
 * goes, however often it is tried and by however many clients, and one when it is back. */
#include "captured_log.h"
#include "kafka_scene.h"

#include "common/kafka_outage.h"

#include <unistd.h>

#define BROKERS 3    /* of the scene */
#define AWAY_MS 4000 /* some 4 attempts of each client, which back off to 2 s */

static void turn_for(struct kafka_out *outs[2], int64_t ms)
{
    for (int64_t end_ms = clock_mono_ms() + ms; clock_mono_ms() < end_ms; poll(NULL, 0, 5))
        for (int i = 0; i < 2; i++)
            kafka_out_turn(outs[i], clock_mono_ms());
}

static void an_outage_is_one_line_a_broker(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_out *outs[2] = { open_out(cluster, NULL), open_out(cluster, NULL) };
    struct sample *samples[2] = { make_samples(WIRE_SALES), make_samples(WIRE_SALES) };
    int saved;

    for (int32_t i = 0; i < PARTITIONS; i++) /* each broker has some */
        rd_kafka_mock_partition_set_leader(cluster->mock, "carrito.sales", i, i % 3 + 1);
    for (int i = 0; i < 2; i++) {
        send_all(outs[i], samples[i]);
        turn_until_confirmed(outs[i]);
    }
    FILE *file = capture(&saved);
    all_brokers(cluster, rd_kafka_mock_broker_set_down);
    for (int i = 0; i < 2; i++)
        send_all(outs[i], samples[i]);
    for (int64_t end_ms = clock_mono_ms() + PATIENCE_MS;
         count_so_far(file, "cannot be reached") < BROKERS && clock_mono_ms() < end_ms;)
        turn_for(outs, 100);
    turn_for(outs, AWAY_MS); /* and no line more */
    all_brokers(cluster, rd_kafka_mock_broker_set_up);
    /* Each broker needs something to answer. */
    for (int64_t end_ms = clock_mono_ms() + PATIENCE_MS;
         count_so_far(file, "answers again") < BROKERS && clock_mono_ms() < end_ms;) {
        for (int i = 0; i < 2; i++)
            turn_until_confirmed(outs[i]);
        turn_for(outs, 400);
        for (int i = 0; i < 2; i++)
            send_all(outs[i], samples[i]);
    }
    for (int i = 0; i < 2; i++)
        turn_until_confirmed(outs[i]);
    char *text = captured(file, saved);
    if (count(text, "cannot be reached") != BROKERS || count(text, "answers again") != BROKERS ||
        count(text, "refused") != BROKERS)
        fail_msg("three brokers went once: %s", text);
    free(text);
    for (int i = 0; i < 2; i++) {
        kafka_out_close(outs[i]);
        free(samples[i]);
    }
}

/* While a broker goes, one client may hear it still, after another could not reach it any more. */
static void an_answer_amid_a_failure_ends_no_outage(void **state)
{
    const char *refused = "[thrd:x]: 127.0.0.1:9/1: Connect to ipv4#127.0.0.1:9 failed: refused";
    int saved;

    (void)state;
    FILE *file = capture(&saved);
    assert_true(kafka_outage_take("FAIL", refused, 1000));
    kafka_outage_answered("127.0.0.1:9/1", 1001, 1002);
    assert_true(kafka_outage_take("FAIL", refused, 1003));
    kafka_outage_answered("127.0.0.1:9/1", 1203, 1204);
    char *text = captured(file, saved);
    assert_int_equal(count(text, "cannot be reached"), 1);
    assert_int_equal(count(text, "answers again"), 1);
    assert_non_null(strstr(text, "away_ms=204"));
    free(text);
}

/* A broker that reads its log anew: each producer asks twice a second until it has its number. */
static void producers_that_wait_are_one_line(void **state)
{
    const char *refused = "Failed to acquire idempotence PID from broker 127.0.0.1:9/1: "
                          "Broker: Coordinator load in progress: retrying";
    int saved;

    (void)state;
    FILE *file = capture(&saved);
    for (int64_t ms = 1000; ms < 70000; ms += 250)
        assert_true(kafka_outage_take("GETPID", refused, ms));
    assert_int_equal(count_so_far(file, "no producer is let in yet"), 1);
    assert_true(kafka_outage_take("GETPID", refused, 200000)); /* another time */
    assert_false(kafka_outage_take("GETPID", "Acquired invalid PID{-1,-1}: ignoring", 200001));
    char *text = captured(file, saved);
    assert_int_equal(count(text, "no producer is let in yet"), 2);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("an answer amid a failure ends no outage", an_answer_amid_a_failure_ends_no_outage),
        CLAIM("an outage is one line a broker, and one when it is back",
              an_outage_is_one_line_a_broker),
        CLAIM("producers that wait for their numbers are one line",
              producers_that_wait_are_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
