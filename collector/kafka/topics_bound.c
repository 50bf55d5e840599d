/* topic → its settings → read to its end? → the same settings with another retention. Not by
 * IncrementalAlterConfigs, which librdkafka 2.0.2 does not have. */
#include "collector/kafka/topics_bound.h"

#include "common/kafka_conf.h"
#include "common/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUEST_MS    10000
#define DAY_MS        86400000LL
#define RETENTION     "retention.ms"
#define POLICY        "cleanup.policy"
#define PARTITION_MAX 1024 /* of a topic of persons; more are not looked at, and stay */

/* The role's group says how far the store has got; NULL: no role of ours reads it. */
static const struct {
    const char *name, *group;
} once_endless[] = {
    { TOPIC_MEMBERS, "carrito-members" },
    { TOPIC_ORDER_REQUESTS, "carrito-orders" },
    { TOPIC_ORDER_PROCESSING, NULL },
    { TOPIC_ORDER_NOTIFICATIONS, NULL },
    { TOPIC_ALERTS, NULL },
};

struct setting_list {
    const rd_kafka_ConfigEntry_t **list;
    size_t count;
};

/* ---- the settings of a topic ---- */

static rd_kafka_event_t *describe(rd_kafka_t *client, const char *topic)
{
    rd_kafka_ConfigResource_t *asked = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);

    rd_kafka_DescribeConfigs(client, &asked, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 2 * REQUEST_MS);
    rd_kafka_queue_destroy(queue);
    rd_kafka_ConfigResource_destroy(asked);
    return event;
}

/* Those of one topic, which live as long as the event; a NULL list: Kafka does not say them. */
static struct setting_list settings_of(rd_kafka_event_t *event)
{
    struct setting_list settings = { NULL, 0 };
    const rd_kafka_DescribeConfigs_result_t *result =
        event != NULL ? rd_kafka_event_DescribeConfigs_result(event) : NULL;
    size_t resources = 0;
    const rd_kafka_ConfigResource_t **answered =
        result != NULL ? rd_kafka_DescribeConfigs_result_resources(result, &resources) : NULL;

    if (resources == 1 && rd_kafka_ConfigResource_error(answered[0]) == RD_KAFKA_RESP_ERR_NO_ERROR)
        settings.list = rd_kafka_ConfigResource_configs(answered[0], &settings.count);
    return settings;
}

/* What was set for the topic itself; the rest it has from the broker. */
static bool is_set(const rd_kafka_ConfigEntry_t *entry)
{
    return rd_kafka_ConfigEntry_source(entry) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG &&
           rd_kafka_ConfigEntry_value(entry) != NULL;
}

static bool is_endless(const struct setting_list *settings)
{
    for (size_t i = 0; i < settings->count; i++)
        if (is_set(settings->list[i]) &&
            strcmp(rd_kafka_ConfigEntry_name(settings->list[i]), RETENTION) == 0)
            return strcmp(rd_kafka_ConfigEntry_value(settings->list[i]), "-1") == 0;
    return false;
}

/* As it was set; what keeps only the newest of each key drops that, too, once it is old. */
static const char *value_of(const rd_kafka_ConfigEntry_t *entry)
{
    const char *value = rd_kafka_ConfigEntry_value(entry);
    bool compacts = strcmp(rd_kafka_ConfigEntry_name(entry), POLICY) == 0;

    return compacts && strcmp(value, "compact") == 0 ? "compact,delete" : value;
}

