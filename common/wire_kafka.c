/* The tables. */
#include "common/wire_kafka.h"

#include "common/owntracks.h"

#include <string.h>

static const char *const topic_names[WIRE_TOPICS] = {
    [WIRE_SALES] = TOPIC_SALES,
    [WIRE_LOCATIONS] = TOPIC_LOCATIONS,
    [WIRE_PRESENCE] = TOPIC_PRESENCE,
    [WIRE_ORDER_STEPS] = TOPIC_ORDER_STEPS,
    [WIRE_DEAD_LETTERS] = TOPIC_DEAD_LETTERS,
    [WIRE_COMMANDS] = TOPIC_COMMANDS,
    [WIRE_MEMBERS] = TOPIC_MEMBERS,
    [WIRE_REPORTS] = TOPIC_REPORTS,
    [WIRE_ORDER_REQUESTS] = TOPIC_ORDER_REQUESTS,
    [WIRE_ORDER_PROCESSING] = TOPIC_ORDER_PROCESSING,
    [WIRE_ORDER_NOTIFICATIONS] = TOPIC_ORDER_NOTIFICATIONS,
    [WIRE_LOGIN_ATTEMPTS] = TOPIC_LOGIN_ATTEMPTS,
    [WIRE_ALERTS] = TOPIC_ALERTS,
    [WIRE_DAILY_SALES] = TOPIC_DAILY_SALES,
};

#define GOES_TO(id, word, topic, key) [EVENT_##id] = { WIRE_##topic, offsetof(struct event, key) },

static const struct {
    enum wire_topic topic;
    size_t key; /* of the member, a text */
} events[EVENT_TYPES] = { EVENT_TYPE_TABLE(GOES_TO) };

const char *wire_topic_name(enum wire_topic topic)
{
    return topic_names[topic];
}

enum wire_topic wire_topic_from_name(const char *name)
{
    enum wire_topic topic = 0;

    while (topic < WIRE_TOPICS && strcmp(topic_names[topic], name) != 0)
        topic++;
    return topic;
}

enum wire_topic wire_topic_of(enum event_type type)
{
    return events[type].topic;
}

bool wire_topic_has_events(enum wire_topic topic)
{
    for (enum event_type type = 0; type < EVENT_TYPES; type++)
        if (events[type].topic == topic)
            return true;
    return false;
}

const char *wire_key_of(const struct event *event)
{
    return (const char *)event + events[event->type].key;
}

/* Appends text and returns its end; the ids fit by the limits of what they are made of. */
static char *append(char *at, const char *text)
{
    size_t length = strlen(text);

    memcpy(at, text, length + 1);
    return at + length;
}

static void append_int(char *at, int64_t value)
{
    char digits[24];
    char *start = digits + sizeof digits - 1;

    *start = '\0';
    do
        *--start = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    append(at, start);
}

/* Written by hand: the bridge makes one for every event, and snprintf costs as much as the rest of
 * what it decides about it. */
void wire_id_make(char id[WIRE_ID_SIZE], const char *cart, const char *middle, int64_t number)
{
    char *at = append(append(id, cart), "/");

    append_int(append(append(at, middle), "/"), number);
}

void wire_id_of(const struct event *event, char id[WIRE_ID_SIZE])
{
    if (event->owntracks)
        wire_id_make(id, event->cart, OWNTRACKS_ROOT, event->ts_ms);
    else
        wire_id_make(id, event->cart, event->epoch, event->seq);
}

static void add(struct wire_header *headers, size_t *count, struct wire_header header)
{
    if (header.value != NULL)
        headers[(*count)++] = header;
}

size_t wire_headers(const struct wire_envelope *envelope,
                    struct wire_header headers[WIRE_HEADERS_MAX])
{
    bool is_event = envelope->type != NULL;
    bool is_json = is_event || envelope->error == NULL; /* a dead letter may be anything */
    size_t count = 0;

    add(headers, &count, (struct wire_header){ HEADER_BRIDGE, envelope->bridge });
    add(headers, &count,
        (struct wire_header){ HEADER_RETAINED, envelope->retained ? "true" : NULL });
    add(headers, &count, (struct wire_header){ HEADER_FORMER, envelope->former ? "true" : NULL });
    add(headers, &count, (struct wire_header){ OWNTRACKS_RULE_HEADER, envelope->cart_rule });
    add(headers, &count, (struct wire_header){ HEADER_ERROR, envelope->error });
    add(headers, &count, (struct wire_header){ HEADER_ABOUT, envelope->about });
    add(headers, &count, (struct wire_header){ HEADER_SOURCE, envelope->source });
    add(headers, &count,
        (struct wire_header){ HEADER_CONTENT_TYPE, is_json ? "application/json" : NULL });
    add(headers, &count, (struct wire_header){ HEADER_ID, is_event ? envelope->id : NULL });
    add(headers, &count, (struct wire_header){ HEADER_TYPE, envelope->type });
    add(headers, &count, (struct wire_header){ HEADER_ORIGIN, is_event ? envelope->origin : NULL });
    add(headers, &count, (struct wire_header){ HEADER_SPEC_VERSION, is_event ? "1.0" : NULL });
    return count;
}
