/* Claims about route: what becomes of a phone's messages, and which cart they are of. */
#include "route_scene.h"

static const char fix[] = "{\"_type\":\"location\",\"lat\":-33.4,\"lon\":-70.6,\"tst\":1790000000}";

static struct batch *routed_phone(const char *topic, const char *payload, bool retained)
{
    return routed((struct mqtt_message){
        .topic = topic, .payload = payload, .length = strlen(payload), .retained = retained });
}

static void routes_phones(void **state)
{
    struct batch *batch = routed_phone("owntracks/ana/bbcl23", fix, true);
    struct batch *will = routed_phone("owntracks/ana/bbcl23", "{\"_type\":\"lwt\"}", false);
    struct batch *bad = routed_phone("owntracks/ana/bbcl23", "{\"_type\":\"location\"}", false);
    struct batch *stranger = routed_phone("owntracks/ana/my-cell-phone-is-new", fix, false);

    (void)state;
    assert_int_equal(batch->record_count, 1);
    assert_int_equal(batch->records[0].topic, WIRE_LOCATIONS);
    assert_key(&batch->records[0], "BBCL23");
    assert_string_equal(batch->records[0].id, "BBCL23/owntracks/1790000000000");
    assert_true(batch->records[0].retained);
    assert_int_equal(batch->ack_seq, 0);
    assert_int_equal(will->record_count, 0);
    assert_dead(bad, 0, "lat is missing");
    assert_dead(stranger, 0, "the device of the topic must be a plate, [A-Z0-9][A-Z0-9-]{2,15}");
    batch_free(batch);
    batch_free(will);
    batch_free(bad);
    batch_free(stranger);
}

static void the_user_may_be_the_cart(void **state)
{
    static const struct {
        const char *topic, *refused; /* NULL: it is BBCL23's */
    } cases[] = {
        { "owntracks/bbcl23/phone1", NULL },
        { "owntracks/BBCL23/bbcl23/event", NULL },
        { "owntracks/a/BBCL23", "the user of the topic must be a plate, [A-Z0-9][A-Z0-9-]{2,15}" },
        { "owntracks/BBCL23/xxyy11",
          "the topic has the cart BBCL23 and the plate of another: nobody speaks for two" },
        { "/owntracks/BBCL23/XXYY11/event",
          "the topic has the cart BBCL23 and the plate of another: nobody speaks for two" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mqtt_message message = { .topic = cases[i].topic,
                                        .payload = fix,
                                        .length = sizeof fix - 1 };
        struct batch *batch = batch_new("mqtt:", &message);
        batch->owntracks_rule = OWNTRACKS_CART_IS_USER;
        route(batch);
        assert_true(batch->records[0].by_user);
        assert_int_equal(batch->record_count, 1);
        if (cases[i].refused == NULL)
            assert_key(&batch->records[0], "BBCL23");
        else
            assert_dead(batch, 0, cases[i].refused);
        batch_free(batch);
    }
}

/* As a bridge that an upgrade left at `device`, behind a broker where each cart signs in. */
static void a_cart_is_no_other_cart_by_its_device_either(void **state)
{
    struct batch *batch = routed_phone("owntracks/XXYY11/BBCL23", fix, false);

    (void)state;
    assert_dead(batch, 0,
                "the topic has the cart BBCL23 and the plate of another: nobody speaks for two");
    batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a phone's position is an event, its other messages are none", routes_phones, NULL, NULL,
          NULL },
        { "the cart may be who signs in", the_user_may_be_the_cart, NULL, NULL, NULL },
        { "a cart is no other cart by its device either",
          a_cart_is_no_other_cart_by_its_device_either, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
