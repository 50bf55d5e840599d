/* Claims about what an operator does with an order that finds its cart, about carts that cannot be
 * counted on, and about sales that name an order. */
#include "dispatch_office.h"

struct trouble {
    const char *sql;
    bool settles; /* counts once what Kafka had then is applied */
};
static const struct trouble troubles[] = {
    { "UPDATE carts SET state = 'vanished' WHERE cart = 'NEAR01'", true },
    { "UPDATE carts SET state = 'offline' WHERE cart = 'NEAR01'", true },
    { "UPDATE carts SET state = 'absent' WHERE cart = 'NEAR01'", true },
    { "UPDATE carts SET fugitive = 1 WHERE cart = 'NEAR01'", false },
    { "UPDATE stock_levels SET stock = 1, time_ms = 1790000000000 WHERE cart = 'NEAR01'", true },
};

static void a_cart_that_cannot_be_counted_on_gives_back(void **state)
{
    struct office *office = *state;

    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        empty(office);
        three_carts(office);
        office->now_ms += 10000;
        order(office, ID, 2);
        say(office, "NEAR01", "preparando", 1);
        run(office, troubles[i].sql);
        if (troubles[i].settles)
            assert_is(office, ORDER_PREPARING, "NEAR01");
        pass(office, 2000);
        assert_is(office, ORDER_RECEIVED, "");
        assert_words(office, OFFERS, "1 NEAR01 taken-back, 2 NEXT02 open");
        assert_words(office, COMMANDS,
                     "offer/o/1>NEAR01 taken/o/1>NEAR01 cancel/o/1>NEAR01 offer/o/2>NEXT02");
    }
}

/* It said `offline`, or sold what the order asks for, after it had said that it was on its way:
 * that is read of another topic, which may be ahead. */
static void trouble_is_judged_when_its_steps_are_read(void **state)
{
    static const char *const fresh[] = {
        "UPDATE carts SET state = 'offline', heard_ms = 1790000060000 WHERE cart = 'NEAR01'",
        "UPDATE stock_levels SET stock = 0, time_ms = 1790000060000 WHERE cart = 'NEAR01'",
    };
    struct office *office = *state;

    for (size_t i = 0; i < sizeof fresh / sizeof *fresh; i++) {
        empty(office);
        three_carts(office);
        office->now_ms = NOON + 5;
        order(office, ID, 2);
        say(office, "NEAR01", "preparando", 1);
        office->now_ms = NOON + 63000;
        run(office, fresh[i]);
        tick_knowing(office, NOON + 60500);
        assert_is(office, ORDER_PREPARING, "NEAR01");
        tick_knowing(office, 0);
        assert_is(office, ORDER_PREPARING, "NEAR01");
        tick_knowing(office, NOON + 61000);
        assert_is(office, ORDER_RECEIVED, "");
    }
}

static void what_is_on_its_way_is_told_once(void **state)
{
    struct office *office = *state;

    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        empty(office);
        three_carts(office);
        office->now_ms += 10000;
        order(office, ID, 2);
        say(office, "NEAR01", "preparando", 1);
        say(office, "NEAR01", "entregando", 2);
        run(office, troubles[i].sql);
        pass(office, 2000);
        assert_is(office, ORDER_DELIVERING, "NEAR01");
        assert_words(office, ALERTS, "o");
        struct role_time time = { .now_ms = office->now_ms + 60000,
                                  .watermark_ms = office->now_ms + 60000 };
        assert_int_equal(role_orders.due(office->role, office->store, &time), ROLE_NOTHING_DUE);
        say(office, "NEAR01", "finalizado", 3);
        assert_words(office, "SELECT COUNT(*) || '' FROM alerts WHERE ended_ms IS NULL", "0");
    }
}

