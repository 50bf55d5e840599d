/* Decides which records are shown and how a line reads. */
#include "ctl/tail.h"

#include "common/csv.h"
#include "common/day.h"
#include "common/event.h"
#include "common/json_read.h"
#include "common/json_write.h"
#include "common/wire_kafka.h"
#include "common/wire_mqtt.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NAME_BYTES_MAX 512 /* of a topic with its key; a longer one is cut */
#define LAST_MAX       1000000000
#define DEPTH_MAX      8 /* payloads deeper than this are shown as text */

/* One line to be: a record, or one event of its batch. */
struct line {
    const struct tail_record *record;
    const char *payload;
    size_t length;
    cJSON *object; /* the payload, NULL where it is no JSON object */
    const char *type;
    const char *cart; /* "" where it is of none */
};

bool tail_filter_is_valid(const char *filter)
{
    if (!filter[0] || strlen(filter) >= NAME_BYTES_MAX || !utf8_is_valid(filter, strlen(filter)))
        return false;
    for (const char *at = filter; *at; at++) {
        bool first = at == filter || at[-1] == '/', last = at[1] == '\0' || at[1] == '/';

        if ((*at == '+' && !(first && last)) || (*at == '#' && !(first && at[1] == '\0')))
            return false;
    }
    return true;
}

/* One level of the filter against one of the name; both move past it and its slash. */
static bool level_matches(const char **filter, const char **name)
{
    size_t wanted = strcspn(*filter, "/"), given = strcspn(*name, "/");
    bool any = wanted == 1 && **filter == '+';

    if (!any && (wanted != given || memcmp(*filter, *name, given) != 0))
        return false;
    *filter += wanted;
    *name += given;
    return true;
}

enum match { MATCH_NO, MATCH_YES, MATCH_DEEPER }; /* DEEPER: the filter wants more levels */

/* MQTT 5, section 4.7. Written here and not taken from libmosquitto, because a prefix must be
 * told from a mismatch, and this file includes no foreign header. */
static enum match match(const char *filter, const char *name)
{
    for (;;) {
        if (strcmp(filter, "#") == 0)
            return MATCH_YES;
        if (!level_matches(&filter, &name))
            return MATCH_NO;
        if (!*filter && !*name)
            return MATCH_YES;
        if (!*name)
            return strcmp(filter, "/#") == 0 ? MATCH_YES : MATCH_DEEPER;
        if (!*filter)
            return MATCH_NO;
        filter++;
        name++;
    }
}

/* The Kafka topic as levels. */
static void dots_to_levels(char *name)
{
    for (; *name; name++)
        if (*name == '.')
            *name = '/';
}

bool tail_wants_topic(const struct tail *tail, const char *kafka_topic)
{
    char levels[NAME_BYTES_MAX];

    snprintf(levels, sizeof levels, "%s", kafka_topic);
    dots_to_levels(levels);
    return match(tail->options.filter, kafka_topic) != MATCH_NO ||
           match(tail->options.filter, levels) != MATCH_NO;
}

/* What the record is called in a filter and in a line. */
static void record_name(const struct tail_record *record, char name[NAME_BYTES_MAX])
{
    snprintf(name, NAME_BYTES_MAX, "%s", record->topic);
    if (record->source != TAIL_KAFKA)
        return;
    dots_to_levels(name);
    if (record->key && record->key[0])
        snprintf(name + strlen(name), NAME_BYTES_MAX - strlen(name), "/%s", record->key);
}

/* A filter that names a whole Kafka topic means all its records. */
static bool kafka_matches(const char *filter, const struct tail_record *record, const char *name)
{
    char dotted[NAME_BYTES_MAX], levels[NAME_BYTES_MAX];

    snprintf(levels, sizeof levels, "%s", record->topic);
    dots_to_levels(levels);
    snprintf(dotted, sizeof dotted, "%s/%s", record->topic, record->key ? record->key : "");
    return match(filter, name) == MATCH_YES || match(filter, levels) == MATCH_YES ||
           match(filter, record->topic) == MATCH_YES || match(filter, dotted) == MATCH_YES;
}

