/* One table of who reads what came from a topic of Kafka; the rest is the bridge's to say. */
#include "collector/letters/dead_letter.h"
#include "collector/alerts/alert.h"
#include "collector/base/lang.h"
#include "collector/carts/cart_row.h"
#include "collector/effects/event_out.h"
#include "collector/effects/outgoing.h"
#include "collector/members/member.h"
#include "collector/orders/order.h"

#include "bridge/route.h"
#include "dead_letter_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOPIC_SIZE    64
#define RECORD_BYTES  65536 /* of what is no event */
#define RECORD_DEPTH  4
#define ALERT_SUBJECT "dead-letters"

static bool is_object(const struct kafka_record *record, struct json_reason *why)
{
    cJSON *object =
        json_read_object(record->value, record->value_length, RECORD_BYTES, RECORD_DEPTH, why);

    cJSON_Delete(object);
    return object != NULL;
}

static bool is_member(const struct kafka_record *record, struct json_reason *why)
{
    struct member member;
    cJSON *object =
        json_read_object(record->value, record->value_length, RECORD_BYTES, RECORD_DEPTH, why);
    bool good = object != NULL && member_read_record(object, &member, why);

    cJSON_Delete(object);
    return good;
}

static bool is_order(const struct kafka_record *record, struct json_reason *why)
{
    struct order order;

    return order_read_request(record->value, record->value_length, record->append_ms, &order, why);
}

/* What a role could not read goes back to its topic; events are above. Where a role's own reader
 * asks for more than an object, it says so itself, by another dead letter. */
static const struct reader {
    const char *topic;
    bool (*is_good)(const struct kafka_record *record, struct json_reason *why);
} readers[] = {
    { TOPIC_MEMBERS, is_member },          { TOPIC_ORDER_REQUESTS, is_order },
    { TOPIC_REPORTS, is_object },          { TOPIC_LOGIN_ATTEMPTS, is_object },
    { TOPIC_PRESENCE, is_object },         { TOPIC_COMMANDS, is_object },
    { TOPIC_ORDER_PROCESSING, is_object },
};

/* What a role refused of a phone's was a stranger's. */
static bool is_known(struct store *store, const char *cart, struct json_reason *why)
{
    return cart_is_known(store, cart) || json_refuse(why, "cart", SAY_REASON_CART_UNKNOWN(cart));
}

/* An event goes where its type belongs, whichever topic it was found in. */
static bool retry_event(struct store *store, const struct kafka_record *record, const char *source,
                        struct json_reason *why)
{
    struct event event;

    if (!event_read(record->value, record->value_length, &event, why) ||
        (event.owntracks && !is_known(store, event.cart, why)))
        return false;
    event_enqueue(store, &event,
                  &(struct event_bytes){ record->value, record->value_length, source });
    return true;
}

/* The id names the dead letter, so that trying twice in a row queues it once. */
static void enqueue_again(struct store *store, const struct kafka_record *record, const char *topic,
                          const char *source)
{
    char id[96];

    snprintf(id, sizeof id, "retry/%d/%lld", (int)record->partition, (long long)record->offset);
    outgoing_add(store, &(struct outgoing){ .id = id,
                                            .topic = topic,
                                            .key = record->key,
                                            .key_length = record->key_length,
                                            .value = record->value,
                                            .value_length = record->value_length,
                                            .source = source });
}

static bool retry_kafka(struct store *store, const struct kafka_record *record, const char *source,
                        struct json_reason *why)
{
    const char *from = source + strlen(WIRE_FROM_KAFKA);
    char topic[TOPIC_SIZE];

    snprintf(topic, sizeof topic, "%.*s", (int)strcspn(from, "/"), from);
    if (wire_topic_has_events(wire_topic_from_name(topic)))
        return retry_event(store, record, source, why);
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (strcmp(readers[i].topic, topic) != 0)
            continue;
        if (!readers[i].is_good(record, why))
            return false;
        enqueue_again(store, record, topic, source);
        return true;
    }
    return json_refuse(why, "source", SAY_REASON_TOPIC_UNREAD(topic));
}