/* Of more than it has stock for, the last one goes. */
static void stock_for_one_keeps_one(void **state)
{
    struct office *office = *state;

    three_carts(office);
    order(office, ID_2, 4);
    order(office, ID, 4);
    run(office, "UPDATE orders SET status = 'preparando', cart = 'NEAR01', preparing_ms = "
                "received_ms, offer_cart = NULL, offer_until_ms = NULL, search_until_ms = NULL");
    run(office, "UPDATE orders SET preparing_ms = preparing_ms + 1 WHERE id = '" ID "'");
    run(office, "UPDATE stock_levels SET stock = 7 WHERE cart = 'NEAR01'");
    pass(office, 2000);
    assert_words(office, "SELECT status || COALESCE(cart, '') FROM orders ORDER BY id",
                 "recibido preparandoNEAR01");
}

static void an_operator_assigns(void **state)
{
    struct office *office = *state;

    three_carts(office);
    order(office, ID, 2);
    assert_true(act(office, ASSIGN, "LAST03"));
    assert_is(office, ORDER_PREPARING, "LAST03");
    assert_false(act(office, ASSIGN, "LAST03"));
    assert_true(act(office, ASSIGN, "NEXT02"));
    assert_is(office, ORDER_PREPARING, "NEXT02");
    assert_words(office, OFFERS, "1 NEAR01 taken-back, 2 LAST03 taken-back, 3 NEXT02 assigned");
    assert_words(office, COMMANDS,
                 "offer/o/1>NEAR01 cancel/o/1>NEAR01 taken/o/2>LAST03 cancel/o/2>LAST03 "
                 "taken/o/3>NEXT02");
    say(office, "NEXT02", "entregando", 1);
    assert_false(act(office, ASSIGN, "NEAR01"));
    assert_false(act(office, RELEASE, NULL));
    assert_false(act(office, HOLD, NULL));
    assert_is(office, ORDER_DELIVERING, "NEXT02");
}

static void an_operator_takes_back(void **state)
{
    struct office *office = *state;

    three_carts(office);
    order(office, ID, 2);
    say(office, "NEAR01", "preparando", 1);
    assert_true(act(office, RELEASE, NULL));
    assert_is(office, ORDER_RECEIVED, "");
    pass(office, 1000);
    assert_words(office, OFFERS, "1 NEAR01 taken-back, 2 NEXT02 open");
    assert_true(act(office, RELEASE, NULL));
    pass(office, 1000);
    assert_words(office, OFFERS, "1 NEAR01 taken-back, 2 NEXT02 taken-back, 3 LAST03 open");
}

static void what_is_held_waits(void **state)
{
    struct office *office = *state;

    three_carts(office);
    order(office, ID, 2);
    assert_true(act(office, HOLD, NULL));
    assert_false(act(office, HOLD, NULL));
    for (int i = 0; i < 20; i++)
        pass(office, 60000);
    assert_is(office, ORDER_RECEIVED, "");
    assert_words(office, OFFERS, "1 NEAR01 taken-back");
    run(office, "UPDATE carts SET fix_ms = fix_ms + 1200000");
    assert_true(act(office, RELEASE, NULL));
    pass(office, 1000);
    assert_words(office, OFFERS, "1 NEAR01 taken-back, 2 NEXT02 open");
    assert_true(act(office, HOLD, NULL));
    assert_true(act(office, ASSIGN, "LAST03"));
    assert_int_equal(read_order(office).dispatch.held, false);
}

static void cancelled_it_is_cancelled_on_the_cart_too(void **state)
{
    struct office *office = *state;

    three_carts(office);
    order(office, ID, 2);
    assert_true(act(office, CANCEL, NULL));
    assert_words(office, OFFERS, "1 NEAR01 cancelled");
    assert_words(office, COMMANDS, "offer/o/1>NEAR01 cancel/o/1>NEAR01");
    assert_words(
        office,
        "SELECT CAST(value AS TEXT) LIKE '%\"reason\":\"cancelled\"%' || '' FROM effects WHERE "
        "type = 'order-cancel'",
        "1");
    say(office, "NEAR01", "preparando", 1);
    pass(office, 60000);
    assert_is(office, ORDER_CANCELLED, "");
    assert_false(act(office, CANCEL, NULL));
    assert_false(act(office, ASSIGN, "NEXT02"));
    assert_int_equal(count(office, LETTERS), 0);
}

