/* Claims about kafka_in, held against librdkafka's mock cluster. */
#include "bridge/kafka_in.h"
#include "common/clock.h"
#include "common/protocol.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PARTITIONS       3
#define PATIENCE_MS      20000
#define API_OFFSET_FETCH 9 /* Kafka protocol: ApiKey of OffsetFetch */
#define TURN_MS          5

struct cluster {
    rd_kafka_t *producer; /* which also carries the brokers */
    rd_kafka_mock_cluster_t *mock;
};

static int open_cluster(void **state)
{
    static struct cluster cluster;
    char error[128];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    rd_kafka_conf_set(conf, "log_level", "0", error, sizeof error);
    rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", error, sizeof error);
    cluster.producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    assert_non_null(cluster.producer);
    cluster.mock = rd_kafka_handle_mock_cluster(cluster.producer);
    assert_non_null(cluster.mock);
    rd_kafka_mock_topic_create(cluster.mock, TOPIC_COMMANDS, PARTITIONS, 1);
    *state = &cluster;
    return 0;
}

static int close_cluster(void **state)
{
    struct cluster *cluster = *state;

    rd_kafka_destroy(cluster->producer);
    return 0;
}

static void produce(const struct cluster *cluster, int32_t partition, const char *value)
{
    rd_kafka_resp_err_t error = rd_kafka_producev(
        cluster->producer, RD_KAFKA_V_TOPIC(TOPIC_COMMANDS), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_VALUE((void *)value, strlen(value)), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_END);

    assert_int_equal(error, RD_KAFKA_RESP_ERR_NO_ERROR);
}

static void produce_one_to_each(const struct cluster *cluster)
{
    for (int32_t partition = 0; partition < PARTITIONS; partition++)
        produce(cluster, partition, "{}");
    assert_int_equal(rd_kafka_flush(cluster->producer, PATIENCE_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
}

static struct kafka_in *open_in(const struct cluster *cluster)
{
    static const struct config_pairs none;
    struct kafka_out_options options = {
        .brokers = rd_kafka_mock_cluster_bootstraps(cluster->mock),
        .pairs = &none,
        .bridge_id = "b1",
        .wake_fd = -1,
    };
    struct kafka_in *in = kafka_in_open(&options);

    assert_non_null(in);
    kafka_in_assign(in, PARTITIONS);
    return in;
}

/* As the bridge turns, until each partition has given a record; none is before `first`. */
static void read_one_of_each(struct kafka_in *in, int64_t first)
{
    bool read[PARTITIONS] = { false };
    int64_t end_ms = clock_mono_ms() + PATIENCE_MS;
    struct command_record record;

    while (!read[0] || !read[1] || !read[2]) {
        if (clock_mono_ms() > end_ms)
            fail_msg("read: %d, %d, %d", read[0], read[1], read[2]);
        kafka_in_renew(in, clock_mono_ms());
        while (kafka_in_next(in, &record)) {
            assert_true(record.offset >= first);
            read[record.partition] = true;
        }
        poll(NULL, 0, TURN_MS);
    }
}

static void reads_every_partition(void **state)
{
    struct kafka_in *in = open_in(*state);

    produce_one_to_each(*state);
    read_one_of_each(in, 0);
    kafka_in_close(in);
}

static void refused_positions_are_asked_for_again(void **state)
{
    struct cluster *cluster = *state;

    produce_one_to_each(cluster);
    rd_kafka_mock_push_request_errors(cluster->mock, API_OFFSET_FETCH, 2,
                                      RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
                                      RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE);
    struct kafka_in *in = open_in(cluster);
    read_one_of_each(in, 0);
    kafka_in_close(in);
}

static void goes_on_where_it_committed(void **state)
{
    struct kafka_in *in = open_in(*state);

    produce_one_to_each(*state);
    read_one_of_each(in, 0);
    for (int32_t partition = 0; partition < PARTITIONS; partition++)
        kafka_in_commit(in, &(struct command_position){ partition, 1 });
    kafka_in_assign(in, PARTITIONS);
    produce_one_to_each(*state);
    read_one_of_each(in, 1);
    kafka_in_close(in);
}

#define CLAIM(name, function)                                                                      \
    {                                                                                              \
        name, function, open_cluster, close_cluster, NULL                                          \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("every partition is read, from its start where there is no position",
              reads_every_partition),
        CLAIM("positions that the coordinator refused are asked for again",
              refused_positions_are_asked_for_again),
        CLAIM("it goes on behind what was committed", goes_on_where_it_committed),
    };
    return cmocka_run_group_tests_name("kafka_in", claims, NULL, NULL);
}
