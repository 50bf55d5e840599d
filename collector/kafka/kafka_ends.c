/* What kafka_ask.h answers, kept for a second. */
#include "collector/kafka/kafka_ends.h"

#include "collector/kafka/kafka_ask.h"
#include "common/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define REMEMBER_MS 1000

struct kafka_ends {
    struct kafka_ask *ask;
    pthread_mutex_t lock;
    struct kafka_end known[KAFKA_ENDS_MAX];
    size_t known_count;
    int64_t asked_ms; /* monotonic */
};

struct kafka_ends *kafka_ends_open(const char *brokers, const struct config_pairs *pairs)
{
    struct kafka_ends *ends = calloc(1, sizeof *ends);

    if (ends == NULL)
        abort();
    pthread_mutex_init(&ends->lock, NULL);
    ends->asked_ms = -REMEMBER_MS;
    ends->ask = kafka_ask_open(brokers, pairs);
    if (ends->ask != NULL)
        return ends;
    kafka_ends_close(ends);
    return NULL;
}

void kafka_ends_close(struct kafka_ends *ends)
{
    if (ends == NULL)
        return;
    kafka_ask_close(ends->ask);
    pthread_mutex_destroy(&ends->lock);
    free(ends);
}

static int64_t known_end(const struct kafka_ends *ends, const struct kafka_end *wanted)
{
    for (size_t i = 0; i < ends->known_count; i++)
        if (ends->known[i].partition == wanted->partition &&
            strcmp(ends->known[i].topic, wanted->topic) == 0)
            return ends->known[i].end;
    return -1;
}

/* Asks for all that are wanted, and keeps what was answered. */
static void ask(struct kafka_ends *ends, const struct kafka_end *wanted, size_t count)
{
    struct kafka_ask_end asked[KAFKA_ENDS_MAX];

    for (size_t i = 0; i < count; i++)
        asked[i] = (struct kafka_ask_end){ wanted[i].topic, wanted[i].partition, -1 };
    kafka_ask_ends(ends->ask, asked, count);
    for (size_t i = 0; i < count; i++) {
        ends->known[i] = wanted[i];
        ends->known[i].end = asked[i].end;
    }
    ends->known_count = count;
    ends->asked_ms = clock_mono_ms();
}

void kafka_ends_read(struct kafka_ends *ends, struct kafka_end *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        wanted[i].end = -1;
    if (ends == NULL || count == 0)
        return;
    size_t asked = count < KAFKA_ENDS_MAX ? count : KAFKA_ENDS_MAX;
    pthread_mutex_lock(&ends->lock);
    if (asked != ends->known_count || clock_mono_ms() - ends->asked_ms >= REMEMBER_MS)
        ask(ends, wanted, asked);
    for (size_t i = 0; i < asked; i++)
        wanted[i].end = known_end(ends, &wanted[i]);
    pthread_mutex_unlock(&ends->lock);
}

int32_t kafka_ends_partitions(struct kafka_ends *ends, const char *topic)
{
    return (int32_t)kafka_ask_partition_count(ends->ask, (const char *const[]){ topic, NULL });
}
