/* Asks, and says what is missing once. */
#include "bridge/topics.h"
#include "common/clock.h"
#include "common/log.h"

#include <string.h>

#define ASK_MS     1000  /* while one is missing, or a partition waits */
#define REFRESH_MS 60000 /* otherwise: somebody may add partitions */
#define WAIT_MS    300   /* how long an answer may take; the loop stands still for it */

struct topics topics_begin(void)
{
    return (struct topics){ .asked_ms = INT64_MIN / 2 };
}

static void note(struct topics *topics)
{
    const char *missing = NULL;

    for (int i = WIRE_BRIDGE_USES - 1; i >= 0; i--)
        if (topics->partitions[i] == 0)
            missing = wire_topic_name((enum wire_topic)i);
    if (missing != NULL && topics->missing == NULL)
        log_warn("bridge", "waiting for topics in Kafka", "missing=%s", missing);
    else if (missing == NULL && !topics->complete)
        log_info("bridge", "all topics are there", NULL);
    topics->missing = missing;
    topics->complete = missing == NULL;
}

bool topics_look(struct topics *topics, struct kafka_out *out, int64_t mono_ms)
{
    int32_t commands = topics->partitions[WIRE_COMMANDS];
    int32_t partitions[WIRE_BRIDGE_USES];
    bool calm = topics->complete && kafka_out_waiting(out) == 0;

    if (mono_ms - topics->asked_ms < (calm ? REFRESH_MS : ASK_MS))
        return false;
    if (kafka_out_partitions(out, WAIT_MS, partitions)) {
        memcpy(topics->partitions, partitions, sizeof partitions);
        note(topics);
    }
    topics->asked_ms = clock_mono_ms();
    return topics->partitions[WIRE_COMMANDS] != commands;
}
