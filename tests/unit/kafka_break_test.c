/* Claims about the collector's kafka_in where a connection to a broker breaks, held against
 * librdkafka's mock cluster: what is fetched behind the break is not given before all partitions
 * were asked for again. */
#include "collector/kafka/kafka_in.h"
#include "common/clock.h"
#include "common/protocol.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PATIENCE_MS 30000
#define POLL_MS     50
#define QUIET_MS    1500
#define RECORDS     3
#define FROZEN_MS   6500

struct cluster {
    rd_kafka_t *producer; /* which also carries the brokers */
    rd_kafka_mock_cluster_t *mock;
    int assigned; /* how often we were asked where to begin */
    int64_t next; /* where */
};

static int64_t on_assigned(void *owner, const char *topic, int32_t partition)
{
    struct cluster *cluster = owner;

    (void)topic, (void)partition;
    cluster->assigned++;
    return cluster->next;
}

static void on_revoked(void *owner)
{
    (void)owner;
}

static int open_cluster(void **state)
{
    static struct cluster cluster;
    char error[128];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    cluster = (struct cluster){ 0 };
    rd_kafka_conf_set(conf, "log_level", "0", error, sizeof error);
    rd_kafka_conf_set(conf, "test.mock.num.brokers", "2", error, sizeof error);
    cluster.producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    assert_non_null(cluster.producer);
    cluster.mock = rd_kafka_handle_mock_cluster(cluster.producer);
    rd_kafka_mock_topic_create(cluster.mock, TOPIC_SALES, 1, 1);
    rd_kafka_mock_partition_set_leader(cluster.mock, TOPIC_SALES, 0, 1);
    rd_kafka_mock_coordinator_set(cluster.mock, "group", "carrito-test", 2);
    *state = &cluster;
    return 0;
}

static int close_cluster(void **state)
{
    struct cluster *cluster = *state;

    rd_kafka_destroy(cluster->producer);
    return 0;
}

