/* One table of what comes under carrito/v1/{cart}, and phones. */
#include "bridge/route.h"
#include "common/event.h"
#include "common/owntracks.h"
#include "common/wire_mqtt.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slice {
    const char *bytes;
    size_t length;
};

static struct record *add_record(struct batch *batch, enum wire_topic topic, struct slice value)
{
    struct record *record = &batch->records[batch->record_count++];

    record->topic = topic;
    record->partition = RECORD_BY_KEY;
    record->value = value.bytes;
    record->value_length = value.length;
    record->type = NULL;
    record->origin = batch->topic;
    record->retained = batch->retained;
    record->former = batch->former;
    record->perishable = false;
    record->by_user = false;
    record->state = RECORD_NEW;
    record->id[0] = '\0';
    record->refused = NULL;
    record->key = batch->cart;
    record->key_length = strlen(batch->cart);
    return record;
}

static struct record *reject(struct batch *batch, struct slice value, const struct json_reason *why)
{
    struct record *record = add_record(batch, WIRE_DEAD_LETTERS, value);

    record->origin = batch->source;
    record->refused = malloc(sizeof *record->refused);
    if (record->refused == NULL)
        abort();
    *record->refused = *why;
    batch->refused = *why;
    batch->rejected++;
    return record;
}

void route_refuse(struct batch *batch, const struct json_reason *why)
{
    struct record *record = reject(batch, (struct slice){ batch->payload, batch->length }, why);

    if (batch->length < batch->length_as_sent)
        json_reason_cut(record->refused, batch->length);
}

static void refuse_saying(struct batch *batch, struct saying saying)
{
    struct json_reason why;

    json_refuse(&why, "", saying);
    route_refuse(batch, &why);
}

/* `{epoch}:{last seq}`; anything else counts as absent. */
static void read_correlation(struct batch *batch)
{
    const char *colon = batch->correlation != NULL ? strchr(batch->correlation, ':') : NULL;
    size_t length = colon != NULL ? (size_t)(colon - batch->correlation) : 0;
    char epoch[EPOCH_LENGTH_MAX + 1];
    char *end;

    if (length == 0 || length >= sizeof epoch || colon[1] < '1' || colon[1] > '9')
        return;
    memcpy(epoch, batch->correlation, length);
    epoch[length] = '\0';
    long long seq = strtoll(colon + 1, &end, 10);
    if (*end != '\0' || seq > INTEGER_MAX || !epoch_is_valid(epoch))
        return;
    memcpy(batch->epoch, epoch, length + 1);
    batch->ack_seq = seq;
}

/* Without Correlation Data: the highest number of the epoch that was seen first. */
static void note_identity(struct batch *batch, const char *epoch, int64_t seq)
{
    if (batch->epoch[0] == '\0')
        memcpy(batch->epoch, epoch, strlen(epoch) + 1);
    if (seq > batch->ack_seq && strcmp(batch->epoch, epoch) == 0)
        batch->ack_seq = seq;
}

/* A refused line may still say which one it is; its cart must hear that it was dealt with. */
static void note_refused_identity(struct batch *batch, struct slice line)
{
    struct json_reason why;
    const char *epoch = "";
    int64_t seq = 0;
    cJSON *object =
        json_read_object(line.bytes, line.length, BATCH_BYTES_MAX, PRESENCE_DEPTH_MAX, &why);

    if (object != NULL &&
        json_get_text(object, "epoch", JSON_REQUIRED, EPOCH_LENGTH_MIN, EPOCH_LENGTH_MAX, &epoch,
                      &why) &&
        json_get_int(object, "seq", JSON_REQUIRED, 1, INTEGER_MAX, &seq, &why) &&
        epoch_is_valid(epoch))
        note_identity(batch, epoch, seq);
    cJSON_Delete(object);
}

