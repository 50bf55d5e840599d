/* A consumer without a group's memory: assigned by hand, at the end of each partition. */
#include "collector/api/kafka_tail.h"
#include "collector/kafka/kafka_reader.h"

#include "common/clock.h"

#include <stdlib.h>
#include <string.h>

#define TAIL_ASK_MS    1000  /* how long an answer about topics may take */
#define TAIL_RETRY_MS  1000  /* while one is missing */
#define TAIL_LOOK_MS   60000 /* afterwards: somebody may add partitions */
#define PARTITIONS_MAX 1024

struct kafka_tail {
    const char *const *topics;
    rd_kafka_t *client;
    int assigned; /* partitions that are followed */
    bool whole;
    int64_t look_ms; /* monotonic */
};

/* Only what is new is wanted; where an offset is gone, the end again. */
/* clang-format off */
static const char *const settings[] = {
    "group.id", "carrito-stream",
    "enable.auto.commit", "false",
    "enable.auto.offset.store", "false",
    "auto.offset.reset", "latest",
    /* People look: what is 50 ms late is at once, and an answer for each record costs ten times as
     * much. */
    "fetch.wait.max.ms", "50",
    "fetch.min.bytes", KAFKA_GATHER_BYTES,
    "queued.max.messages.kbytes", "2048",
    NULL,
};
/* clang-format on */

struct kafka_tail *kafka_tail_open(const char *brokers, const struct config_pairs *pairs,
                                   const char *const *topics)
{
    rd_kafka_t *client = kafka_reader_open(brokers, pairs, settings);
    struct kafka_tail *tail = client != NULL ? calloc(1, sizeof *tail) : NULL;

    if (client != NULL && tail == NULL)
        abort();
    if (tail == NULL)
        return NULL;
    tail->client = client;
    tail->topics = topics;
    return tail;
}

void kafka_tail_close(struct kafka_tail *tail)
{
    if (tail == NULL)
        return;
    kafka_reader_close(tail->client);
    free(tail);
}

/* Adds the topic's partitions to the list; false where there is no such topic now. */
static bool add_topic(struct kafka_tail *tail, const char *name,
                      rd_kafka_topic_partition_list_t *list)
{
    int32_t count = kafka_reader_partitions(tail->client, name, TAIL_ASK_MS);

    for (int32_t i = 0; i < count && list->cnt < PARTITIONS_MAX; i++)
        rd_kafka_topic_partition_list_add(list, name, i)->offset = RD_KAFKA_OFFSET_END;
    return count > 0;
}

/* What is followed already goes on where it is. */
static void keep_places(struct kafka_tail *tail, rd_kafka_topic_partition_list_t *list)
{
    rd_kafka_topic_partition_list_t *now = NULL;

    if (rd_kafka_assignment(tail->client, &now) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    rd_kafka_position(tail->client, now);
    for (int i = 0; i < list->cnt; i++) {
        rd_kafka_topic_partition_t *wanted = &list->elems[i];
        const rd_kafka_topic_partition_t *have =
            rd_kafka_topic_partition_list_find(now, wanted->topic, wanted->partition);
        if (have != NULL && have->offset >= 0)
            wanted->offset = have->offset;
    }
    rd_kafka_topic_partition_list_destroy(now);
}

static void look(struct kafka_tail *tail)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(64);

    tail->whole = true;
    for (const char *const *name = tail->topics; *name != NULL; name++)
        tail->whole = add_topic(tail, *name, list) && tail->whole;
    if (list->cnt > tail->assigned) {
        keep_places(tail, list);
        if (rd_kafka_assign(tail->client, list) == RD_KAFKA_RESP_ERR_NO_ERROR)
            tail->assigned = list->cnt;
    }
    rd_kafka_topic_partition_list_destroy(list);
    tail->look_ms = clock_mono_ms() + (tail->whole ? TAIL_LOOK_MS : TAIL_RETRY_MS);
}

bool kafka_tail_poll(struct kafka_tail *tail, int timeout_ms, struct kafka_record *record)
{
    if (clock_mono_ms() >= tail->look_ms)
        look(tail);
    rd_kafka_message_t *message = rd_kafka_consumer_poll(tail->client, timeout_ms);
    if (message == NULL)
        return false;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_message_destroy(message);
        return false;
    }
    kafka_reader_record(message, record);
    return true;
}

bool kafka_tail_is_whole(const struct kafka_tail *tail)
{
    return tail->whole;
}
