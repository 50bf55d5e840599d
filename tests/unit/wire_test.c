/* Proves that what two programs must agree on is what is published: topics, keys, ids, headers, the
 * words of the link, the states of an order. Names are typed here again, or read in docs/schemas.
 */
#include "common/order_state.h"
#include "common/owntracks.h"
#include "common/wire_kafka.h"
#include "common/wire_mqtt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The schema of this name; the caller's. */
static cJSON *read_schema(const char *name)
{
    static char text[65536];
    char path[512];

    snprintf(path, sizeof path, "%s/../../docs/schemas/%s", CORPUS_DIR, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    cJSON *schema = cJSON_Parse(text);
    assert_non_null(schema);
    return schema;
}

static const char *order_state_name(int state)
{
    return order_state_names[state];
}

/* What a vendor may say: a state, or no. */
static const char *order_step_name(int step)
{
    return step < ORDER_STATES ? order_state_names[step] : ORDER_STEP_REFUSED;
}

static const char *link_name(int state)
{
    return link_state_name((enum link_state)state);
}

static const char *event_name(int type)
{
    return event_type_name((enum event_type)type);
}

static const char *command_name(int command)
{
    return wire_command_name((enum wire_command)command);
}

static void words_are_those_of_the_schemas(void **unused)
{
    static const struct {
        const char *schema, *member;
        const char *(*name)(int index);
        int count;
    } table[] = {
        { "event.json", "type", event_name, EVENT_TYPES },
        { "event-order.json", "status", order_step_name, ORDER_STATES + 1 },
        { "order-change.json", "status", order_state_name, ORDER_STATES },
        { "state.json", "state", link_name, LINK_STATES },
        { "command.json", "command", command_name, WIRE_COMMANDS_KNOWN },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cJSON *schema = read_schema(table[i].schema);
        const cJSON *members = cJSON_GetObjectItemCaseSensitive(schema, "properties");
        const cJSON *member = cJSON_GetObjectItemCaseSensitive(members, table[i].member);
        const cJSON *words = cJSON_GetObjectItemCaseSensitive(member, "enum");
        assert_int_equal(cJSON_GetArraySize(words), table[i].count);
        for (int k = 0; k < table[i].count; k++)
            assert_string_equal(cJSON_GetStringValue(cJSON_GetArrayItem(words, k)),
                                table[i].name(k));
        cJSON_Delete(schema);
    }
}

static void events_go_where_their_readers_are(void **unused)
{
    static const struct {
        enum event_type type;
        const char *topic, *key;
    } table[] = {
        { EVENT_SALE, "carrito.sales", "BBCL23" },
        { EVENT_VOID, "carrito.sales", "BBCL23" },
        { EVENT_STOCK, "carrito.sales", "BBCL23" },
        { EVENT_CLOCK, "carrito.sales", "BBCL23" },
        { EVENT_LOCATION, "carrito.locations", "BBCL23" },
        { EVENT_ORDER, "carrito.order-steps", "o-7" },
    };
    struct event event;

    (void)unused;
    assert_int_equal(sizeof table / sizeof *table, EVENT_TYPES);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        event_clear(&event);
        event.type = table[i].type;
        strcpy(event.cart, "BBCL23");
        strcpy(event.order, event.type == EVENT_SALE || event.type == EVENT_ORDER ? "o-7" : "");
        assert_string_equal(wire_topic_name(wire_topic_of(event.type)), table[i].topic);
        assert_string_equal(wire_key_of(&event), table[i].key);
    }
}

static void a_topic_is_found_by_its_name(void **unused)
{
    (void)unused;
    for (enum wire_topic topic = 0; topic < WIRE_TOPICS; topic++)
        assert_int_equal(wire_topic_from_name(wire_topic_name(topic)), topic);
    assert_int_equal(wire_topic_from_name("carrito.sale"), WIRE_TOPICS);
    assert_int_equal(wire_topic_from_name(""), WIRE_TOPICS);
    assert_true(wire_topic_has_events(WIRE_SALES));
    assert_false(wire_topic_has_events(WIRE_PRESENCE));
    assert_false(wire_topic_has_events(WIRE_TOPICS));
}

