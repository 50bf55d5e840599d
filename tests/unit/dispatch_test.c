/* Claims about orders that find their cart: who is offered one, what an answer does and what none
 * does, and that it is never with two carts. */
#include "dispatch_office.h"

static void the_nearest_that_can_have_it_is_asked(void **state)
{
    /* What each makes of the nearer carts: none of them may be asked. */
    static const char *const defects[] = {
        "UPDATE carts SET state = 'silent' WHERE cart = 'NEAR01'",
        "UPDATE carts SET state = 'vanished' WHERE cart = 'NEAR01'",
        "UPDATE carts SET fugitive = 1 WHERE cart = 'NEAR01'",
        "UPDATE carts SET listens = 0 WHERE cart = 'NEAR01'",
        "UPDATE carts SET fix_ms = fix_ms - 600001 WHERE cart = 'NEAR01'",
        "UPDATE carts SET lat = NULL WHERE cart = 'NEAR01'",
        "UPDATE stock_levels SET stock = 1 WHERE cart = 'NEAR01'",
        "DELETE FROM stock_levels WHERE cart = 'NEAR01'",
        /* it has as much as it can, or as many as it may */
        "INSERT INTO orders (id, product, price, quantity, email, status, received_ms, turn, cart) "
        "VALUES ('1', 'x', 1, 9, '', 'entregando', 1, 1, 'NEAR01')",
        "INSERT INTO orders (id, product, price, quantity, email, status, received_ms, turn, "
        "offer_cart) VALUES ('1', 'x', 1, 9, '', 'recibido', 1, 1, 'NEAR01')",
        "INSERT INTO orders (id, product, price, quantity, email, status, received_ms, turn, cart) "
        "SELECT x, 'x', 1, 1, '', 'preparando', 1, 1, 'NEAR01' FROM (SELECT '1' AS x UNION SELECT "
        "'2' UNION SELECT '3')",
    };
    struct office *office = *state;

    three_carts(office);
    order(office, ID, 2);
    assert_words(office, OFFERS, "1 NEAR01 open");
    for (size_t i = 0; i < sizeof defects / sizeof *defects; i++) {
        empty(office);
        three_carts(office);
        run(office, defects[i]);
        order(office, ID, 2);
        assert_words(office, OFFERS, "1 NEXT02 open");
    }
}

/* The place is told to who has the order, and to nobody before. */
static void an_offer_says_what_and_how_far_and_not_where(void **state)
{
    struct office *office = *state;

    three_carts(office);
    order(office, ID, 2);
    assert_words(office, "SELECT value FROM effects WHERE lane = 'command'",
                 "{\"id\":\"offer/" ID "/1\",\"command\":\"order-offer\",\"cart\":\"NEAR01\","
                 "\"expires_ms\":1790000060005,\"order\":\"" ID "\",\"turn\":1,"
                 "\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":500,\"pickup\":false,"
                 "\"distance_m\":100,\"bearing_deg\":180,\"offer_s\":60}");
    run(office, "DELETE FROM effects");
    office->now_ms += 1000;
    say(office, "NEAR01", "preparando", 1);
    assert_is(office, ORDER_PREPARING, "NEAR01");
    assert_words(office, "SELECT value FROM effects WHERE lane = 'command'",
                 "{\"id\":\"taken/" ID "/1\",\"command\":\"order-offer\",\"cart\":\"NEAR01\","
                 "\"expires_ms\":1790086401005,\"order\":\"" ID "\",\"turn\":1,"
                 "\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":500,\"pickup\":false,"
                 "\"distance_m\":100,\"bearing_deg\":180,\"taken\":true,\"place\":\"el kiosco\","
                 "\"lat\":-33.45,\"lon\":-70.65}");
}

static void it_goes_its_way_with_who_took_it(void **state)
{
    struct office *office = *state;

    three_carts(office);
    order(office, ID, 2);
    say(office, "NEAR01", "rechazado", 1);
    assert_is(office, ORDER_RECEIVED, "");
    say(office, "NEXT02", "preparando", 1);
    say(office, "NEXT02", "entregando", 2);
    say(office, "NEXT02", "finalizado", 3);
    assert_is(office, ORDER_DONE, "NEXT02");
    assert_words(office, OFFERS, "1 NEAR01 refused, 2 NEXT02 accepted");
    assert_words(office, CHANGES, "recibido preparando entregando finalizado");
    assert_int_equal(count(office, "SELECT COUNT(*) FROM mails"), 4);
    assert_words(office, COMMANDS, "offer/o/1>NEAR01 offer/o/2>NEXT02 taken/o/2>NEXT02");
    assert_int_equal(count(office, LETTERS), 0);
}