static bool belongs(const struct batch *batch, const struct event *event, struct json_reason *why)
{
    if (strcmp(event->cart, batch->cart) != 0)
        return json_refuse(why, "cart", SAY_REASON_EVENT_CART(event->cart, batch->cart));
    if (batch->correlation != NULL && batch->epoch[0] != '\0' && event->epoch[0] != '\0' &&
        strcmp(event->epoch, batch->epoch) != 0)
        return json_refuse(why, "epoch", SAY_REASON_EVENT_EPOCH());
    return true;
}

/* A key of the event's own is copied, as the event is gone before the record. The scratch is as
 * long as the payload, where each order's id stands in at least as many bytes. */
static void set_key(struct batch *batch, struct record *record, const struct event *event)
{
    const char *key = wire_key_of(event);

    if (key == event->cart) /* the batch's, by belongs() */
        return;
    record->key_length = strlen(key);
    record->key = memcpy(batch->scratch, key, record->key_length);
    batch->scratch += record->key_length;
}

static void route_event(struct batch *batch, const struct event *event, struct slice line)
{
    struct record *record = add_record(batch, wire_topic_of(event->type), line);

    record->type = event_type_name(event->type);
    set_key(batch, record, event);
    wire_id_of(event, record->id);
}

static void route_line(struct batch *batch, struct slice line)
{
    struct event event;
    struct json_reason why;
    bool correlated = batch->correlation != NULL && batch->ack_seq > 0;

    if (event_read(line.bytes, line.length, &event, &why) && belongs(batch, &event, &why)) {
        route_event(batch, &event, line);
        if (!correlated && !event.owntracks)
            note_identity(batch, event.epoch, event.seq);
        return;
    }
    reject(batch, line, &why);
    if (!correlated)
        note_refused_identity(batch, line);
}

/* The next line from `*at` on, without its line end; false at the end. Empty lines are skipped:
 * nothing is lost with them. */
static bool next_line(const char **at, const char *end, struct slice *line)
{
    while (*at < end && **at == '\n')
        ++*at;
    if (*at == end)
        return false;
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    const char *stop = newline != NULL ? newline : end;
    *line = (struct slice){ *at, (size_t)(stop - *at) };
    *at = stop;
    return true;
}

static size_t count_lines(const struct batch *batch)
{
    const char *at = batch->payload, *end = batch->payload + batch->length;
    struct slice line;
    size_t count = 0;

    while (next_line(&at, end, &line))
        count++;
    return count;
}

static void route_events(struct batch *batch)
{
    const char *at = batch->payload, *end = batch->payload + batch->length;
    struct slice line;

    read_correlation(batch);
    if (batch->ack_seq > 0) /* who sends Correlation Data has an outbox */
        batch->keeper = KEPT_BY_SENDER;
    if (batch->length_as_sent > BATCH_BYTES_MAX) {
        refuse_saying(batch,
                      SAY_REASON_BATCH_BYTES((int64_t)batch->length_as_sent, BATCH_BYTES_MAX));
        return;
    }
    size_t lines = count_lines(batch);
    if (lines == 0) {
        refuse_saying(batch, SAY_REASON_BATCH_EMPTY());
        return;
    }
    if (lines > BATCH_EVENTS_MAX) {
        refuse_saying(batch, SAY_REASON_BATCH_EVENTS((int64_t)lines, BATCH_EVENTS_MAX));
        return;
    }
    while (next_line(&at, end, &line))
        route_line(batch, line);
}

/* The one state that a cart's agent does not let the broker retain. */
static bool is_of_former_outbox(const cJSON *state)
{
    const cJSON *reason = cJSON_GetObjectItemCaseSensitive(state, "reason");

    return cJSON_IsString(reason) && strcmp(reason->valuestring, "former") == 0;
}

/* True where `ts_ms` is a time and, in a state, `state` is one of the three. Notes who keeps that.
 */