static bool was_altered(rd_kafka_event_t *event)
{
    const rd_kafka_AlterConfigs_result_t *result =
        event != NULL ? rd_kafka_event_AlterConfigs_result(event) : NULL;
    size_t count = 0;
    const rd_kafka_ConfigResource_t **answered =
        result != NULL ? rd_kafka_AlterConfigs_result_resources(result, &count) : NULL;

    return count == 1 && rd_kafka_ConfigResource_error(answered[0]) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static bool shorten(rd_kafka_t *client, const char *topic, const struct setting_list *settings,
                    int64_t retention_ms)
{
    rd_kafka_ConfigResource_t *wanted = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)retention_ms);
    for (size_t i = 0; i < settings->count; i++)
        if (is_set(settings->list[i]) &&
            strcmp(rd_kafka_ConfigEntry_name(settings->list[i]), RETENTION) != 0)
            rd_kafka_ConfigResource_set_config(wanted, rd_kafka_ConfigEntry_name(settings->list[i]),
                                               value_of(settings->list[i]));
    rd_kafka_ConfigResource_set_config(wanted, RETENTION, text);
    rd_kafka_AlterConfigs(client, &wanted, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 2 * REQUEST_MS);
    bool done = was_altered(event);
    if (event != NULL)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_ConfigResource_destroy(wanted);
    return done;
}

/* ---- how far it was read ---- */

static int partitions_of(rd_kafka_t *client, const char *topic)
{
    const rd_kafka_metadata_t *metadata = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    int count = 0;

    if (handle != NULL &&
        rd_kafka_metadata(client, 0, handle, &metadata, REQUEST_MS) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        count = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
        rd_kafka_metadata_destroy(metadata);
    }
    if (handle != NULL)
        rd_kafka_topic_destroy(handle);
    return count <= PARTITION_MAX ? count : 0;
}

static bool is_at_end(rd_kafka_t *consumer, const rd_kafka_topic_partition_t *part)
{
    int64_t low = 0, high = 0;

    return rd_kafka_query_watermark_offsets(consumer, part->topic, part->partition, &low, &high,
                                            REQUEST_MS) == RD_KAFKA_RESP_ERR_NO_ERROR &&
           (high == low || part->offset >= high);
}

static bool read_to_end(rd_kafka_t *consumer, const char *topic, int count)
{
    rd_kafka_topic_partition_list_t *parts = rd_kafka_topic_partition_list_new(count);
    bool all = count > 0;

    for (int i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(parts, topic, i);
    all = all && rd_kafka_committed(consumer, parts, REQUEST_MS) == RD_KAFKA_RESP_ERR_NO_ERROR;
    for (int i = 0; all && i < count; i++)
        all = is_at_end(consumer, &parts->elems[i]);
    rd_kafka_topic_partition_list_destroy(parts);
    return all;
}

/* By what the role's group has committed, which it does once the store has it. */
static bool was_applied(rd_kafka_t *client, const struct topics_options *options, size_t index)
{
    const char *const settings[] = { "group.id", once_endless[index].group, NULL };

    if (once_endless[index].group == NULL)
        return true;
    rd_kafka_t *consumer = kafka_client_new(
        RD_KAFKA_CONSUMER, kafka_conf_new(options->brokers, options->pairs, settings), "topics");
    if (consumer == NULL)
        return false;
    bool applied = read_to_end(consumer, once_endless[index].name,
                               partitions_of(client, once_endless[index].name));
    rd_kafka_destroy(consumer);
    return applied;
}

static void bound(rd_kafka_t *client, const struct topics_options *options, size_t index,
                  const struct setting_list *settings)
{
    const char *topic = once_endless[index].name;
    int64_t days = topic_days(topic, options);

    if (!was_applied(client, options, index))
        fprintf(stderr,
                "carrito-collector: topic %s has no end of retention, and not all of it was read: "
                "it gets one by the next --create-topics\n",
                topic);
    else if (shorten(client, topic, settings, days * DAY_MS))
        printf("topic %s keeps its records for %lld days from now on\n", topic, (long long)days);
    else
        fprintf(stderr, "carrito-collector: retention of topic %s cannot be set\n", topic);
}

void topics_bound(rd_kafka_t *client, const struct topics_options *options)
{
    for (size_t i = 0; i < sizeof once_endless / sizeof *once_endless; i++) {
        rd_kafka_event_t *event = describe(client, once_endless[i].name);
        struct setting_list settings = settings_of(event);
        if (settings.list == NULL)
            fprintf(stderr, "carrito-collector: retention of topic %s cannot be seen\n",
                    once_endless[i].name);
        else if (is_endless(&settings))
            bound(client, options, i, &settings);
        if (event != NULL)
            rd_kafka_event_destroy(event);
    }
}