/* Nobody answers: each is asked in turn, and again once none is left that was not; but who said no.
 */
static void an_offer_that_nobody_answers_goes_on(void **state)
{
    struct office *office = *state;

    three_carts(office);
    order(office, ID, 2);
    say(office, "NEAR01", "rechazado", 1);
    pass(office, 59000);
    assert_words(office, OFFERS, "1 NEAR01 refused, 2 NEXT02 open");
    pass(office, 1000);
    assert_words(office, OFFERS, "1 NEAR01 refused, 2 NEXT02 unanswered, 3 LAST03 open");
    run(office, "UPDATE carts SET fix_ms = fix_ms + 600000");
    pass(office, 60000);
    assert_words(office, OFFERS,
                 "1 NEAR01 refused, 2 NEXT02 unanswered, 3 LAST03 unanswered, 4 NEXT02 open");
}

/* The collector was away, or behind: the answer was in time, and is read later. */
static void an_offer_ends_when_what_kafka_had_is_read(void **state)
{
    struct office *office = *state;
    struct role_time time;

    three_carts(office);
    order(office, ID, 2);
    tick(office, office->now_ms);
    office->now_ms += 61000;
    time = (struct role_time){ .now_ms = office->now_ms, .watermark_ms = office->now_ms - 2000 };
    assert_int_equal(role_orders.due(office->role, office->store, &time), ROLE_DUE_WATERMARK);
    begin(office, office->now_ms);
    role_orders.tick(office->role, &time);
    commit(office);
    assert_words(office, OFFERS, "1 NEAR01 open");
    say(office, "NEAR01", "preparando", 1);
    assert_is(office, ORDER_PREPARING, "NEAR01");
}

/* … but an outage of a partition keeps no order. */
static void a_lag_holds_up_no_offer_for_long(void **state)
{
    struct office *office = *state;
    struct role_time time = { .now_ms = NOON + 90005 };

    three_carts(office);
    order(office, ID, 2);
    begin(office, time.now_ms);
    role_orders.tick(office->role, &time);
    commit(office);
    assert_words(office, OFFERS, "1 NEAR01 unanswered, 2 NEXT02 open");
}

static void it_waits_for_a_cart_that_appears(void **state)
{
    struct office *office = *state;

    order(office, ID, 2);
    pass(office, 5000);
    assert_words(office, "SELECT COUNT(*) || '' FROM offers", "0");
    add_cart(office, "LATE01", 5000);
    pass(office, 1000);
    assert_words(office, OFFERS, "1 LATE01 open");
    assert_int_equal(read_order(office).dispatch.offered_ms, office->now_ms);
}

static void without_a_cart_it_fails_in_its_time(void **state)
{
    struct office *office = *state;

    order(office, ID, 2);
    pass(office, 599999);
    assert_is(office, ORDER_RECEIVED, "");
    pass(office, 1000);
    assert_is(office, ORDER_FAILED, "");
    assert_words(office, CHANGES, "recibido fallido");
    assert_words(office, ALERTS, "o");
    assert_words(office, "SELECT parameters FROM mails WHERE id LIKE '%fallido'",
                 "{\"order\":\"" ID "\",\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":500,"
                 "\"status\":\"fallido\",\"reason\":\"no-cart\"}");
    assert_int_equal(count(office, "SELECT COUNT(*) FROM mails WHERE status = 'skipped'"), 0);
    assert_words(office, "SELECT failed_reason FROM orders", "no-cart");
    pass(office, 600000);
    assert_words(office, CHANGES, "recibido fallido");
}