static void an_id_names_one_event(void **unused)
{
    struct event event;
    char id[WIRE_ID_SIZE];

    (void)unused;
    event_clear(&event);
    strcpy(event.cart, "ABCDEFGHIJKLMN-9");
    memset(event.epoch, 'f', EPOCH_LENGTH_MAX);
    event.seq = INTEGER_MAX;
    wire_id_of(&event, id);
    assert_string_equal(id, "ABCDEFGHIJKLMN-9/ffffffffffffffffffffffffffffffff/9007199254740991");
    event.owntracks = true;
    event.ts_ms = 0;
    wire_id_of(&event, id);
    assert_string_equal(id, "ABCDEFGHIJKLMN-9/owntracks/0");
    wire_id_make(id, "BBCL23", WIRE_TYPE_HEARTBEAT, 1790000000123);
    assert_string_equal(id, "BBCL23/heartbeat/1790000000123");
}

static const char *value_of(const struct wire_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(headers[i].name, name) == 0)
            return headers[i].value;
    return "absent";
}

static void a_dead_letter_claims_no_kind(void **unused)
{
    struct wire_header headers[WIRE_HEADERS_MAX];
    size_t count = wire_headers(&(struct wire_envelope){ .id = "retry/0/1",
                                                         .origin = WIRE_ORIGIN_CENTRE,
                                                         .error = "not JSON",
                                                         .about = "{\"say\":\"not-json\"}",
                                                         .source = "mqtt:carrito/v1/A/events",
                                                         .cart_rule = OWNTRACKS_RULE_USER,
                                                         .retained = true },
                                headers);

    (void)unused;
    assert_int_equal(count, 5);
    assert_string_equal(value_of(headers, count, "error"), "not JSON");
    assert_string_equal(value_of(headers, count, "about"), "{\"say\":\"not-json\"}");
    assert_string_equal(value_of(headers, count, "source"), "mqtt:carrito/v1/A/events");
    assert_string_equal(value_of(headers, count, "retained"), "true");
    assert_string_equal(value_of(headers, count, "owntracks-cart"), "user");
}

static void an_event_has_the_headers_of_cloudevents(void **unused)
{
    struct wire_header headers[WIRE_HEADERS_MAX];
    size_t count = wire_headers(&(struct wire_envelope){ .id = "BBCL23/e/1",
                                                         .type = "sale",
                                                         .origin = "carrito/v1/BBCL23/events",
                                                         .bridge = "b1" },
                                headers);

    (void)unused;
    assert_int_equal(count, 6);
    assert_string_equal(value_of(headers, count, "ce_specversion"), "1.0");
    assert_string_equal(value_of(headers, count, "ce_id"), "BBCL23/e/1");
    assert_string_equal(value_of(headers, count, "ce_type"), "sale");
    assert_string_equal(value_of(headers, count, "ce_source"), "carrito/v1/BBCL23/events");
    assert_string_equal(value_of(headers, count, "content-type"), "application/json");
    assert_string_equal(value_of(headers, count, "bridge"), "b1");
}

static void a_topic_of_mqtt_is_read_as_it_is_written(void **unused)
{
    static const char *const names[WIRE_LEAVES] = { "events", "state", "heartbeat", "ack",
                                                    "command" };
    char topic[WIRE_MQTT_TOPIC_SIZE], cart[CART_LENGTH_MAX + 1], expected[64];
    enum wire_leaf read;

    (void)unused;
    for (enum wire_leaf leaf = 0; leaf < WIRE_LEAVES; leaf++) {
        wire_mqtt_topic(topic, "BBCL23", leaf);
        strcat(strcpy(expected, "carrito/v1/BBCL23/"), names[leaf]);
        assert_string_equal(topic, expected);
        assert_true(wire_mqtt_read(topic, cart, &read));
        assert_string_equal(cart, "BBCL23");
        assert_int_equal(read, leaf);
    }
}