static void produce(const struct cluster *cluster)
{
    for (int i = 0; i < RECORDS; i++)
        rd_kafka_producev(cluster->producer, RD_KAFKA_V_TOPIC(TOPIC_SALES), RD_KAFKA_V_PARTITION(0),
                          RD_KAFKA_V_VALUE("x", 1), RD_KAFKA_V_END);
    assert_int_equal(rd_kafka_flush(cluster->producer, PATIENCE_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
}

static struct kafka_in *open_in(struct cluster *cluster)
{
    static const char *const topics[] = { TOPIC_SALES, NULL };
    static const struct kafka_in_calls calls = { .assigned = on_assigned, .revoked = on_revoked };
    static struct config_pair hangs = { "kafka.socket.timeout.ms", "1000" };
    static const struct config_pairs pairs = { &hangs, 1 };
    struct kafka_in_options options = {
        .brokers = rd_kafka_mock_cluster_bootstraps(cluster->mock),
        .pairs = &pairs,
        .group = "carrito-test",
        .topics = topics,
        .calls = &calls,
        .owner = cluster,
    };
    struct kafka_in *in = kafka_in_open(&options);

    assert_non_null(in);
    return in;
}

/* Until that comes; `next` moves with what was given. */
static enum kafka_in_result poll_until(struct kafka_in *in, struct cluster *cluster,
                                       enum kafka_in_result wanted, int64_t wait_ms)
{
    int64_t end_ms = clock_mono_ms() + wait_ms;
    enum kafka_in_result result = KAFKA_IN_NOTHING;

    while (result != wanted && clock_mono_ms() < end_ms) {
        struct kafka_record record;
        result = kafka_in_poll(in, POLL_MS, &record);
        if (result == KAFKA_IN_RECORD) {
            assert_int_equal(record.offset, cluster->next);
            cluster->next++;
        }
        kafka_in_release(&record);
    }
    return result;
}

static void a_leader_that_went_is_told_before_its_records(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_in *in = open_in(cluster);

    produce(cluster);
    while (cluster->next < RECORDS)
        assert_int_equal(poll_until(in, cluster, KAFKA_IN_RECORD, PATIENCE_MS), KAFKA_IN_RECORD);
    assert_int_equal(cluster->assigned, 1);
    rd_kafka_mock_broker_set_down(cluster->mock, 1);
    rd_kafka_mock_broker_set_up(cluster->mock, 1);
    produce(cluster);
    assert_int_equal(poll_until(in, cluster, KAFKA_IN_BROKEN, PATIENCE_MS), KAFKA_IN_BROKEN);
    assert_int_equal(cluster->next, RECORDS);
    kafka_in_reassign(in);
    while (cluster->next < 2 * RECORDS)
        assert_int_equal(poll_until(in, cluster, KAFKA_IN_RECORD, PATIENCE_MS), KAFKA_IN_RECORD);
    assert_int_equal(cluster->assigned, 2);
    kafka_in_close(in);
}

/* One break is told once; and attempts that fail meanwhile are none. */
static void a_leader_that_stays_away_is_told_once(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_in *in = open_in(cluster);

    produce(cluster);
    while (cluster->next < RECORDS)
        assert_int_equal(poll_until(in, cluster, KAFKA_IN_RECORD, PATIENCE_MS), KAFKA_IN_RECORD);
    rd_kafka_mock_broker_set_down(cluster->mock, 1);
    assert_int_equal(poll_until(in, cluster, KAFKA_IN_BROKEN, PATIENCE_MS), KAFKA_IN_BROKEN);
    kafka_in_reassign(in);
    assert_int_not_equal(poll_until(in, cluster, KAFKA_IN_BROKEN, QUIET_MS), KAFKA_IN_BROKEN);
    kafka_in_close(in);
}

/* Frozen for longer than a session: a log may have been cut and filled again meanwhile, at a broker
 * that stays connected. */
static void who_did_not_look_for_long_is_told(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_in *in = open_in(cluster);

    produce(cluster);
    while (cluster->next < RECORDS)
        assert_int_equal(poll_until(in, cluster, KAFKA_IN_RECORD, PATIENCE_MS), KAFKA_IN_RECORD);
    assert_int_not_equal(poll_until(in, cluster, KAFKA_IN_BROKEN, QUIET_MS), KAFKA_IN_BROKEN);
    produce(cluster);
    clock_pause_ms(FROZEN_MS);
    assert_int_equal(poll_until(in, cluster, KAFKA_IN_BROKEN, POLL_MS), KAFKA_IN_BROKEN);
    assert_int_equal(cluster->next, RECORDS);
    kafka_in_reassign(in);
    while (cluster->next < 2 * RECORDS)
        assert_int_equal(poll_until(in, cluster, KAFKA_IN_RECORD, PATIENCE_MS), KAFKA_IN_RECORD);
    kafka_in_close(in);
}

/* It answers nobody until the connection is given up. */
static void a_leader_that_hangs_is_told(void **state)
{
    struct cluster *cluster = *state;
    struct kafka_in *in = open_in(cluster);

    produce(cluster);
    while (cluster->next < RECORDS)
        assert_int_equal(poll_until(in, cluster, KAFKA_IN_RECORD, PATIENCE_MS), KAFKA_IN_RECORD);
    rd_kafka_mock_broker_set_rtt(cluster->mock, 1, PATIENCE_MS);
    assert_int_equal(poll_until(in, cluster, KAFKA_IN_BROKEN, PATIENCE_MS), KAFKA_IN_BROKEN);
    kafka_in_close(in);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_cluster, close_cluster, NULL                                          \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a leader that went is told before its records",
              a_leader_that_went_is_told_before_its_records),
        CLAIM("a leader that stays away is told once", a_leader_that_stays_away_is_told_once),
        CLAIM("who did not look for long is told", who_did_not_look_for_long_is_told),
        CLAIM("a leader that hangs is told", a_leader_that_hangs_is_told),
    };
    return cmocka_run_group_tests_name("kafka_break", tests, NULL, NULL);
}
