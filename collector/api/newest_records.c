/* An array that is full at `max`; from then on the oldest one makes room. */
#include "collector/api/newest_records.h"

#include "common/json_read.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_MAX 512

struct newest_records {
    size_t max, count;
    struct kept_record records[];
};

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);

    if (memory == NULL)
        abort();
    return memory;
}

struct newest_records *newest_open(size_t max)
{
    struct newest_records *newest = allocate(sizeof *newest + max * sizeof(struct kept_record));

    newest->max = max;
    return newest;
}

static void drop(struct kept_record *record)
{
    char *const texts[] = { record->topic, record->key,   record->value,
                            record->error, record->about, record->source };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
}

void newest_close(struct newest_records *newest)
{
    for (size_t i = 0; i < newest->count; i++)
        drop(&newest->records[i]);
    free(newest);
}

/* How long the character at `bytes` is; 0 where there is none. */
static size_t character_length(const char *bytes, size_t length)
{
    for (size_t size = 1; size <= 4 && size <= length; size++)
        if (bytes[0] != '\0' && utf8_is_valid(bytes, size))
            return size;
    return 0;
}

/* Bytes of a stranger as text that JSON can carry. */
static char *text_of(const char *bytes, size_t length)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    size_t left = length < NEWEST_VALUE_MAX ? length : NEWEST_VALUE_MAX;
    char *text = allocate(left * (sizeof replacement - 1) + 1), *at = text;

    while (left > 0) {
        size_t size = character_length(bytes, left);
        if (size == 0)
            at = (char *)memcpy(at, replacement, sizeof replacement - 1) + sizeof replacement - 1;
        else
            at = (char *)memcpy(at, bytes, size) + size;
        size += size == 0;
        bytes += size;
        left -= size;
    }
    char *fitting = realloc(text, (size_t)(at - text) + 1);
    return fitting != NULL ? fitting : text;
}

static char *header_of(const struct kafka_record *record, const char *name)
{
    char value[HEADER_MAX];

    if (record->message == NULL || !kafka_in_header(record, name, value, sizeof value))
        return NULL;
    return text_of(value, strlen(value));
}

static int by_age(const void *left, const void *right)
{
    const struct kept_record *a = left, *b = right;

    if (a->append_ms != b->append_ms)
        return a->append_ms > b->append_ms ? -1 : 1;
    int topic = strcmp(a->topic, b->topic);
    if (topic != 0)
        return topic;
    if (a->partition != b->partition)
        return a->partition < b->partition ? -1 : 1;
    return a->offset == b->offset ? 0 : a->offset > b->offset ? -1 : 1;
}

static struct kept_record *oldest_of(struct newest_records *newest)
{
    struct kept_record *oldest = &newest->records[0];

    for (size_t i = 1; i < newest->count; i++)
        if (by_age(&newest->records[i], oldest) > 0)
            oldest = &newest->records[i];
    return oldest;
}

void newest_take(void *owner, const struct kafka_record *record)
{
    struct newest_records *newest = owner;
    struct kept_record *place = &newest->records[newest->count];
    struct kept_record kept = { .topic = (char *)(uintptr_t)record->topic,
                                .partition = record->partition,
                                .offset = record->offset,
                                .append_ms = record->append_ms };

    if (newest->count == newest->max) {
        place = oldest_of(newest);
        if (by_age(&kept, place) > 0)
            return;
        drop(place);
    } else {
        newest->count++;
    }
    kept.topic = text_of(record->topic, strlen(record->topic));
    kept.key = record->key != NULL ? text_of(record->key, record->key_length) : NULL;
    kept.value = text_of(record->value, record->value_length);
    kept.error = header_of(record, HEADER_ERROR);
    kept.about = header_of(record, HEADER_ABOUT);
    kept.source = header_of(record, HEADER_SOURCE);
    *place = kept;
}

const struct kept_record *newest_sorted(struct newest_records *newest, size_t *count)
{
    qsort(newest->records, newest->count, sizeof *newest->records, by_age);
    *count = newest->count;
    return newest->records;
}