/* An order that no cart can have keeps none behind it waiting. */
static void many_that_nobody_can_have_hold_up_none(void **state)
{
    struct office *office = *state;
    char id[ORDER_ID_SIZE];

    for (int i = 0; i < 600; i++) {
        snprintf(id, sizeof id, "%032x", i);
        order(office, id, 50);
    }
    office->now_ms++;
    order(office, ID, 1);
    add_cart(office, "LATE01", 100);
    pass(office, 1000);
    pass(office, 1000);
    pass(office, 1000);
    assert_words(office, OFFERS, "1 LATE01 open");
}

static void what_is_given_back_is_offered_on(void **state)
{
    struct office *office = *state;
    struct order_history history;

    three_carts(office);
    order(office, ID, 2);
    say(office, "NEAR01", "preparando", 1);
    pass(office, 500000);
    run(office, "UPDATE carts SET fix_ms = fix_ms + 500000");
    say(office, "NEAR01", "rechazado", 2);
    assert_is(office, ORDER_RECEIVED, "");
    assert_words(office, OFFERS, "1 NEAR01 given-back, 2 NEXT02 open");
    pass(office, 30000); /* its time began anew */
    say(office, "NEXT02", "preparando", 1);
    assert_is(office, ORDER_PREPARING, "NEXT02");
    assert_words(office, CHANGES, "recibido preparando recibido/1 preparando/2");
    assert_words(office, MAILS, "recibido preparando preparando/2");
    struct order order = read_order(office);
    order_book_history(office->store, &order, &history);
    assert_int_equal(history.count, 4);
    for (size_t i = 0; i < history.count; i++) {
        assert_int_equal(history.changes[i].state, i % 2);
        assert_true(i == 0 || history.changes[i].at_ms >= history.changes[i - 1].at_ms);
    }
    assert_words(
        office, COMMANDS,
        "offer/o/1>NEAR01 taken/o/1>NEAR01 cancel/o/1>NEAR01 offer/o/2>NEXT02 taken/o/2>NEXT02");
}

/* The same cart takes it again: the buyer hears nothing new. */
static void who_takes_it_again_is_no_news(void **state)
{
    struct office *office = *state;

    add_cart(office, "ONLY01", 100);
    order(office, ID, 2);
    say(office, "ONLY01", "preparando", 1);
    run(office, "UPDATE carts SET state = 'offline'");
    pass(office, 5000);
    assert_words(office, OFFERS, "1 ONLY01 taken-back");
    run(office, "UPDATE carts SET state = 'heard'");
    pass(office, 1000);
    say(office, "ONLY01", "preparando", 2);
    assert_words(office, OFFERS, "1 ONLY01 taken-back, 2 ONLY01 accepted");
    assert_words(office, MAILS, "recibido preparando");
    assert_words(office, COMMANDS,
                 "offer/o/1>ONLY01 taken/o/1>ONLY01 cancel/o/1>ONLY01 offer/o/2>ONLY01 "
                 "taken/o/2>ONLY01");
}

/* One copy of the first `no` more: it is no answer to the second offer. */
static void a_step_that_comes_again_answers_nothing(void **state)
{
    struct office *office = *state;

    add_cart(office, "ONLY01", 100);
    order(office, ID, 2);
    say(office, "ONLY01", "preparando", 7);
    run(office, "UPDATE carts SET state = 'vanished'");
    pass(office, 5000);
    run(office, "UPDATE carts SET state = 'heard'");
    pass(office, 1000);
    assert_words(office, OFFERS, "1 ONLY01 taken-back, 2 ONLY01 open");
    say(office, "ONLY01", "preparando", 7);
    say(office, "ONLY01", "preparando", 6);
    assert_words(office, OFFERS, "1 ONLY01 taken-back, 2 ONLY01 open");
    say(office, "ONLY01", "preparando", 8);
    assert_is(office, ORDER_PREPARING, "ONLY01");
    assert_int_equal(count(office, LETTERS), 0);
}

#define CANCELS                                                                                    \
    "SELECT COUNT(*) FROM effects WHERE type = 'order-cancel' AND "                                \
    "CAST(value AS TEXT) LIKE '%\"reason\":\"expired\"%'"

