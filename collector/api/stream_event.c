/* One table of topics, and how a record of each is told. */
#include "collector/api/stream_event.h"
#include "collector/alerts/alert.h"
#include "collector/base/lang.h"
#include "collector/call/content.h"

#include "common/day.h"
#include "common/event.h"
#include "common/json_write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define RECORD_BYTES_MAX 65536
#define DEPTH_MAX        6
#define NAME_MAX_BYTES   64

static void tell_event(const struct kafka_record *record, struct stream_words *words);
static void tell_alert(const struct kafka_record *record, struct stream_words *words);
static void tell_order(const struct kafka_record *record, struct stream_words *words);

static const struct {
    const char *topic;
    void (*tell)(const struct kafka_record *record, struct stream_words *words);
} tellers[] = {
    { TOPIC_SALES, tell_event },
    { TOPIC_LOCATIONS, tell_event },
    { TOPIC_ALERTS, tell_alert },
    { TOPIC_ORDER_PROCESSING, tell_order },
};

const char *const stream_topics[] = { TOPIC_SALES, TOPIC_LOCATIONS, TOPIC_ALERTS,
                                      TOPIC_ORDER_PROCESSING, NULL };

static void write_known(struct json_writer *json, const char *key, int64_t value)
{
    if (value == EVENT_ABSENT)
        json_null(json, key);
    else
        json_int(json, key, value);
}

static void tell_sale(const struct event *event, struct buffer *out)
{
    struct json_writer json = json_write_to(out);

    json_object_begin(&json, NULL);
    json_text(&json, "type", event_type_name(event->type));
    json_text(&json, "cart", event->cart);
    json_text(&json, "epoch", event->epoch);
    json_int(&json, "receipt", event->receipt);
    json_time(&json, "time", event->ts_ms);
    json_text(&json, "client", event->client[0] != '\0' ? event->client : NULL);
    write_known(&json, "quantity", event->quantity);
    write_known(&json, "amount", event->amount);
    json_object_end(&json);
}

static void tell_stock(const struct event *event, struct buffer *out)
{
    struct json_writer json = json_write_to(out);

    json_object_begin(&json, NULL);
    json_text(&json, "cart", event->cart);
    json_int(&json, "stock", event->stock);
    json_time(&json, "time", event->ts_ms);
    json_object_end(&json);
}

static void tell_position(const struct event *event, struct buffer *out)
{
    struct json_writer json = json_write_to(out);

    json_object_begin(&json, NULL);
    json_text(&json, "cart", event->cart);
    json_number(&json, "lat", event->lat);
    json_number(&json, "lon", event->lon);
    json_number(&json, "acc", event->acc);
    json_time(&json, "time", event->ts_ms);
    json_object_end(&json);
}

static void tell_event(const struct kafka_record *record, struct stream_words *words)
{
    struct json_reason why;
    struct event event;
    char retained[8];

    if (!event_read(record->value, record->value_length, &event, &why) ||
        kafka_in_header(record, HEADER_RETAINED, retained, sizeof retained))
        return;
    if (event.type == EVENT_LOCATION)
        tell_position(&event, &words->position);
    if (event.type == EVENT_SALE || event.type == EVENT_VOID)
        tell_sale(&event, &words->sale);
    if (event.stock != EVENT_ABSENT)
        tell_stock(&event, &words->stock);
}

/* A record as the API shows such rows: `started_ms` becomes `started`, in RFC 3339. */
static void write_object(const cJSON *object, struct buffer *out)
{
    struct json_writer json = json_write_to(out);
    const cJSON *member;

    json_object_begin(&json, NULL);
    cJSON_ArrayForEach(member, object)
    {
        char name[NAME_MAX_BYTES];
        size_t length = strlen(member->string);
        bool is_time = length > 3 && strcmp(member->string + length - 3, "_ms") == 0;
        snprintf(name, sizeof name, "%.*s", (int)(is_time ? length - 3 : length), member->string);
        if (is_time && cJSON_IsNumber(member)) {
            json_time(&json, name, (int64_t)member->valuedouble);
            continue;
        }
        char *text = cJSON_PrintUnformatted(member);
        if (text != NULL)
            json_raw(&json, name, text, strlen(text));
        cJSON_free(text);
    }
    json_object_end(&json);
}

/* Everybody hears the same event: so it says `details` in each language, beside the guild's. */
static void add_languages(cJSON *alert)
{
    cJSON *about = cJSON_GetObjectItemCaseSensitive(alert, "about");
    const char *details = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(alert, "details"));
    char *kept = about != NULL ? cJSON_PrintUnformatted(about) : NULL;

    for (enum lang lang = 0; kept != NULL && lang < LANGS; lang++) {
        struct buffer text = { 0 };
        char name[NAME_MAX_BYTES];
        alert_say(kept, details != NULL ? details : "", lang, &text);
        snprintf(name, sizeof name, "details_%s", lang_name(lang));
        cJSON_AddStringToObject(alert, name, text.bytes != NULL ? text.bytes : "");
        buffer_free(&text);
    }
    cJSON_free(kept);
}

static void tell_alert(const struct kafka_record *record, struct stream_words *words)
{
    struct json_reason why;
    cJSON *alert =
        json_read_object(record->value, record->value_length, RECORD_BYTES_MAX, DEPTH_MAX, &why);

    if (alert == NULL)
        return;
    words->readers = content_readers(record->topic, alert);
    content_strip(record->topic, alert, ROLE_VIEWER);
    add_languages(alert);
    write_object(alert, &words->alert);
    cJSON_Delete(alert);
}

static void tell_order(const struct kafka_record *record, struct stream_words *words)
{
    struct json_reason why;
    cJSON *order =
        json_read_object(record->value, record->value_length, RECORD_BYTES_MAX, DEPTH_MAX, &why);

    if (order == NULL)
        return;
    content_strip(record->topic, order, ROLE_VIEWER);
    write_object(order, &words->order);
    cJSON_Delete(order);
}

void stream_words_of(const struct kafka_record *record, struct stream_words *words)
{
    words->readers = content_readers(record->topic, NULL);
    for (size_t i = 0; i < sizeof tellers / sizeof *tellers; i++)
        if (strcmp(tellers[i].topic, record->topic) == 0)
            tellers[i].tell(record, words);
}

void stream_words_free(struct stream_words *words)
{
    struct buffer *const all[] = { &words->sale, &words->position, &words->alert, &words->order,
                                   &words->stock };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buffer_free(all[i]);
}