/* As the role `sales` does: a sale that names the order. */
static void sell(struct office *office, const char *cart, int seq)
{
    store_run(office->store,
              "INSERT INTO order_sales (order_id, cart, epoch, seq, at_ms) VALUES ('" ID
              "', $1, '" EPOCH "', $2, $3)",
              "tii", cart, (int64_t)seq, office->now_ms);
    assert_int_equal(store_status(office->store), STORE_OK);
}

#define SALES                                                                                      \
    "SELECT GROUP_CONCAT(cart || ' ' || COALESCE(outcome, 'open'), ', ') FROM (SELECT cart, "      \
    "outcome FROM order_sales ORDER BY cart, seq)"

static void one_sale_keeps_an_order(void **state)
{
    struct office *office = *state;

    three_carts(office);
    order(office, ID, 2);
    pass(office, 60000);
    say(office, "NEXT02", "preparando", 1);
    say(office, "NEXT02", "entregando", 2);
    sell(office, "NEXT02", 4); /* the sale is read before the step that it came with */
    pass(office, 5000);
    tick_knowing(office, office->now_ms);
    assert_words(office, SALES, "NEXT02 open");
    say(office, "NEXT02", "finalizado", 3);
    pass(office, 1000);
    assert_words(office, SALES, "NEXT02 kept");
    assert_words(office, ALERTS, "");
    sell(office, "NEAR01", 9); /* its offer had expired; what it sold is sold */
    pass(office, 2000);
    assert_words(office, SALES, "NEAR01 second, NEXT02 kept");
    assert_words(office, ALERTS, "o/NEAR01");
    assert_words(office, "SELECT about LIKE '%NEXT02%NEAR01%' || '' FROM alerts", "1");
    sell(office, "NEXT02", 8);
    pass(office, 2000);
    assert_words(office, SALES, "NEAR01 second, NEXT02 kept, NEXT02 second");
}

static void a_sale_of_nobodys_order_is_told(void **state)
{
    struct office *office = *state;

    sell(office, "NEAR01", 1);
    pass(office, 2000);
    assert_words(office, SALES, "NEAR01 unknown");
    assert_words(office, ALERTS, "");
    three_carts(office);
    order(office, ID, 2);
    assert_true(act(office, CANCEL, NULL));
    sell(office, "NEXT02", 2);
    pass(office, 2000);
    assert_words(office, SALES, "NEAR01 unknown, NEXT02 second");
    assert_words(office, ALERTS, "o/NEXT02");
}

/* Orders that `auto` left, or a release that had no dispatch, and back. */
static void what_another_mode_left_goes_on(void **state)
{
    struct office *office = *state;

    three_carts(office);
    run(office, "INSERT INTO orders (id, product, price, quantity, email, lat, lon, status, "
                "received_ms) VALUES ('" ID "', 'x', 1, 1, '', -33.45, -70.65, 'recibido', 1)");
    pass(office, 1000);
    assert_words(office, OFFERS, "1 NEAR01 open");
    role_orders.close(office->role);
    snprintf(office->settings.orders, 5, "auto");
    office->role = role_orders.open(&office->settings);
    for (int i = 0; i < 4; i++)
        pass(office, 1000);
    assert_is(office, ORDER_DONE, "");
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_dispatch, close_office, NULL                                          \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a cart that cannot be counted on gives back what it prepares",
              a_cart_that_cannot_be_counted_on_gives_back),
        CLAIM("that is judged when all is read that the cart said before",
              trouble_is_judged_when_its_steps_are_read),
        CLAIM("what is on its way with such a cart is told once", what_is_on_its_way_is_told_once),
        CLAIM("stock for one keeps one", stock_for_one_keeps_one),
        CLAIM("an operator assigns", an_operator_assigns),
        CLAIM("an operator takes back", an_operator_takes_back),
        CLAIM("what is held waits", what_is_held_waits),
        CLAIM("cancelled, it is cancelled on the cart too",
              cancelled_it_is_cancelled_on_the_cart_too),
        CLAIM("one sale keeps an order, and another is told", one_sale_keeps_an_order),
        CLAIM("a sale of nobody's order is told", a_sale_of_nobodys_order_is_told),
        CLAIM("what another mode left goes on", what_another_mode_left_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