static void enqueue_routed(struct store *store, const struct record *routed, const char *source)
{
    outgoing_add(store, &(struct outgoing){ .id = routed->id,
                                            .topic = wire_topic_name(routed->topic),
                                            .key = routed->key,
                                            .key_length = routed->key_length,
                                            .value = routed->value,
                                            .value_length = routed->value_length,
                                            .source = source,
                                            .type = routed->type });
}

/* A broker's copy of an old message is no word of its sender's now; a sale is one at any time. */
static bool is_stale(const struct kafka_record *record, const struct record *routed)
{
    char text[8];
    bool retained =
        record->message != NULL && kafka_in_header(record, HEADER_RETAINED, text, sizeof text);

    return retained && (routed->topic == WIRE_PRESENCE || routed->topic == WIRE_LOCATIONS);
}

/* By the rule of the bridge that wrote the dead letter; older ones had the device only. */
static enum owntracks_rule rule_of(const struct kafka_record *record)
{
    char rule[8];

    return kafka_in_header(record, OWNTRACKS_RULE_HEADER, rule, sizeof rule) &&
                   strcmp(rule, OWNTRACKS_RULE_USER) == 0
               ? OWNTRACKS_CART_IS_USER
               : OWNTRACKS_CART_IS_DEVICE;
}

static bool retry_mqtt(struct store *store, const struct kafka_record *record, const char *source,
                       struct json_reason *why)
{
    struct mqtt_message message = { .topic = source + strlen(WIRE_FROM_MQTT),
                                    .payload = record->value,
                                    .length = record->value_length };
    struct batch *batch = batch_new(WIRE_FROM_MQTT, &message);

    /* When it came from MQTT is not known any more. Kafka's time is taken for it, since that is the
     * same at every try: so each try makes the same record. */
    batch->received_wall_ms = record->append_ms;
    batch->owntracks_rule = rule_of(record);
    route(batch);
    bool good = batch->record_count > 0 && batch->rejected == 0 &&
                (!batch->records[0].by_user || is_known(store, batch->cart, why));
    for (size_t i = 0; i < batch->record_count; i++) {
        const struct record *routed = &batch->records[i];
        if (routed->topic == WIRE_DEAD_LETTERS)
            *why = batch->refused;
        else if (good && is_stale(record, routed))
            good = json_refuse(why, "text", SAY_REASON_RETAINED());
        else if (good)
            enqueue_routed(store, routed, source);
    }
    if (batch->record_count == 0)
        json_refuse(why, "text", SAY_REASON_NOTHING_IN_IT());
    batch_free(batch);
    return good;
}

bool dead_letter_retry(struct store *store, const struct kafka_record *record, const char *source,
                       struct json_reason *why)
{
    static const struct {
        const char *scheme;
        bool (*retry)(struct store *store, const struct kafka_record *record, const char *source,
                      struct json_reason *why);
    } schemes[] = { { WIRE_FROM_MQTT, retry_mqtt },
                    { WIRE_FROM_KAFKA, retry_kafka },
                    { WIRE_FROM_IMPORT, retry_event } };
    const char *from = source != NULL ? source : "";

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncmp(from, schemes[i].scheme, strlen(schemes[i].scheme)) == 0)
            return schemes[i].retry(store, record, from, why);
    return json_refuse(why, "source", SAY_REASON_NO_SOURCE());
}

static int64_t last_seen(struct store *store, int32_t partition)
{
    struct store_rows *rows = store_query(store, SQL_DEAD_LETTER_SEEN, "i", (int64_t)partition);
    int64_t end = store_next(rows) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    return end;
}

void dead_letter_see(struct store *store, const struct dead_letter_end *seen, const char *lang,
                     int64_t now_ms)
{
    int64_t before = last_seen(store, seen->partition);

    if (store_status(store) != STORE_OK || seen->end == before)
        return;
    store_run(store, SQL_DEAD_LETTER_SEE, "ii", (int64_t)seen->partition, seen->end);
    if (seen->end < before)
        return; /* a new topic of the same name */
    alert_raise(store, &(struct alert){ .kind = ALERT_DEAD_LETTER,
                                        .subject = ALERT_SUBJECT,
                                        .says = SAY_ALERT_DEAD_LETTER(),
                                        .lang = lang_from_name(lang),
                                        .at_ms = now_ms });
}
