/* librdkafka's consumer without a group: assign, poll to the end of each span, let go. */
#include "collector/api/kafka_look.h"
#include "collector/kafka/kafka_reader.h"

#include "common/clock.h"
#include "common/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MS 100
/* ListOffsets answers this where no record is that young (Kafka protocol, ListOffsets). */
#define OFFSET_NONE (-1)

struct kafka_look {
    rd_kafka_t *client;
    pthread_mutex_t lock; /* of whoever looks */
    int64_t until_ms;     /* monotonic, as is the next */
    int64_t rest_ms;      /* until then Kafka is taken for away */
};

/* A partition in hand. */
struct reading {
    const struct kafka_span *span;
    bool done;
};

/* A pair a line. `group.id` is there because the library asks for one; it is never joined. Where a
 * span begins before the log does, it is read from the log's beginning. */
/* clang-format off */
static const char *const settings[] = {
    "client.id", "carrito-collector-look",
    "group.id", "carrito-look",
    "enable.auto.commit", "false",
    "enable.auto.offset.store", "false",
    "enable.partition.eof", "true",
    "auto.offset.reset", "earliest",
    "fetch.wait.max.ms", "50",
    NULL,
};
/* clang-format on */

static int time_left(const struct kafka_look *look)
{
    int64_t left_ms = look->until_ms - clock_mono_ms();

    return left_ms > 1 ? (int)left_ms : 1;
}

struct kafka_look *kafka_look_open(const char *brokers, const struct config_pairs *pairs)
{
    rd_kafka_t *client = kafka_reader_open(brokers, pairs, settings);
    struct kafka_look *look = client != NULL ? calloc(1, sizeof *look) : NULL;

    if (client != NULL && look == NULL)
        abort();
    if (look == NULL)
        return NULL;
    look->client = client;
    pthread_mutex_init(&look->lock, NULL);
    return look;
}

bool kafka_look_begin(struct kafka_look *look)
{
    pthread_mutex_lock(&look->lock);
    look->until_ms = clock_mono_ms() + KAFKA_LOOK_MS;
    if (clock_mono_ms() >= look->rest_ms)
        return true;
    pthread_mutex_unlock(&look->lock);
    return false;
}

/* What was assigned is fetched no longer. */
void kafka_look_end(struct kafka_look *look)
{
    int64_t now_ms = clock_mono_ms();

    rd_kafka_assign(look->client, NULL);
    if (now_ms >= look->until_ms)
        look->rest_ms = now_ms + KAFKA_REST_MS;
    pthread_mutex_unlock(&look->lock);
}

void kafka_look_close(struct kafka_look *look)
{
    if (look == NULL)
        return;
    kafka_reader_close(look->client);
    pthread_mutex_destroy(&look->lock);
    free(look);
}

static int64_t within(int64_t low, int64_t value, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

int64_t kafka_look_time(int64_t wall_ms)
{
    return within(0, wall_ms, INT64_MAX - 1);
}

void kafka_span_before(struct kafka_span *span, int64_t low, int64_t high, int64_t limit)
{
    span->to = within(low, span->to, high);
    span->from = span->to - low > limit ? span->to - limit : low;
}

int32_t kafka_look_partitions(struct kafka_look *look, const char *topic)
{
    return kafka_reader_partitions(look->client, topic, time_left(look));
}

bool kafka_look_ends(struct kafka_look *look, const char *topic, int32_t partition, int64_t *low,
                     int64_t *high)
{
    return rd_kafka_query_watermark_offsets(look->client, topic, partition, low, high,
                                            time_left(look)) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

bool kafka_look_at(struct kafka_look *look, const struct kafka_span *where, int64_t append_ms,
                   int64_t *offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *one =
        rd_kafka_topic_partition_list_add(list, where->topic, where->partition);
    int64_t low;

    one->offset = append_ms;
    bool answered = rd_kafka_offsets_for_times(look->client, list, time_left(look)) ==
                        RD_KAFKA_RESP_ERR_NO_ERROR &&
                    one->err == RD_KAFKA_RESP_ERR_NO_ERROR;
    bool none = one->offset == OFFSET_NONE;
    if (answered && !none)
        *offset = one->offset;
    rd_kafka_topic_partition_list_destroy(list);
    if (answered && none)
        return kafka_look_ends(look, where->topic, where->partition, &low, offset);
    return answered;
}

static struct reading *find_reading(struct reading *readings, size_t count,
                                    const rd_kafka_message_t *message)
{
    for (size_t i = 0; message->rkt != NULL && i < count; i++)
        if (readings[i].span->partition == message->partition &&
            strcmp(readings[i].span->topic, rd_kafka_topic_name(message->rkt)) == 0)
            return &readings[i];
    return NULL;
}

static void hand_over(rd_kafka_message_t *message, const struct kafka_look_calls *calls)
{
    struct kafka_record record;

    kafka_reader_record(message, &record);
    calls->take(calls->owner, &record);
}

/* Takes one message into account; true where its span is done now and was not before. */
static bool take(struct reading *reading, rd_kafka_message_t *message,
                 const struct kafka_look_calls *calls)
{
    bool was_done = reading == NULL || reading->done;

    if (was_done)
        return false;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        reading->done = true;
    else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    else if (message->offset < reading->span->to)
        hand_over(message, calls);
    reading->done = reading->done || message->offset >= reading->span->to - 1;
    return reading->done;
}

static bool begin(struct kafka_look *look, struct reading *readings, size_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);

    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, readings[i].span->topic,
                                          readings[i].span->partition)
            ->offset = readings[i].span->from;
    bool begun = rd_kafka_assign(look->client, list) == RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_topic_partition_list_destroy(list);
    return begun;
}

bool kafka_look_read(struct kafka_look *look, const struct kafka_span *spans, size_t count,
                     const struct kafka_look_calls *calls)
{
    struct reading *readings = calloc(count + 1, sizeof *readings);
    size_t used = 0, done = 0;

    if (readings == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        if (spans[i].from < spans[i].to)
            readings[used++].span = &spans[i];
    bool begun = used == 0 || begin(look, readings, used);
    while (begun && done < used && clock_mono_ms() < look->until_ms) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(look->client, POLL_MS);
        if (message == NULL)
            continue;
        done += take(find_reading(readings, used, message), message, calls);
        rd_kafka_message_destroy(message);
    }
    free(readings);
    return begun && done == used;
}
