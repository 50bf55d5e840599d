/* Creates topics by the admin API, from one table.
 *
 * More partitions than the table's are allowed where all topics that share a key have the same
 * number; fewer, or different ones, would send a cart's records to different consumers. */
#include "collector/kafka/topics.h"

#include "collector/kafka/topics_bound.h"

#include "common/clock.h"
#include "common/kafka_conf.h"
#include "common/log.h"
#include "common/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUEST_MS       10000
#define FIRST_LOOK_MS    1000
#define FOR_EVER         0
#define RETENTION_DAYS   14
#define ALERT_DAYS       90 /* they name accounts that were blocked: as the store does */
#define TIME_DAYS        1  /* of carrito.time, which nobody reads: its delivery reports count */
#define DAY_MS           86400000LL
#define REPLICATION_FULL 3
#define TOPIC_COUNT      (sizeof table / sizeof *table)

/* Topics with the same key must have the same number of partitions. */
enum key {
    KEY_CART,
    KEY_ORDER,
    KEY_MEMBER,
    KEY_USER,
    KEY_ALERT,
    KEY_DAY,
    KEY_ANY,
    KEY_COLLECTOR,
    KEYS
};

struct topic {
    const char *name;
    enum key key;
    int partitions;
    bool compacted;
    int days; /* of retention; FOR_EVER: no end */
};

/* The store is the record of members and orders; Kafka only carries them. */
static const struct topic table[] = {
    { TOPIC_SALES, KEY_CART, 6, false, FOR_EVER },
    { TOPIC_LOCATIONS, KEY_CART, 6, false, RETENTION_DAYS },
    { TOPIC_PRESENCE, KEY_CART, 6, false, RETENTION_DAYS },
    { TOPIC_REPORTS, KEY_CART, 6, false, RETENTION_DAYS },
    { TOPIC_COMMANDS, KEY_CART, 6, false, RETENTION_DAYS },
    { TOPIC_ORDER_STEPS, KEY_ORDER, 6, false, RETENTION_DAYS },
    { TOPIC_ORDER_REQUESTS, KEY_ORDER, 6, false, RETENTION_DAYS },
    { TOPIC_ORDER_PROCESSING, KEY_ORDER, 6, false, RETENTION_DAYS },
    { TOPIC_ORDER_NOTIFICATIONS, KEY_ORDER, 6, false, RETENTION_DAYS },
    { TOPIC_MEMBERS, KEY_MEMBER, 2, false, RETENTION_DAYS },
    { TOPIC_LOGIN_ATTEMPTS, KEY_USER, 3, false, RETENTION_DAYS },
    { TOPIC_ALERTS, KEY_ALERT, 3, true, ALERT_DAYS },
    { TOPIC_DAILY_SALES, KEY_DAY, 3, true, FOR_EVER },
    { TOPIC_DEAD_LETTERS, KEY_ANY, 3, false, RETENTION_DAYS },
    { TOPIC_TIME, KEY_COLLECTOR, 6, false, TIME_DAYS },
};

bool topic_is_compacted(const char *name)
{
    for (size_t i = 0; i < TOPIC_COUNT; i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].compacted;
    return false;
}

/* What the cluster has; 0 partitions: the topic is missing. */
struct cluster {
    int brokers;
    int partitions[TOPIC_COUNT];
};

