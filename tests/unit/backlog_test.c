/* Claims about the consumer of a role that is far behind, held against librdkafka's mock cluster:
 * its queue is refilled while a batch is applied, and not only after the library's rest. */
#include "collector/kafka/kafka_in.h"
#include "common/clock.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TOPIC       "carrito.sales"
#define PARTITIONS  6
#define RECORDS     (PARTITIONS * 10000) /* a mock partition keeps 5 MB */
#define RECORD_SIZE 400
#define BATCH       4000
#define APPLY_MS    10
#define PATIENCE_MS 60000
#define TURN_MS     100
#define RESTS_MAX   2 /* turns without a record, while the machine is busy with other work */

static int open_cluster(void **state)
{
    static const char value[RECORD_SIZE];
    char error[128];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    rd_kafka_conf_set(conf, "log_level", "0", error, sizeof error);
    rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", error, sizeof error);
    rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    assert_non_null(producer);
    rd_kafka_mock_topic_create(rd_kafka_handle_mock_cluster(producer), TOPIC, PARTITIONS, 1);
    for (int i = 0; i < RECORDS; i++)
        assert_int_equal(rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(TOPIC),
                                           RD_KAFKA_V_PARTITION(i % PARTITIONS),
                                           RD_KAFKA_V_VALUE((void *)value, sizeof value),
                                           RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                           RD_KAFKA_V_END),
                         RD_KAFKA_RESP_ERR_NO_ERROR);
    assert_int_equal(rd_kafka_flush(producer, PATIENCE_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
    *state = producer;
    return 0;
}

static int close_cluster(void **state)
{
    rd_kafka_destroy(*state);
    return 0;
}

static int64_t begin_at_first(void *owner, const char *topic, int32_t partition)
{
    (void)owner, (void)topic, (void)partition;
    return 0;
}

static void forget_nothing(void *owner)
{
    (void)owner;
}

static struct kafka_in *open_in(rd_kafka_t *cluster)
{
    static const struct kafka_in_calls calls = { begin_at_first, forget_nothing };
    static const char *const topics[] = { TOPIC, NULL };
    static const struct config_pairs none;
    struct kafka_in_options options = {
        .brokers = rd_kafka_mock_cluster_bootstraps(rd_kafka_handle_mock_cluster(cluster)),
        .pairs = &none,
        .group = "carrito-sales",
        .topics = topics,
        .calls = &calls,
    };
    struct kafka_in *in = kafka_in_open(&options);

    assert_non_null(in);
    return in;
}

static void a_backlog_is_read_without_a_rest(void **state)
{
    struct kafka_in *in = open_in(*state);
    int64_t end_ms = clock_mono_ms() + PATIENCE_MS;
    int read = 0, rests = 0;

    while (read < RECORDS) {
        struct kafka_record record;
        assert_true(clock_mono_ms() < end_ms);
        enum kafka_in_result result = kafka_in_poll(in, TURN_MS, &record);
        if (result != KAFKA_IN_RECORD) {
            rests += result == KAFKA_IN_NOTHING && read > 0 ? 1 : 0;
            continue;
        }
        kafka_in_release(&record);
        if (++read % BATCH == 0) {
            kafka_in_hurry(in);
            clock_pause_ms(APPLY_MS);
        }
    }
    kafka_in_close(in);
    if (rests > RESTS_MAX)
        fail_msg("%d times in vain for %d ms", rests, TURN_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_backlog_is_read_without_a_rest, open_cluster,
                                        close_cluster),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