static bool name_matches(const struct tail *tail, const struct tail_record *record)
{
    char name[NAME_BYTES_MAX];

    record_name(record, name);
    if (record->source == TAIL_KAFKA)
        return kafka_matches(tail->options.filter, record, name);
    return match(tail->options.filter, name) == MATCH_YES;
}

static const char *text_member(const cJSON *object, const char *name)
{
    const cJSON *value = object ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;

    /* analysis: analyzer-null-dereference, clang-analyzer-core.NullDereference: it is a string. */
    return cJSON_IsString(value) ? value->valuestring : NULL;
}

/* The last level of an MQTT topic says what it carries: state, heartbeat, ack, command. */
static const char *last_level(const char *topic)
{
    const char *slash = strrchr(topic, '/');

    return slash ? slash + 1 : topic;
}

static const char *line_type(const struct line *line)
{
    const char *type = text_member(line->object, "type");

    if (line->record->type)
        return line->record->type;
    if (type)
        return type;
    return line->record->source == TAIL_MQTT ? last_level(line->record->topic) : "";
}

/* The cart is in the event, else in the Kafka key, else in `carrito/v1/{cart}/…`. */
static void line_cart(const struct line *line, char cart[CART_LENGTH_MAX + 1])
{
    const char *named = text_member(line->object, "cart");
    enum wire_leaf leaf;

    if (!named)
        named = line->record->key;
    if (named && cart_is_valid(named))
        memcpy(cart, named, strlen(named) + 1);
    else if (line->record->source != TAIL_MQTT || !wire_mqtt_read(line->record->topic, cart, &leaf))
        cart[0] = '\0';
}

static bool is_wanted(const struct tail *tail, const struct line *line)
{
    const struct tail_options *options = &tail->options;

    if (options->cart && strcmp(options->cart, line->cart) != 0)
        return false;
    if (options->type)
        return strcmp(options->type, line->type) == 0;
    return strcmp(line->type, WIRE_TYPE_BEAT) != 0;
}

static const char *source_name(const struct tail_record *record)
{
    return record->source == TAIL_MQTT ? "mqtt" : "kafka";
}

/* hour:minute:second.millisecond in the guild's zone; a tail is read while it happens. */
static void add_clock(int64_t time_ms, struct buffer *out)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm fields;

    localtime_r(&seconds, &fields);
    buffer_format(out, "%02d:%02d:%02d.%03d", fields.tm_hour, fields.tm_min, fields.tm_sec,
                  (int)(time_ms % 1000));
}

static void add_person_line(const struct line *line, struct buffer *out)
{
    char name[NAME_BYTES_MAX];
    struct buffer shown = { 0 };

    record_name(line->record, name);
    column_defused_text(name, strlen(name), &shown);
    add_clock(line->record->time_ms, out);
    buffer_format(out, "  %-5s  %-30s  ", source_name(line->record), shown.bytes);
    buffer_clear(&shown);
    column_defused_text(line->type, strlen(line->type), &shown);
    buffer_format(out, "%-9s  ", shown.bytes ? shown.bytes : "");
    column_defused_text(line->payload, line->length, out);
    buffer_text(out, "\n");
    buffer_free(&shown);
}

/* The payload as it came, but on one line: in valid JSON a line end is only white space. */
static void add_object(struct json_writer *json, const struct line *line)
{
    struct buffer flat = { 0 };

    buffer_append(&flat, line->payload, line->length);
    for (size_t i = 0; i < flat.length; i++)
        if (flat.bytes[i] == '\n' || flat.bytes[i] == '\r')
            flat.bytes[i] = ' ';
    json_raw(json, "payload", flat.bytes, flat.length);
    buffer_free(&flat);
}

