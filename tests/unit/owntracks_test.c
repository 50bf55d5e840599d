/* Claims about phones with OwnTracks: what is a position, what is left alone, what is refused with
 * which reason, and which cart a topic names. */
#include "common/owntracks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum owntracks_result read_text(const char *text, struct event *event,
                                       struct json_reason *why)
{
    return owntracks_read("BBCL23", text, strlen(text), event, why);
}

static void a_location_is_a_position_of_its_cart(void **state)
{
    struct event event, again;
    struct json_reason why;
    struct buffer text = { 0 };

    (void)state;
    assert_int_equal(
        read_text("{\"_type\":\"location\",\"lat\":-33.4372,\"lon\":-70.6506,\"tst\":1790000000,"
                  "\"acc\":12,\"batt\":81,\"vel\":0.0,\"cog\":-1,\"tid\":\"23\",\"SSID\":\"casa\","
                  "\"inregions\":[\"feria\"],\"conn\":\"m\",\"_id\":\"a1\"}",
                  &event, &why),
        OWNTRACKS_POSITION);
    event_write(&event, &text);
    buffer_append(&text, "", 1);
    assert_null(strstr(text.bytes, "casa"));
    assert_true(text.length < OWNTRACKS_EVENT_ROOM);
    assert_true(event_read(text.bytes, text.length - 1, &again, &why));
    assert_true(again.owntracks);
    assert_string_equal(again.cart, "BBCL23");
    assert_int_equal(again.ts_ms, 1790000000000);
    assert_true(again.lat == -33.4372 && again.lon == -70.6506 && again.acc == 12);
    assert_true(again.vel == 0 && again.batt == 81);
    assert_true(isnan(again.cog)); /* a phone writes -1 for what it does not know */
    buffer_free(&text);
}

static void the_time_of_the_message_is_kept_beside(void **state)
{
    static const char *const created[] = { "1790000007", "\"1790000007\"", "-1", "1e300", "null" };
    struct event event;
    struct json_reason why;

    (void)state;
    for (size_t i = 0; i < sizeof created / sizeof *created; i++) {
        char text[256];
        snprintf(text, sizeof text,
                 "{\"_type\":\"location\",\"lat\":1,\"lon\":2,\"tst\":1790000000000,"
                 "\"created_at\":%s}",
                 created[i]);
        assert_int_equal(read_text(text, &event, &why), OWNTRACKS_POSITION);
        assert_int_equal(event.ts_ms, 1790000000000000); /* as it was sent */
        assert_int_equal(event.created_ms, i < 2 ? 1790000007000 : EVENT_ABSENT);
    }
}

static void the_longest_event_fits_its_room(void **state)
{
    static const char longest[] =
        "{\"_type\":\"location\",\"lat\":-33.43721234567891,\"lon\":-170.6506123456789,"
        "\"tst\":9007199254740,\"created_at\":9007199254740,\"acc\":1234567.123456789,\"alt\":-"
        "12345.12345678912,"
        "\"vel\":1234.123456789123,\"cog\":123.1234567891234,\"batt\":12.12345678912345}";
    struct event event;
    struct json_reason why;
    struct buffer text = { 0 };

    (void)state;
    assert_int_equal(owntracks_read("ABCDEFGHIJKLMNOP", longest, strlen(longest), &event, &why),
                     OWNTRACKS_POSITION);
    event_write(&event, &text);
    assert_true(text.length < OWNTRACKS_EVENT_ROOM);
    buffer_free(&text);
}

static const struct {
    const char *claim, *text;
    enum owntracks_result result;
    const char *reason; /* contained in the reason, or NULL */
} messages[] = {
    { "a region's edge is a position",
      "{\"_type\":\"transition\",\"event\":\"enter\",\"lat\":1,\"lon\":2,\"tst\":3,\"wtst\":1}",
      OWNTRACKS_POSITION, NULL },
    { "a region's edge without a place, as a phone without a fix says it",
      "{\"_type\":\"transition\",\"wtst\":1789990000,\"tst\":1790000000,\"acc\":65,"
      "\"event\":\"enter\",\"desc\":\"Feria\",\"t\":\"b\"}",
      OWNTRACKS_IGNORED, NULL },
    { "a region's edge with half a place",
      "{\"_type\":\"transition\",\"event\":\"enter\",\"lat\":1,\"tst\":3}", OWNTRACKS_REFUSED,
      "lon" },
    { "a float of seconds", "{\"_type\":\"location\",\"lat\":1,\"lon\":2,\"tst\":3.25}",
      OWNTRACKS_POSITION, NULL },
    { "numbers in quotes", "{\"_type\":\"location\",\"lat\":\"1.5\",\"lon\":\"-2\",\"tst\":3}",
      OWNTRACKS_POSITION, NULL },
    { "a will without tst", "{\"_type\":\"lwt\"}", OWNTRACKS_IGNORED, NULL },
    { "a card with a picture", "{\"_type\":\"card\",\"name\":\"Ana\",\"face\":\"iVBORw0KGgo=\"}",
      OWNTRACKS_IGNORED, NULL },
    { "an empty payload", "", OWNTRACKS_IGNORED, NULL },
    { "no latitude", "{\"_type\":\"location\",\"lon\":2,\"tst\":3}", OWNTRACKS_REFUSED, "lat" },
    { "no time", "{\"_type\":\"location\",\"lat\":1,\"lon\":2}", OWNTRACKS_REFUSED, "tst" },
    { "a time before 1970", "{\"_type\":\"location\",\"lat\":1,\"lon\":2,\"tst\":-5}",
      OWNTRACKS_REFUSED, "tst" },
    { "beyond the pole", "{\"_type\":\"location\",\"lat\":91,\"lon\":2,\"tst\":3}",
      OWNTRACKS_REFUSED, "lat" },
    { "words for a number", "{\"_type\":\"location\",\"lat\":\"north\",\"lon\":2,\"tst\":3}",
      OWNTRACKS_REFUSED, "lat" },
    { "not a number in quotes", "{\"_type\":\"location\",\"lat\":\"nan\",\"lon\":2,\"tst\":3}",
      OWNTRACKS_REFUSED, "lat" },
    { "encrypted", "{\"_type\":\"encrypted\",\"data\":\"q83v\"}", OWNTRACKS_REFUSED, "encrypt" },
    { "an unknown type", "{\"_type\":\"sale\",\"lat\":1,\"lon\":2,\"tst\":3}", OWNTRACKS_REFUSED,
      "_type" },
    { "no type", "{\"lat\":1,\"lon\":2,\"tst\":3}", OWNTRACKS_REFUSED, "_type" },
    { "the old text form", "X0,542A46AA,k,30365854,7759,4,21,0,0", OWNTRACKS_REFUSED, "" },
};

