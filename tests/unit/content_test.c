/* Claims about what is of persons: what a role may not read by one way it may not read by any. */
#include "collector/call/content.h"
#include "common/wire_kafka.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ORDER                                                                                      \
    "{\"id\":\"o\",\"product\":\"p\",\"email\":\"ana@example.cl\",\"lat\":-33.4,\"lon\":-70.6}"
#define BLOCKED "{\"id\":\"a\",\"kind\":\"login-blocked\",\"subject\":\"ana\"}"
#define EMPTY   "{\"id\":\"a\",\"kind\":\"stock-out\",\"subject\":\"BBCL23\"}"
#define REQUEST "{\"id\":\"a\",\"kind\":\"person-request\",\"subject\":\"7\"}"

static const struct {
    const char *claim, *topic, *value;
    enum role reader;
    const char *shown; /* NULL: nothing */
} records[] = {
    { "a viewer sees no application", TOPIC_MEMBERS, "{\"rut\":\"1-9\"}", ROLE_VIEWER, NULL },
    { "an operator does", TOPIC_MEMBERS, "{\"rut\":\"1-9\"}", ROLE_OPERATOR, "{\"rut\":\"1-9\"}" },
    { "nor who tried to sign in", TOPIC_LOGIN_ATTEMPTS, "{}", ROLE_VIEWER, NULL },
    { "nor what was told to whom", TOPIC_ORDER_NOTIFICATIONS, "{}", ROLE_VIEWER, NULL },
    { "an order without its buyer", TOPIC_ORDER_REQUESTS, ORDER, ROLE_VIEWER,
      "{\"id\":\"o\",\"product\":\"p\"}" },
    { "with it for who acts, as it came", TOPIC_ORDER_REQUESTS, ORDER, ROLE_ADMIN, ORDER },
    { "an order that cannot be read is nothing", TOPIC_ORDER_REQUESTS, "{\"email\":\"ana@",
      ROLE_VIEWER, NULL },
    { "but for who acts", TOPIC_ORDER_REQUESTS, "{\"email\":\"ana@", ROLE_OPERATOR,
      "{\"email\":\"ana@" },
    { "sales as they came", TOPIC_SALES, "{\"v\": 1}", ROLE_VIEWER, "{\"v\": 1}" },
    { "an alert of a cart", TOPIC_ALERTS, EMPTY, ROLE_VIEWER, EMPTY },
    { "none of an account", TOPIC_ALERTS, BLOCKED, ROLE_VIEWER, NULL },
    { "but for who acts", TOPIC_ALERTS, BLOCKED, ROLE_OPERATOR, BLOCKED },
    { "a person's request is the admins'", TOPIC_ALERTS, REQUEST, ROLE_OPERATOR, NULL },
    { "theirs alone", TOPIC_ALERTS, REQUEST, ROLE_ADMIN, REQUEST },
    { "no bytes of strangers", TOPIC_DEAD_LETTERS, "x", ROLE_VIEWER, NULL },
    { "a topic that nobody has thought of", "carrito.new", "{}", ROLE_VIEWER, NULL },
    { "nothing for a vendor", TOPIC_SALES, "{}", ROLE_VENDOR, NULL },
    { "nothing for a phone", TOPIC_SALES, "{}", ROLE_TRACKER, NULL },
    { "nothing for nobody", TOPIC_SALES, "{}", ROLE_NONE, NULL },
};

static void each_record_shows_what_its_reader_may_see(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        struct buffer out = { 0 };
        print_message("%s\n", records[i].claim);
        bool shown = content_show(records[i].topic, records[i].reader, records[i].value, &out);
        assert_int_equal(shown, records[i].shown != NULL);
        if (shown)
            assert_string_equal(out.bytes, records[i].shown);
        else
            assert_int_equal(out.length, 0);
        buffer_free(&out);
    }
}

/* A topic without a row is for who acts; the viewer's part of each is decided, not forgotten. */
static void a_key_is_shown_with_its_record(void **state)
{
    static const bool viewer_sees[WIRE_TOPICS] = {
        [WIRE_SALES] = true,          [WIRE_LOCATIONS] = true,        [WIRE_PRESENCE] = true,
        [WIRE_ORDER_STEPS] = true,    [WIRE_COMMANDS] = true,         [WIRE_REPORTS] = true,
        [WIRE_ORDER_REQUESTS] = true, [WIRE_ORDER_PROCESSING] = true, [WIRE_ALERTS] = true,
        [WIRE_DAILY_SALES] = true,
    };
    (void)state;
    for (enum wire_topic topic = 0; topic < WIRE_TOPICS; topic++) {
        print_message("%s\n", wire_topic_name(topic));
        assert_int_equal(content_shows_key(wire_topic_name(topic), ROLE_VIEWER),
                         viewer_sees[topic]);
        assert_true(content_shows_key(wire_topic_name(topic), ROLE_OPERATOR));
    }
}

static void columns_of_persons_are_for_who_acts(void **state)
{
    static const char *const buyers[] = { "email", "lat", "lon" };
    (void)state;
    for (size_t i = 0; i < sizeof buyers / sizeof *buyers; i++) {
        assert_false(content_shows("orders", buyers[i], ROLE_VIEWER));
        assert_false(content_shows("orders", buyers[i], ROLE_NONE));
        assert_true(content_shows("orders", buyers[i], ROLE_OPERATOR));
        assert_true(content_shows("carts", buyers[i], ROLE_VENDOR));
    }
    assert_true(content_shows("orders", "product", ROLE_VIEWER));
    assert_false(content_shows("dead-letters", "text", ROLE_VIEWER));
}

static void kinds_that_are_hidden_are_named(void **state)
{
    static const struct {
        enum role reader;
        const char *kinds;
    } hidden[] = { { ROLE_VIEWER, ",login-blocked,person-request," },
                   { ROLE_OPERATOR, ",person-request," },
                   { ROLE_ADMIN, "," } };
    (void)state;
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        struct buffer out = { 0 };
        content_hidden_kinds(hidden[i].reader, &out);
        assert_string_equal(out.bytes, hidden[i].kinds);
        buffer_free(&out);
    }
}

static void a_source_names_no_user_to_a_viewer(void **state)
{
    (void)state;
    assert_string_equal(content_source("import:ana", ROLE_VIEWER), "import");
    assert_string_equal(content_source("import:ana", ROLE_OPERATOR), "import:ana");
    assert_string_equal(content_source("mqtt:carrito/v1/A1/events", ROLE_VIEWER),
                        "mqtt:carrito/v1/A1/events");
    assert_null(content_source(NULL, ROLE_VIEWER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "each record shows what its reader may see", each_record_shows_what_its_reader_may_see,
          NULL, NULL, NULL },
        { "a key is shown with its record", a_key_is_shown_with_its_record, NULL, NULL, NULL },
        { "columns of persons are for who acts", columns_of_persons_are_for_who_acts, NULL, NULL,
          NULL },
        { "kinds that are hidden are named", kinds_that_are_hidden_are_named, NULL, NULL, NULL },
        { "a source names no user to a viewer", a_source_names_no_user_to_a_viewer, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