static void another_topic_is_none_of_a_carts(void **unused)
{
    static const struct {
        const char *topic;
        bool has_cart;
    } table[] = {
        { "carrito/v1/BBCL23/other", true },    { "carrito/v1/BBCL23/events/x", true },
        { "carrito/v1/bridge/b1/state", true }, { "carrito/v1/BBCL23", false },
        { "carrito/v2/BBCL23/events", false },  { "carrito/v1/ABCDEFGHIJKLMNOPQ/events", false },
        { "owntracks/ana/phone", false },       { "", false },
    };
    char cart[CART_LENGTH_MAX + 1];
    enum wire_leaf leaf;

    (void)unused;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        leaf = WIRE_LEAVES;
        assert_int_equal(wire_mqtt_read(table[i].topic, cart, &leaf), table[i].has_cart);
        assert_int_equal(leaf, WIRE_LEAVES);
    }
}

static void a_bridge_is_found_in_its_topic(void **unused)
{
    char topic[WIRE_MQTT_TOPIC_SIZE], longest[BRIDGE_ID_MAX + 1];
    size_t length = 0;

    (void)unused;
    memset(longest, 'b', BRIDGE_ID_MAX);
    longest[BRIDGE_ID_MAX] = '\0';
    wire_mqtt_bridge_topic(topic, longest);
    const char *id = wire_mqtt_bridge_of(topic, &length);
    assert_non_null(id);
    assert_int_equal(length, BRIDGE_ID_MAX);
    wire_mqtt_bridge_topic(topic, WIRE_ANYBODY);
    assert_string_equal(topic, "carrito/v1/bridge/+/state");
    assert_null(wire_mqtt_bridge_of("carrito/v1/bridge/b1/other", &length));
    assert_null(wire_mqtt_bridge_of("carrito/v1/BBCL23/state", &length));
}

static void words_of_the_link_are_the_contracts(void **unused)
{
    static const char *const links[LINK_STATES] = { "online", "offline", "lost" };
    static const char *const commands[WIRE_COMMANDS_KNOWN] = {
        "order-offer", "order-cancel", "restocked", "locate", "replay", "config", "certificate"
    };

    (void)unused;
    for (enum link_state state = 0; state < LINK_STATES; state++) {
        assert_string_equal(link_state_name(state), links[state]);
        assert_int_equal(link_state_from_name(links[state]), state);
    }
    assert_int_equal(link_state_from_name("Online"), LINK_STATES);
    for (enum wire_command command = 0; command < WIRE_COMMANDS_KNOWN; command++) {
        assert_string_equal(wire_command_name(command), commands[command]);
        assert_int_equal(wire_command_from_name(commands[command]), command);
    }
    assert_int_equal(wire_command_from_name("reboot"), WIRE_COMMANDS_KNOWN);
}

#define CLAIM(sentence, function)                                                                  \
    {                                                                                              \
        sentence, function, NULL, NULL, NULL                                                       \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("words are those of the schemas", words_are_those_of_the_schemas),
        CLAIM("events go where their readers are", events_go_where_their_readers_are),
        CLAIM("a topic is found by its name", a_topic_is_found_by_its_name),
        CLAIM("an id names one event", an_id_names_one_event),
        CLAIM("a dead letter claims no kind", a_dead_letter_claims_no_kind),
        CLAIM("an event has the headers of CloudEvents", an_event_has_the_headers_of_cloudevents),
        CLAIM("a topic of MQTT is read as it is written", a_topic_of_mqtt_is_read_as_it_is_written),
        CLAIM("another topic is none of a cart's", another_topic_is_none_of_a_carts),
        CLAIM("a bridge is found in its topic", a_bridge_is_found_in_its_topic),
        CLAIM("words of the link are the contract's", words_of_the_link_are_the_contracts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