static void each_message_has_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        struct json_reason why = { 0 };
        struct event event;
        if (read_text(messages[i].text, &event, &why) != messages[i].result)
            fail_msg("%s: another verdict (%s)", messages[i].claim, why.text);
        if (messages[i].reason != NULL && strstr(why.text, messages[i].reason) == NULL)
            fail_msg("%s: the reason is \"%s\"", messages[i].claim, why.text);
    }
}

static const struct {
    const char *topic, *cart; /* NULL: refused */
    enum owntracks_rule rule;
} topics[] = {
    { "owntracks/ana/bbcl23", "BBCL23", OWNTRACKS_CART_IS_DEVICE },
    { "owntracks/ana/BBCL23/event", "BBCL23", OWNTRACKS_CART_IS_DEVICE },
    { "/owntracks/ana/bbcl23", "BBCL23", OWNTRACKS_CART_IS_DEVICE },
    { "owntracks/ana", NULL, OWNTRACKS_CART_IS_DEVICE },
    { "owntracks//bbcl23", NULL, OWNTRACKS_CART_IS_DEVICE },
    { "owntracks/ana/x", NULL, OWNTRACKS_CART_IS_DEVICE },
    { "owntracks/ana/a phone of mine", NULL, OWNTRACKS_CART_IS_DEVICE },
    { "owntracks/ana/abcdefghijklmnopq", NULL, OWNTRACKS_CART_IS_DEVICE },
    { "carrito/v1/BBCL23/events", NULL, OWNTRACKS_CART_IS_DEVICE },
    { "owntracks/bbcl23/BBCL23", "BBCL23", OWNTRACKS_CART_IS_DEVICE },
    { "owntracks/CCDF45/bbcl23", NULL,
      OWNTRACKS_CART_IS_DEVICE }, /* one cart's certificate for another's position */
    { "owntracks/AA1234/bbcl23", NULL, OWNTRACKS_CART_IS_DEVICE },
    { "owntracks/T0-1234/bbcl23", "BBCL23", OWNTRACKS_CART_IS_DEVICE },
    { "owntracks/bbcl23/bbcl23", "BBCL23", OWNTRACKS_CART_IS_USER },
    { "owntracks/bbcl23/iPhoneDev", "BBCL23", OWNTRACKS_CART_IS_USER },
    { "owntracks/bbcl23/a phone of mine", "BBCL23", OWNTRACKS_CART_IS_USER },
    { "owntracks/bbcl23/ccdf45", NULL, OWNTRACKS_CART_IS_USER },
    { "/owntracks/SIM-01/ccdf45/event", NULL, OWNTRACKS_CART_IS_USER },
    { "owntracks/bbcl23/ab123", NULL, OWNTRACKS_CART_IS_USER }, /* a motorcycle's */
    { "owntracks/a/bbcl23", NULL, OWNTRACKS_CART_IS_USER },
};

static void a_topic_names_one_cart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        char cart[CART_LENGTH_MAX + 1];
        struct json_reason why;
        bool found = owntracks_cart(topics[i].topic, topics[i].rule, cart, &why);
        if (found != (topics[i].cart != NULL) || (found && strcmp(cart, topics[i].cart) != 0))
            fail_msg("%s", topics[i].topic);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a location is a position of its cart", a_location_is_a_position_of_its_cart, NULL, NULL,
          NULL },
        { "the time of the message is kept beside", the_time_of_the_message_is_kept_beside, NULL,
          NULL, NULL },
        { "the longest event fits its room", the_longest_event_fits_its_room, NULL, NULL, NULL },
        { "each message has its verdict", each_message_has_its_verdict, NULL, NULL, NULL },
        { "a topic names one cart", a_topic_names_one_cart, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
