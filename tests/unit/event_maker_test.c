/* Proves what a sale, a void, a count, an order's step and a position become. */
#include "agent/event_maker.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MS 1790006400000LL

static const struct moment by_gps = { NOW_MS, CLOCK_GPS, "boot", 5000 };
static const struct moment by_none = { 86400000, CLOCK_NONE, "boot", 5000 };

static struct event_maker new_maker(void)
{
    struct event_maker maker = { .cart = "BBCL23", .head = { .stock = EVENT_ABSENT } };

    strcpy(maker.head.epoch, "0123456789abcdef0123456789abcdef");
    return maker;
}

static struct event sell(struct event_maker *maker, int64_t quantity, int64_t amount, int64_t price)
{
    struct sale_request request = { .quantity = quantity, .amount = amount, .price = price };
    struct event event;

    event_maker_sale(maker, &by_gps, &request, &event);
    return event;
}

/* What the maker makes, the centre reads. */
static void assert_valid(const struct event *event)
{
    struct buffer bytes = { 0 };
    struct json_reason why = { 0 };
    struct event again;

    event_write(event, &bytes);
    if (!event_read(bytes.bytes, bytes.length, &again, &why))
        fail_msg("%s: %s", why.text, bytes.bytes);
    assert_int_equal(again.type, event->type);
    assert_int_equal(again.seq, event->seq);
    assert_int_equal(again.stock, event->stock);
    buffer_free(&bytes);
}

static void a_sale_is_where_the_last_fix_was(void **state)
{
    struct sale_request request = { .quantity = 1, .amount = EVENT_ABSENT, .price = EVENT_ABSENT };
    struct event position = {
        .ts_ms = NOW_MS - 59000, .clock = CLOCK_GPS, .lat = -33.44, .lon = -70.65
    };
    struct event_maker maker = new_maker();
    struct event event;

    (void)state;
    request.fix = (struct sale_fix){ true, -33.45, -70.66, NOW_MS - 900 };
    event_maker_sale(&maker, &by_gps, &request, &event); /* nothing was recorded yet */
    assert_true(event.has_position && event.lat == -33.45 && event.lon == -70.66);
    event_maker_position(&maker, &position, &event);
    event_maker_sale(&maker, &by_gps, &request, &event);
    assert_true(event.has_position && event.lat == -33.45 && event.lon == -70.66);
    assert_int_equal(event.fix_ms, NOW_MS - 900);
    assert_valid(&event);
    request.fix.known = false;
    event_maker_sale(&maker, &by_gps, &request,
                     &event); /* none since the start: the recorded one */
    assert_true(event.lat == -33.44 && event.fix_ms == NOW_MS - 59000);
}

static void numbers_have_no_gaps(void **state)
{
    struct event_maker maker = new_maker();
    struct event event;

    (void)state;
    event = sell(&maker, 3, EVENT_ABSENT, EVENT_ABSENT);
    assert_true(event.seq == 1 && event.receipt == 1);
    event_maker_stock(&maker, &by_gps, 60, &event);
    assert_true(event.seq == 2 && event.receipt == EVENT_ABSENT);
    event = sell(&maker, 1, EVENT_ABSENT, EVENT_ABSENT);
    assert_true(event.seq == 3 && event.receipt == 2);
    assert_string_equal(event.cart, "BBCL23");
    assert_string_equal(event.epoch, maker.head.epoch);
    assert_valid(&event);
}

static void a_price_fills_the_amount(void **state)
{
    struct event_maker maker = new_maker();

    (void)state;
    assert_int_equal(sell(&maker, 3, EVENT_ABSENT, EVENT_ABSENT).amount, EVENT_ABSENT);
    assert_int_equal(sell(&maker, 3, EVENT_ABSENT, 500).amount, 1500);
    assert_int_equal(sell(&maker, 3, 1000, 500).amount, 1000);
    assert_int_equal(sell(&maker, 3, 0, 500).amount, 0); /* a present */
}