/* Too late, or never asked: it is told so, once for what it was offered. */
static void steps_count_from_who_has_it(void **state)
{
    struct office *office = *state;

    three_carts(office);
    order(office, ID, 2);
    say(office, "LAST03", "preparando", 1); /* was never asked */
    assert_is(office, ORDER_RECEIVED, "");
    pass(office, 60000);
    say(office, "NEAR01", "preparando", 1); /* too late: it is NEXT02's to answer */
    assert_int_equal(count(office, CANCELS), 2);
    run(office, "DELETE FROM effects WHERE type = 'order-cancel'"); /* it was sent */
    say(office, "NEAR01", "entregando", 2);
    assert_int_equal(count(office, CANCELS), 0);
    assert_is(office, ORDER_RECEIVED, "");
    say(office, "NEXT02", "preparando", 1);
    say(office, "NEAR01", "finalizado", 3);
    say(office, "LAST03", "finalizado", 2);
    assert_is(office, ORDER_PREPARING, "NEXT02");
    assert_int_equal(count(office, LETTERS), 2);
    assert_words(office, COMMANDS, "offer/o/1>NEAR01 offer/o/2>NEXT02 taken/o/2>NEXT02");
}

static void what_is_no_order_is_told_to_who_speaks_of_it(void **state)
{
    struct office *office = *state;

    say(office, "NEAR01", "preparando", 1);
    say(office, "NEAR01", "entregando", 2);
    assert_int_equal(count(office, LETTERS), 2);
    assert_words(office, COMMANDS, "cancel/o/0/NEAR01>NEAR01");
    say(office, "NEAR01", "frito", 3);
    assert_int_equal(count(office, LETTERS), 3);
}

/* A vendor without a network takes, leaves and delivers; it all comes at once. */
static void who_went_on_offline_had_taken_it(void **state)
{
    struct office *office = *state;

    three_carts(office);
    order(office, ID, 2);
    say(office, "NEAR01", "entregando", 2);
    assert_is(office, ORDER_DELIVERING, "NEAR01");
    assert_words(office, OFFERS, "1 NEAR01 accepted");
}

static void nobody_there_is_a_failure_with_its_reason(void **state)
{
    static const char *const words[] = { "rechazado", "fallido" };
    struct office *office = *state;

    for (size_t i = 0; i < 2; i++) {
        empty(office);
        three_carts(office);
        order(office, ID, 2);
        say(office, "NEAR01", "preparando", 1);
        say(office, "NEAR01", "entregando", 2);
        say(office, "NEAR01", words[i], 3);
        assert_is(office, ORDER_FAILED, "NEAR01");
        assert_words(office, "SELECT failed_reason FROM orders", ORDER_NOBODY_THERE);
        assert_words(office, ALERTS, "o");
    }
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_dispatch, close_office, NULL                                          \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("the nearest that can have it is asked", the_nearest_that_can_have_it_is_asked),
        CLAIM("an offer says what and how far, and the place only who has it",
              an_offer_says_what_and_how_far_and_not_where),
        CLAIM("refused by one, it goes its way with who took it", it_goes_its_way_with_who_took_it),
        CLAIM("an offer that nobody answers goes to the next, and at last again",
              an_offer_that_nobody_answers_goes_on),
        CLAIM("an offer ends when what Kafka had then is read",
              an_offer_ends_when_what_kafka_had_is_read),
        CLAIM("a lag holds up no offer for long", a_lag_holds_up_no_offer_for_long),
        CLAIM("it waits for a cart that appears", it_waits_for_a_cart_that_appears),
        CLAIM("without a cart it fails in its time, with a reason",
              without_a_cart_it_fails_in_its_time),
        CLAIM("orders that nobody can have hold up none", many_that_nobody_can_have_hold_up_none),
        CLAIM("what is given back is offered on, and its history says so",
              what_is_given_back_is_offered_on),
        CLAIM("who takes it again is no news", who_takes_it_again_is_no_news),
        CLAIM("a step that comes again answers nothing", a_step_that_comes_again_answers_nothing),
        CLAIM("steps count from who has it; another cart is told, once",
              steps_count_from_who_has_it),
        CLAIM("what is no order is told to who speaks of it",
              what_is_no_order_is_told_to_who_speaks_of_it),
        CLAIM("who went on offline had taken it", who_went_on_offline_had_taken_it),
        CLAIM("nobody there is a failure with its reason",
              nobody_there_is_a_failure_with_its_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
