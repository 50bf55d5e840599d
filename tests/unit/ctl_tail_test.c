/* Proves that one filter means the same on MQTT and Kafka, and that each event of a batch is a line
 * of its own. */
#include "ctl/tail.h"

#include "common/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NOON_MS 1788710400123LL /* 2026-09-06T16:00:00.123Z */

static const char sale[] = "{\"type\":\"sale\",\"cart\":\"BBCL23\",\"seq\":1}";
static const char batch[] = "{\"type\":\"sale\",\"cart\":\"BBCL23\",\"seq\":1}\n"
                            "{\"type\":\"location\",\"cart\":\"BBCL23\",\"seq\":2}\n\n"
                            "not json";

static struct tail_record of_mqtt(const char *topic, const char *payload)
{
    return (struct tail_record){ .source = TAIL_MQTT,
                                 .topic = topic,
                                 .payload = payload,
                                 .length = strlen(payload),
                                 .time_ms = NOON_MS };
}

static struct tail_record of_kafka(const char *topic, const char *key, const char *payload)
{
    return (struct tail_record){ .source = TAIL_KAFKA,
                                 .topic = topic,
                                 .key = key,
                                 .payload = payload,
                                 .length = strlen(payload),
                                 .partition = 3,
                                 .offset = 417,
                                 .time_ms = NOON_MS };
}

/* How many lines the options show of a record. */
static uint64_t lines(struct tail_options options, struct tail_record record)
{
    struct tail tail = { .options = options };
    struct buffer out = { 0 };

    tail_take(&tail, &record, &out);
    buffer_free(&out);
    return tail.count;
}

static uint64_t shown(const char *filter, struct tail_record record)
{
    return lines((struct tail_options){ .filter = filter }, record);
}

static void filters_are_mqtt_filters(void **state)
{
    (void)state;
    assert_int_equal(shown("#", of_mqtt("carrito/v1/BBCL23/state", "{}")), 1);
    assert_int_equal(shown("carrito/#", of_mqtt("carrito", "{}")), 1);
    assert_int_equal(shown("carrito/v1/+/state", of_mqtt("carrito/v1/BBCL23/state", "{}")), 1);
    assert_int_equal(shown("carrito/v1/+", of_mqtt("carrito/v1/BBCL23/state", "{}")), 0);
    assert_int_equal(shown("carrito/v1/BBCL2", of_mqtt("carrito/v1/BBCL23", "{}")), 0);
    assert_int_equal(shown("carrito/v1/BBCL23/x", of_mqtt("carrito/v1/BBCL23", "{}")), 0);
    assert_int_equal(shown("+/+", of_mqtt("/finance", "{}")), 1);
}

static void bad_filters_are_refused(void **state)
{
    (void)state;
    assert_true(tail_filter_is_valid("carrito/+/#"));
    assert_true(tail_filter_is_valid("#"));
    assert_false(tail_filter_is_valid(""));
    assert_false(tail_filter_is_valid("carrito#"));
    assert_false(tail_filter_is_valid("carrito/#/x"));
    assert_false(tail_filter_is_valid("carrito/x+"));
    assert_false(tail_filter_is_valid("carrito/\xFF"));
}

static void kafka_answers_to_topic_and_key(void **state)
{
    (void)state;
    assert_int_equal(shown("carrito/sales/BBCL23", of_kafka("carrito.sales", "BBCL23", sale)), 1);
    assert_int_equal(shown("carrito.sales/BBCL23", of_kafka("carrito.sales", "BBCL23", sale)), 1);
    assert_int_equal(shown("carrito.sales", of_kafka("carrito.sales", "BBCL23", sale)), 1);
    assert_int_equal(shown("carrito/sales", of_kafka("carrito.sales", "BBCL23", sale)), 1);
    assert_int_equal(shown("carrito/sales/XX-100", of_kafka("carrito.sales", "BBCL23", sale)), 0);
    assert_int_equal(shown("carrito/sales", of_kafka("carrito.sales", NULL, sale)), 1);
}

static void one_filter_is_one_cart_on_both(void **state)
{
    const char *filter = "carrito/+/BBCL23/#";

    (void)state;
    assert_int_equal(shown(filter, of_mqtt("carrito/v1/BBCL23/state", "{}")), 1);
    assert_int_equal(shown(filter, of_kafka("carrito.sales", "BBCL23", sale)), 1);
    assert_int_equal(shown(filter, of_mqtt("carrito/v1/XX-100/state", "{}")), 0);
    assert_int_equal(shown(filter, of_kafka("carrito.sales", "XX-100", sale)), 0);
}

static void topics_that_cannot_match_are_not_read(void **state)
{
    struct tail tail = { .options = { .filter = "carrito/sales/BBCL23" } };

    (void)state;
    assert_true(tail_wants_topic(&tail, "carrito.sales"));
    assert_false(tail_wants_topic(&tail, "carrito.locations"));
    tail.options.filter = "carrito/#";
    assert_true(tail_wants_topic(&tail, "carrito.locations"));
    tail.options.filter = "carrito/v1/+/events";
    assert_false(tail_wants_topic(&tail, "carrito.sales"));
}