static void stock_is_absent_until_it_was_counted_and_never_negative(void **state)
{
    struct event_maker maker = new_maker();
    struct event event;

    (void)state;
    assert_int_equal(sell(&maker, 3, 0, 0).stock, EVENT_ABSENT);
    event_maker_void(&maker, &by_gps, 1, 3, NULL, &event);
    assert_int_equal(event.stock, EVENT_ABSENT);
    event_maker_stock(&maker, &by_gps, 4, &event);
    assert_int_equal(event.stock, 4);
    assert_int_equal(sell(&maker, 3, 0, 0).stock, 1);
    assert_int_equal(sell(&maker, 9, 0, 0).stock, 0); /* no sale is refused */
    event_maker_void(&maker, &by_gps, 3, 9, "mistake", &event);
    assert_int_equal(event.stock, 9);
    assert_int_equal(event.receipt, 3);
    assert_string_equal(event.reason, "mistake");
    assert_valid(&event);
}

static void stock_keeps_to_what_the_centre_reads(void **state)
{
    struct event_maker maker = new_maker();
    struct event event;

    (void)state;
    event_maker_stock(&maker, &by_gps, INTEGER_MAX, &event);
    assert_valid(&event);
    event_maker_void(&maker, &by_gps, 1, 5, NULL, &event);
    assert_valid(&event);
}

static void a_sale_has_the_last_fix_even_one_of_the_same_commit(void **state)
{
    struct event_maker maker = new_maker();
    struct event place, event;

    (void)state;
    assert_false(sell(&maker, 1, 0, 0).has_position);
    event_clear(&place);
    place.ts_ms = NOW_MS - 4000;
    place.lat = -33.4372;
    place.lon = -70.6506;
    place.acc = 3.5;
    event_maker_position(&maker, &place, &event);
    assert_true(event.type == EVENT_LOCATION && event.seq == 2 && event.acc == 3.5);
    assert_valid(&event);
    event = sell(&maker, 1, 0, 0);
    assert_true(event.has_position && event.lat == -33.4372 && event.lon == -70.6506);
    assert_int_equal(event.fix_ms, NOW_MS - 4000);
    assert_valid(&event);
}

static void an_untrusted_clock_brings_the_boot(void **state)
{
    struct sale_request request = { .quantity = 1, .amount = 500, .price = EVENT_ABSENT };
    struct event_maker maker = new_maker();
    struct event event;

    (void)state;
    event = sell(&maker, 1, 0, 0);
    assert_string_equal(event.boot, "");
    event_maker_sale(&maker, &by_none, &request, &event);
    assert_string_equal(event.boot, "boot");
    assert_int_equal(event.boot_ms, 5000);
    assert_int_equal(event.clock, CLOCK_NONE);
    assert_valid(&event);
    event_maker_clock(&maker, &by_gps, &event); /* says when the boot was, so it has both always */
    assert_string_equal(event.boot, "boot");
    assert_int_equal(event.boot_ms, 5000);
    assert_valid(&event);
}

static void the_longest_texts_fit(void **state)
{
    char client[CLIENT_CODE_POINTS_MAX * 4 + 1] = "", order[64 * 4 + 1] = "";
    struct sale_request request = {
        .client = client, .order = order, .quantity = QUANTITY_MAX, .amount = INTEGER_MAX
    };
    struct event_maker maker = new_maker();
    struct event event;

    (void)state;
    for (int i = 0; i < 64; i++) {
        strcat(client, "🌭");
        strcat(order, "🌭");
    }
    event_maker_sale(&maker, &by_none, &request, &event);
    assert_string_equal(event.client, client);
    assert_string_equal(event.order, order);
    assert_valid(&event);
    event_maker_event(&maker, &by_gps, EVENT_ORDER, &event);
    strcpy(event.order, order);
    strcpy(event.status, "preparando");
    assert_valid(&event);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sale_is_where_the_last_fix_was),
        cmocka_unit_test(numbers_have_no_gaps),
        cmocka_unit_test(a_price_fills_the_amount),
        cmocka_unit_test(stock_is_absent_until_it_was_counted_and_never_negative),
        cmocka_unit_test(stock_keeps_to_what_the_centre_reads),
        cmocka_unit_test(a_sale_has_the_last_fix_even_one_of_the_same_commit),
        cmocka_unit_test(an_untrusted_clock_brings_the_boot),
        cmocka_unit_test(the_longest_texts_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
