/* Makes and frees batches. */
#include "bridge/batch.h"
#include "common/owntracks.h"

#include <stdlib.h>
#include <string.h>

static size_t count_lines(const char *bytes, size_t length)
{
    size_t lines = 1;

    for (const char *end = length > 0 ? bytes + length : NULL; lines < BATCH_EVENTS_MAX; lines++) {
        const char *newline = length > 0 ? memchr(bytes, '\n', (size_t)(end - bytes)) : NULL;
        if (newline == NULL || newline + 1 == end)
            break;
        bytes = newline + 1;
    }
    return lines;
}

/* Copies with a NUL at the end and moves on. */
static char *put(char **at, const void *bytes, size_t length)
{
    char *start = *at;

    if (length > 0)
        memcpy(start, bytes, length);
    start[length] = '\0';
    *at += length + 1;
    return start;
}

struct batch *batch_new(const char *scheme, const struct mqtt_message *message)
{
    size_t length = message->length < RECORD_VALUE_MAX ? message->length : RECORD_VALUE_MAX;
    size_t scheme_length = strlen(scheme), topic_length = strlen(message->topic);
    size_t correlation_length = message->correlation != NULL ? strlen(message->correlation) : 0;
    size_t lines = count_lines(message->payload, length);
    size_t records_size = lines * sizeof(struct record);
    size_t scratch_size = length > OWNTRACKS_EVENT_ROOM ? length : OWNTRACKS_EVENT_ROOM;
    size_t texts_size =
        length + scratch_size + scheme_length + topic_length + correlation_length + 3;
    struct batch *batch = malloc(sizeof *batch + records_size + texts_size);

    if (batch == NULL)
        abort(); /* what a turn may read is bounded, so the machine is at its end */
    *batch = (struct batch){
        .length = length,
        .length_as_sent = message->length,
        .retained = message->retained,
        .former = message->former,
        .record_max = lines,
    };
    char *at = (char *)batch->records + records_size;
    batch->payload = put(&at, message->payload, length);
    batch->source = at;
    memcpy(at, scheme, scheme_length);
    at += scheme_length;
    batch->topic = put(&at, message->topic, topic_length);
    if (message->correlation != NULL)
        batch->correlation = put(&at, message->correlation, correlation_length);
    batch->scratch = at;
    return batch;
}

void batch_free(struct batch *batch)
{
    for (size_t i = 0; batch != NULL && i < batch->record_count; i++)
        free(batch->records[i].refused);
    free(batch);
}