static void a_batch_is_shown_event_by_event(void **state)
{
    const char *topic = "carrito/v1/BBCL23/events";
    struct tail_options options = { .filter = "#" };

    (void)state;
    assert_int_equal(lines(options, of_mqtt(topic, batch)), 3);
    options.type = "location";
    assert_int_equal(lines(options, of_mqtt(topic, batch)), 1);
    options.type = "events"; /* what is no event is called by its topic */
    assert_int_equal(lines(options, of_mqtt(topic, batch)), 1);
    options.type = NULL;
    options.cart = "XX-100";
    assert_int_equal(lines(options, of_mqtt("carrito/v1/BBCL23/state", "{}")), 0);
    options.cart = "BBCL23";
    assert_int_equal(lines(options, of_mqtt("carrito/v1/BBCL23/state", "{}")), 1);
}

static void beats_are_shown_only_where_asked_for(void **state)
{
    struct tail_record beat = of_kafka("carrito.presence", "bridge/b1", "{}");
    struct tail_options options = { .filter = "#" };

    (void)state;
    beat.type = "beat";
    assert_int_equal(lines(options, beat), 0);
    options.type = "beat";
    assert_int_equal(lines(options, beat), 1);
}

static void the_count_ends_within_a_batch(void **state)
{
    struct tail tail = { .options = { .filter = "#", .count_max = 2 } };
    struct tail_record record = of_mqtt("carrito/v1/BBCL23/events", batch);
    struct buffer out = { 0 };

    (void)state;
    tail_take(&tail, &record, &out);
    assert_true(tail_is_done(&tail));
    assert_int_equal(tail.count, 2);
    assert_null(strstr(out.bytes, "not json"));
    buffer_free(&out);
}

static void assert_line(enum output_format format, struct tail_record record, const char *expected)
{
    struct tail tail = { .options = { .filter = "#", .format = format } };
    struct buffer out = { 0 };

    tail_take(&tail, &record, &out);
    assert_string_equal(out.bytes, expected);
    buffer_free(&out);
}

static void lines_in_each_form(void **state)
{
    struct tail_record record = of_kafka("carrito.sales", "BBCL23", "{\"a\":\n1}");

    (void)state;
    record.type = "sale";
    assert_line(OUTPUT_TABLE, record,
                "13:00:00.123  kafka  carrito/sales/BBCL23            sale       {\"a\":?1}\n");
    assert_line(OUTPUT_JSON, record,
                "{\"source\":\"kafka\",\"topic\":\"carrito.sales\",\"partition\":3,\"offset\":417,"
                "\"key\":\"BBCL23\",\"retained\":false,\"time\":\"2026-09-06T16:00:00.123Z\","
                "\"type\":\"sale\",\"payload\":{\"a\": 1}}\n");
    assert_line(OUTPUT_CSV, record,
                "kafka,2026-09-06T16:00:00.123Z,carrito.sales,3,417,BBCL23,sale,"
                "\"{\"\"a\"\":\n1}\"\r\n");
}

static void hostile_payloads_are_text(void **state)
{
    (void)state;
    assert_line(OUTPUT_TABLE, of_mqtt("t", "\033[2J"),
                "13:00:00.123  mqtt   t                               t          ?[2J\n");
    assert_line(OUTPUT_JSON, of_mqtt("t", ""),
                "{\"source\":\"mqtt\",\"topic\":\"t\",\"retained\":false,"
                "\"time\":\"2026-09-06T16:00:00.123Z\",\"type\":\"t\",\"payload\":\"\"}\n");
    assert_line(OUTPUT_CSV, of_mqtt("t", ""), "mqtt,2026-09-06T16:00:00.123Z,t,,,,t,\r\n");
}

static void starts_are_read(void **state)
{
    enum tail_start start;
    int64_t last = 0;

    (void)state;
    assert_true(tail_start_read("beginning", &start, &last));
    assert_int_equal(start, TAIL_BEGINNING);
    assert_true(tail_start_read("end", &start, &last));
    assert_int_equal(start, TAIL_END);
    assert_true(tail_start_read("-5", &start, &last));
    assert_int_equal(start, TAIL_LAST);
    assert_int_equal(last, 5);
    assert_false(tail_start_read("-0", &start, &last));
    assert_false(tail_start_read("-5x", &start, &last));
    assert_false(tail_start_read("--5", &start, &last));
    assert_false(tail_start_read("5", &start, &last));
    assert_false(tail_start_read("", &start, &last));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { .name = "a filter is an MQTT filter", .test_func = filters_are_mqtt_filters },
        { .name = "what is no filter is refused", .test_func = bad_filters_are_refused },
        { .name = "a Kafka record answers to its topic and key",
          .test_func = kafka_answers_to_topic_and_key },
        { .name = "one filter is one cart on both ways",
          .test_func = one_filter_is_one_cart_on_both },
        { .name = "topics that cannot match are not read",
          .test_func = topics_that_cannot_match_are_not_read },
        { .name = "a batch is shown event by event", .test_func = a_batch_is_shown_event_by_event },
        { .name = "beats are shown only where they are asked for",
          .test_func = beats_are_shown_only_where_asked_for },
        { .name = "-c ends within a batch", .test_func = the_count_ends_within_a_batch },
        { .name = "a line in each form", .test_func = lines_in_each_form },
        { .name = "a hostile or empty payload is shown as text",
          .test_func = hostile_payloads_are_text },
        { .name = "-o is read", .test_func = starts_are_read },
    };

    if (!day_set_zone("America/Santiago"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