/* One JSON object a line: what kcat -J calls an envelope. */
static void add_json_line(const struct line *line, struct buffer *out)
{
    const struct tail_record *record = line->record;
    struct json_writer json = json_write_to(out);
    char time[TIME_TEXT_SIZE];

    time_text(record->time_ms, time);
    json_object_begin(&json, NULL);
    json_text(&json, "source", source_name(record));
    json_text(&json, "topic", record->topic);
    if (record->source == TAIL_KAFKA) {
        json_int(&json, "partition", record->partition);
        json_int(&json, "offset", record->offset);
        json_text(&json, "key", record->key);
    }
    json_bool(&json, "retained", record->retained);
    json_text(&json, "time", time);
    json_text(&json, "type", line->type);
    if (line->object)
        add_object(&json, line);
    else
        json_text_n(&json, "payload", line->payload, line->length);
    json_object_end(&json);
    buffer_text(out, "\n");
}

static void add_csv_line(const struct line *line, struct buffer *out)
{
    const struct tail_record *record = line->record;
    struct csv_writer csv = csv_write_to(out, CSV_RFC4180);
    struct buffer payload = { 0 };
    char time[TIME_TEXT_SIZE];

    time_text(record->time_ms, time);
    buffer_append(&payload, line->payload, line->length);
    csv_text(&csv, source_name(record));
    csv_text(&csv, time);
    csv_text(&csv, record->topic);
    if (record->source == TAIL_KAFKA) {
        csv_int(&csv, record->partition);
        csv_int(&csv, record->offset);
    } else {
        csv_text(&csv, NULL);
        csv_text(&csv, NULL);
    }
    csv_text(&csv, record->key);
    csv_text(&csv, line->type);
    csv_text(&csv, payload.bytes);
    csv_row_end(&csv);
    buffer_free(&payload);
}

void tail_begin(const struct tail *tail, struct buffer *out)
{
    if (tail->options.format == OUTPUT_CSV)
        buffer_text(out, "source,time,topic,partition,offset,key,type,payload\r\n");
}

static void take_line(struct tail *tail, const struct tail_record *record, const char *payload,
                      size_t length, struct buffer *out)
{
    static void (*const forms[])(const struct line *, struct buffer *) = {
        [OUTPUT_TABLE] = add_person_line,
        [OUTPUT_JSON] = add_json_line,
        [OUTPUT_CSV] = add_csv_line,
    };
    struct json_reason ignored;
    char cart[CART_LENGTH_MAX + 1];
    struct line line = { .record = record, .payload = payload, .length = length, .cart = cart };

    line.object = json_read_object(payload, length, BATCH_BYTES_MAX, DEPTH_MAX, &ignored);
    line.type = line_type(&line);
    line_cart(&line, cart);
    if (is_wanted(tail, &line)) {
        forms[tail->options.format](&line, out);
        tail->count++;
    }
    cJSON_Delete(line.object);
}

/* Events travel over MQTT as lines of one message. */
static bool is_batch(const struct tail_record *record)
{
    return record->source == TAIL_MQTT && strcmp(last_level(record->topic), "events") == 0;
}

void tail_take(struct tail *tail, const struct tail_record *record, struct buffer *out)
{
    const char *at = record->payload ? record->payload : "", *end = at + record->length;

    if (tail_is_done(tail) || !name_matches(tail, record))
        return;
    if (!is_batch(record)) {
        take_line(tail, record, at, record->length, out);
        return;
    }
    while (at < end && !tail_is_done(tail)) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        stop = stop ? stop : end;
        if (stop > at)
            take_line(tail, record, at, (size_t)(stop - at), out);
        at = stop + 1;
    }
}

bool tail_is_done(const struct tail *tail)
{
    return tail->options.count_max > 0 && tail->count >= tail->options.count_max;
}

bool tail_start_read(const char *text, enum tail_start *start, int64_t *last)
{
    char *end;

    if (strcmp(text, "beginning") == 0 || strcmp(text, "end") == 0) {
        *start = text[0] == 'b' ? TAIL_BEGINNING : TAIL_END;
        return true;
    }
    if (text[0] != '-' || !isdigit((unsigned char)text[1]))
        return false;
    *last = strtoll(text + 1, &end, 10);
    *start = TAIL_LAST;
    return *end == '\0' && *last >= 1 && *last <= LAST_MAX;
}