static bool presence_is_valid(struct batch *batch, struct json_reason *why)
{
    const char *state = "online";
    int64_t ts_ms = 0;
    enum json_presence need = batch->kind == BATCH_STATE ? JSON_REQUIRED : JSON_OPTIONAL;
    cJSON *object =
        json_read_object(batch->payload, batch->length, EVENT_BYTES_MAX, PRESENCE_DEPTH_MAX, why);

    if (object == NULL)
        return false;
    bool ok = json_get_int(object, "ts_ms", JSON_REQUIRED, 0, INTEGER_MAX, &ts_ms, why) &&
              json_get_text(object, "state", need, 1, 16, &state, why);
    if (ok && link_state_from_name(state) == LINK_STATES)
        ok = json_refuse(why, "state", SAY_REASON_STATE());
    if (ok && batch->kind == BATCH_STATE)
        batch->keeper = is_of_former_outbox(object) ? KEPT_IN_QUEUE : KEPT_AS_STATE;
    cJSON_Delete(object);
    return ok;
}

static void route_presence(struct batch *batch)
{
    struct json_reason why;
    struct slice value = { batch->payload, batch->length };

    if (batch->length == 0 && batch->kind == BATCH_STATE)
        return;
    if (batch->kind == BATCH_HEARTBEAT)
        batch->keeper = KEPT_BY_SENDER;
    if (!presence_is_valid(batch, &why)) {
        route_refuse(batch, &why);
        return;
    }
    struct record *record = add_record(batch, WIRE_PRESENCE, value);
    record->type = batch->kind == BATCH_STATE ? WIRE_TYPE_STATE : WIRE_TYPE_HEARTBEAT;
    wire_id_make(record->id, batch->cart, record->type, batch->received_wall_ms);
}

static void route_position(struct batch *batch, const struct event *event)
{
    struct buffer text = { 0 };

    event_write(event, &text);
    assert(text.length <= OWNTRACKS_EVENT_ROOM);
    memcpy(batch->scratch, text.bytes, text.length);
    route_event(batch, event, (struct slice){ batch->scratch, text.length });
    buffer_free(&text);
}

/* A phone's message: its position as an event of ours. The whole message is the dead letter. */
static void route_owntracks(struct batch *batch)
{
    struct json_reason why;
    struct event event;

    batch->kind = BATCH_OWNTRACKS;
    enum owntracks_result result =
        owntracks_cart(batch->topic, batch->owntracks_rule, batch->cart, &why)
            ? owntracks_read(batch->cart, batch->payload, batch->length, &event, &why)
            : OWNTRACKS_REFUSED;
    if (result == OWNTRACKS_REFUSED)
        route_refuse(batch, &why);
    if (result == OWNTRACKS_POSITION)
        route_position(batch, &event);
    for (size_t i = 0; i < batch->record_count; i++)
        batch->records[i].by_user = batch->owntracks_rule == OWNTRACKS_CART_IS_USER;
}

static bool is_owntracks(const char *topic)
{
    size_t root = strlen(OWNTRACKS_ROOT "/");

    return strncmp(topic + (topic[0] == '/'), OWNTRACKS_ROOT "/", root) == 0;
}

/* What carts say; nothing is expected on the other leaves. */
static const struct reader {
    enum batch_kind kind;
    void (*route)(struct batch *batch);
} readers[WIRE_LEAVES] = {
    [LEAF_EVENTS] = { BATCH_EVENTS, route_events },
    [LEAF_STATE] = { BATCH_STATE, route_presence },
    [LEAF_HEARTBEAT] = { BATCH_HEARTBEAT, route_presence },
};

static const struct reader *find_reader(struct batch *batch)
{
    enum wire_leaf leaf;

    if (!wire_mqtt_read(batch->topic, batch->cart, &leaf) || leaf == WIRE_LEAVES ||
        readers[leaf].route == NULL)
        return NULL;
    return &readers[leaf];
}

void route(struct batch *batch)
{
    if (is_owntracks(batch->topic)) {
        route_owntracks(batch);
        return;
    }
    const struct reader *reader = find_reader(batch);
    batch->kind = reader != NULL ? reader->kind : BATCH_UNKNOWN;
    if (reader == NULL)
        refuse_saying(batch, SAY_REASON_TOPIC_UNKNOWN());
    else if (!cart_is_valid(batch->cart))
        refuse_saying(batch, SAY_REASON_TOPIC_CART());
    else
        reader->route(batch);
}