static bool look(rd_kafka_t *client, int wait_ms, struct cluster *cluster)
{
    const struct rd_kafka_metadata *metadata;

    *cluster = (struct cluster){ 0 };
    if (rd_kafka_metadata(client, 1, NULL, &metadata, wait_ms) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    cluster->brokers = metadata->broker_cnt;
    for (int i = 0; i < metadata->topic_cnt; i++)
        for (size_t k = 0; k < TOPIC_COUNT; k++)
            if (strcmp(metadata->topics[i].topic, table[k].name) == 0)
                cluster->partitions[k] = metadata->topics[i].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    return cluster->brokers > 0;
}

/* Topics that share a key, as they will be: equal, and no fewer than the table's. */
static bool check_counts(const struct cluster *cluster)
{
    int by_key[KEYS] = { 0 };
    bool ok = true;

    for (size_t i = 0; i < TOPIC_COUNT; i++) {
        int have = cluster->partitions[i] > 0 ? cluster->partitions[i] : table[i].partitions;
        int *expected = &by_key[table[i].key];
        if (*expected == 0)
            *expected = have;
        if (have == *expected && have >= table[i].partitions)
            continue;
        fprintf(stderr,
                "carrito-collector: topic %s has %d partitions; it needs %d, the same number as "
                "the other topics with its key\n",
                table[i].name, have,
                *expected > table[i].partitions ? *expected : table[i].partitions);
        ok = false;
    }
    return ok;
}

static void set_config(rd_kafka_NewTopic_t *topic, const char *name, const char *value)
{
    rd_kafka_NewTopic_set_config(topic, name, value);
}

/* How long a topic keeps its records; 0: for ever. */
static int64_t days_of(const struct topic *row, const struct topics_options *options)
{
    bool is_short = row->key == KEY_COLLECTOR || (row->compacted && row->days != FOR_EVER &&
                                                  row->days < options->retention_days);

    return options->retention_days > 0 && !is_short ? options->retention_days : row->days;
}

int64_t topic_days(const char *name, const struct topics_options *options)
{
    for (size_t i = 0; i < TOPIC_COUNT; i++)
        if (strcmp(table[i].name, name) == 0)
            return days_of(&table[i], options);
    return 0;
}

static rd_kafka_NewTopic_t *new_topic(const struct topic *row, const struct cluster *cluster,
                                      const struct topics_options *options)
{
    int64_t days = days_of(row, options);
    int replication = options->replication > 0               ? (int)options->replication
                      : cluster->brokers >= REPLICATION_FULL ? REPLICATION_FULL
                                                             : 1;
    char text[32];
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(row->name, row->partitions, replication, NULL, 0);

    if (topic == NULL)
        abort();
    snprintf(text, sizeof text, "%lld", days > 0 ? (long long)(days * DAY_MS) : -1LL);
    set_config(topic, "retention.ms", text);
    set_config(topic, "message.timestamp.type", "LogAppendTime");
    if (row->compacted)
        set_config(topic, "cleanup.policy", days > 0 ? "compact,delete" : "compact");
    if (replication >= REPLICATION_FULL) {
        set_config(topic, "min.insync.replicas", "2");
        /* Whatever the brokers' own default: a replica that is behind never leads, as that would
         * lose what was acknowledged. */
        set_config(topic, "unclean.leader.election.enable", "false");
    }
    return topic;
}

/* False where one could not be made; that another process was faster is no failure. */
static bool read_results(rd_kafka_event_t *event)
{
    const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(event);
    const rd_kafka_topic_result_t **topics;
    size_t count = 0;
    bool ok = true;

    if (result == NULL || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        fprintf(stderr, "carrito-collector: topics cannot be made: %s\n",
                rd_kafka_event_error_string(event));
        return false;
    }
    topics = rd_kafka_CreateTopics_result_topics(result, &count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t error = rd_kafka_topic_result_error(topics[i]);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
            log_info("topics", "topic made", "topic=%s", rd_kafka_topic_result_name(topics[i]));
        } else if (error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
            fprintf(stderr, "carrito-collector: topic %s cannot be made: %s\n",
                    rd_kafka_topic_result_name(topics[i]),
                    rd_kafka_topic_result_error_string(topics[i]));
            ok = false;
        }
    }
    return ok;
}

static bool make_missing(rd_kafka_t *client, const struct cluster *cluster,
                         const struct topics_options *options)
{
    rd_kafka_NewTopic_t *topics[TOPIC_COUNT];
    size_t count = 0;
    bool ok = true;

    for (size_t i = 0; i < TOPIC_COUNT; i++)
        if (cluster->partitions[i] == 0)
            topics[count++] = new_topic(&table[i], cluster, options);
    if (count == 0)
        return true;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_CreateTopics(client, topics, count, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 2 * REQUEST_MS);
    ok = event != NULL && read_results(event);
    if (event == NULL)
        fprintf(stderr, "carrito-collector: Kafka did not answer the request for topics\n");
    else
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_NewTopic_destroy_array(topics, count);
    return ok;
}

/* An installation's script that waits for ever tells nobody what is missing. */
static bool wait_for_broker(rd_kafka_t *client, const struct topics_options *options,
                            struct cluster *cluster)
{
    int64_t end_ms = clock_mono_ms() + options->wait_s * 1000, left_ms = options->wait_s * 1000;

    log_info("topics", "waiting for Kafka", "brokers=%s seconds=%lld", options->brokers,
             (long long)options->wait_s);
    while (left_ms > 0 && !options->stopped()) {
        if (look(client, left_ms < REQUEST_MS ? (int)left_ms : REQUEST_MS, cluster))
            return true;
        left_ms = end_ms - clock_mono_ms();
    }
    fprintf(stderr, "carrito-collector: no Kafka at %s within %lld s; --wait S waits longer\n",
            options->brokers, (long long)options->wait_s);
    return false;
}

bool topics_create(const struct topics_options *options)
{
    rd_kafka_t *client = kafka_client_new(
        RD_KAFKA_PRODUCER, kafka_conf_new(options->brokers, options->pairs, NULL), "topics");
    struct cluster cluster;
    bool ok = false;

    if (client == NULL)
        return false;
    if ((look(client, FIRST_LOOK_MS, &cluster) || wait_for_broker(client, options, &cluster)) &&
        check_counts(&cluster))
        ok = make_missing(client, &cluster, options);
    if (ok)
        topics_bound(client, options);
    rd_kafka_destroy(client);
    return ok;
}
