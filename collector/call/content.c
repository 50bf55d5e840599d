/* The table. */
#include "collector/call/content.h"

#include "common/json_read.h"
#include "common/protocol.h"

#include <string.h>

#define MEMBERS_MAX     6
#define VALUE_BYTES_MAX 65536
#define VALUE_DEPTH_MAX 6
#define ALERT           "alert/"

/* What is of persons in it: members that `persons` may read, or all of it where `readers` says so.
 */
struct content {
    const char *name;                 /* a topic, a list, or "alert/KIND" */
    unsigned readers;                 /* who may read any of it */
    unsigned persons;                 /* who may read these members … */
    const char *members[MEMBERS_MAX]; /* … NULL ends them */
};

/* clang-format off */
static const struct content table[] = {
    { TOPIC_SALES, WHO_READS, 0, { NULL } },
    { TOPIC_LOCATIONS, WHO_READS, 0, { NULL } },
    { TOPIC_PRESENCE, WHO_READS, 0, { NULL } },
    { TOPIC_COMMANDS, WHO_READS, WHO_ACTS, { "lat", "lon", "place" } },
    { TOPIC_REPORTS, WHO_READS, 0, { NULL } },
    { TOPIC_DAILY_SALES, WHO_READS, 0, { NULL } },
    { TOPIC_TIME, WHO_READS, 0, { NULL } },
    { TOPIC_ALERTS, WHO_READS, 0, { NULL } },
    { TOPIC_MEMBERS, WHO_ACTS, 0, { NULL } },
    { TOPIC_LOGIN_ATTEMPTS, WHO_ACTS, 0, { NULL } },
    { TOPIC_ORDER_STEPS, WHO_READS, 0, { NULL } },
    { TOPIC_ORDER_REQUESTS, WHO_READS, WHO_ACTS, { "email", "lat", "lon", "place" } },
    { TOPIC_ORDER_PROCESSING, WHO_READS, WHO_ACTS, { "email", "lat", "lon", "place" } },
    { TOPIC_ORDER_NOTIFICATIONS, WHO_ACTS, 0, { NULL } },
    /* Whatever a stranger's bytes are: nobody could read them. */
    { TOPIC_DEAD_LETTERS, WHO_ACTS, 0, { NULL } },
    { "orders", WHO_READS, WHO_ACTS, { "email", "lat", "lon", "place" } },
    { "order", WHO_READS, WHO_ACTS, { "email", "lat", "lon", "place", "cart", "position" } },
    { "dead-letters", WHO_READS, WHO_ACTS, { "text" } },
    { ALERT "login-blocked", WHO_ACTS, 0, { NULL } },
    { ALERT "person-request", WHO_ADMIN, 0, { NULL } },
};
/* clang-format on */
#define ROWS (sizeof table / sizeof *table)

static const struct content unknown_topic = { "", WHO_ACTS, 0, { NULL } };

/* Where a record came from, when a user's name follows. */
static const struct {
    const char *begins, *shown;
} sources[] = { { "import:", "import" }, { "http:/pub/", "http:/pub" } };

static bool is_one_of(unsigned roles, enum role reader)
{
    return (roles & (unsigned)reader) != 0;
}

static const struct content *find(const char *name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

static const struct content *of_topic(const char *topic)
{
    const struct content *content = find(topic);

    return content != NULL ? content : &unknown_topic;
}

unsigned content_readers(const char *topic, const cJSON *record)
{
    unsigned readers = of_topic(topic)->readers;
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, "kind"));

    if (strcmp(topic, TOPIC_ALERTS) != 0 || kind == NULL)
        return readers;
    for (size_t i = 0; i < ROWS; i++)
        if (strncmp(table[i].name, ALERT, strlen(ALERT)) == 0 &&
            strcmp(table[i].name + strlen(ALERT), kind) == 0)
            readers &= table[i].readers;
    return readers;
}

void content_strip(const char *topic, cJSON *record, enum role reader)
{
    const struct content *content = of_topic(topic);

    if (is_one_of(content->persons, reader))
        return;
    for (size_t i = 0; i < MEMBERS_MAX && content->members[i] != NULL; i++)
        cJSON_DeleteItemFromObjectCaseSensitive(record, content->members[i]);
}

bool content_shows_key(const char *topic, enum role reader)
{
    return is_one_of(of_topic(topic)->readers, reader);
}

/* True where every record of the topic is the reader's as it is, whatever is in it. */
static bool is_whole(const char *topic, enum role reader)
{
    const struct content *content = of_topic(topic);

    return is_one_of(content->readers, reader) && strcmp(topic, TOPIC_ALERTS) != 0 &&
           (content->members[0] == NULL || is_one_of(content->persons, reader));
}

bool content_show(const char *topic, enum role reader, const char *value, struct buffer *out)
{
    struct json_reason why;

    if (is_whole(topic, reader)) {
        buffer_text(out, value);
        return true;
    }
    if (!is_one_of(of_topic(topic)->readers, reader))
        return false;
    cJSON *record = json_read_object(value, strlen(value), VALUE_BYTES_MAX, VALUE_DEPTH_MAX, &why);
    bool shown = record != NULL && is_one_of(content_readers(topic, record), reader);
    if (shown) {
        content_strip(topic, record, reader);
        char *text = cJSON_PrintUnformatted(record);
        buffer_text(out, text != NULL ? text : "");
        cJSON_free(text);
    }
    cJSON_Delete(record);
    return shown;
}

bool content_shows(const char *list, const char *column, enum role reader)
{
    const struct content *content = find(list);

    for (size_t i = 0; content != NULL && i < MEMBERS_MAX && content->members[i] != NULL; i++)
        if (strcmp(content->members[i], column) == 0)
            return is_one_of(content->persons, reader);
    return true;
}

void content_hidden_kinds(enum role reader, struct buffer *out)
{
    buffer_text(out, ",");
    for (size_t i = 0; i < ROWS; i++)
        if (strncmp(table[i].name, ALERT, strlen(ALERT)) == 0 &&
            !is_one_of(table[i].readers, reader))
            buffer_format(out, "%s,", table[i].name + strlen(ALERT));
}

const char *content_source(const char *source, enum role reader)
{
    for (size_t i = 0; source != NULL && i < sizeof sources / sizeof *sources; i++)
        if (strncmp(source, sources[i].begins, strlen(sources[i].begins)) == 0 &&
            !is_one_of(WHO_ACTS, reader))
            return sources[i].shown;
    return source;
}
