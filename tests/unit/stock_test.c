/* Claims about the role `stock`: who is low joins a batch once, five fill it, numbers have no gap
 * whatever is rolled back, and what is restocked is asked for no longer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/stock_office.h"

static void a_cart_may_have_a_threshold_of_its_own(void **state)
{
    struct office *office = *state;

    store_script(office->store, "INSERT INTO cart_settings (cart, name, number) VALUES "
                                "('CART-1', 'threshold', 50), ('CART-2', 'threshold', 5)");
    store_script(office->store, "INSERT INTO cart_settings (cart, name, text) VALUES "
                                "('CART-3', 'note', 'lejos')");
    take(office, 1, 1, 51);
    take(office, 2, 1, 6);
    take(office, 3, 1, 21);
    assert_string_equal(ask(office, ENTRIES), "");
    take_many(office, 1, 3, 2, 20);
    assert_string_equal(ask(office, ENTRIES), "1 CART-1 20, 1 CART-3 20");
    take(office, 2, 3, 5);
    assert_string_equal(ask(office, ENTRIES), "1 CART-1 20, 1 CART-3 20, 1 CART-2 5");
    store_script(office->store, "DELETE FROM cart_settings WHERE cart = 'CART-1'");
    take(office, 1, 3, 21);
    assert_string_equal(ask(office, ENTRIES), "1 CART-3 20, 1 CART-2 5");
}

static void done(struct office *office, int64_t number, enum restock_verdict expected)
{
    assert_true(store_begin(office->store));
    assert_int_equal(restock_done(office->store, number, NOON + 9000), expected);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static void five_low_carts_make_a_batch(void **state)
{
    struct office *office = *state;

    take_many(office, 1, 4, 1, 20);
    take(office, 9, 1, 21);
    assert_string_equal(ask(office, BATCHES), "1 open");
    take(office, 5, 1, 7);
    assert_string_equal(ask(office, BATCHES), "1 announced");
    assert_string_equal(ask(office, ENTRIES),
                        "1 CART-1 20, 1 CART-2 20, 1 CART-3 20, 1 CART-4 20, 1 CART-5 7");
    assert_string_equal(ask(office, ALERTS), "restock-batch 1 ACTIVE_UNACK");
    assert_string_equal(ask(office, "SELECT details FROM alerts"),
                        "Hay que reponer el lote 1: CART-1 (20), CART-2 (20), CART-3 (20), "
                        "CART-4 (20), CART-5 (7).");
    assert_string_equal(ask(office, "SELECT announced_ms FROM restocks"), "1790000005000");
}

static void a_low_cart_is_in_it_once_with_its_latest_level(void **state)
{
    struct office *office = *state;

    for (int seq = 1; seq <= 10; seq++)
        take(office, 1, seq, 20 - seq);
    begin(office);
    say(office, &(struct word){ 2, EPOCH, 1, 5 });
    say(office, &(struct word){ 2, EPOCH, 2, 4 });
    say(office, &(struct word){ 1, EPOCH, 11, 3 });
    commit(office);
    assert_string_equal(ask(office, BATCHES), "1 open");
    assert_string_equal(ask(office, ENTRIES), "1 CART-1 3, 1 CART-2 4");
}

static void an_announced_batch_stays_and_its_carts_join_no_other(void **state)
{
    struct office *office = *state;

    take_many(office, 1, 5, 1, 10);
    take_many(office, 1, 6, 2, 4);
    assert_string_equal(ask(office, BATCHES), "1 announced, 2 open");
    assert_string_equal(ask(office, ENTRIES),
                        "1 CART-1 10, 1 CART-2 10, 1 CART-3 10, 1 CART-4 10, 1 CART-5 10, "
                        "2 CART-6 4");
}

static void a_restocked_cart_leaves_the_open_batch(void **state)
{
    struct office *office = *state;

    take_many(office, 1, 2, 1, 10);
    take(office, 1, 2, 60);
    assert_string_equal(ask(office, ENTRIES), "1 CART-2 10");
    take(office, 2, 2, 60);
    assert_string_equal(ask(office, BATCHES), "");
    take_many(office, 1, 5, 3, 8);
    assert_string_equal(ask(office, BATCHES), "1 announced");
}

static void it_joins_again_once_it_was_above(void **state)
{
    struct office *office = *state;

    take_many(office, 1, 5, 1, 10);
    take(office, 3, 2, 50);
    take(office, 3, 3, 9);
    assert_string_equal(ask(office, BATCHES), "1 announced, 2 open");
    assert_string_equal(ask(office, "SELECT cart FROM restock_carts WHERE number = 2"), "CART-3");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM restock_carts WHERE number = 1"), "5");
}

static void done_frees_its_carts_and_tells_them_once(void **state)
{
    struct office *office = *state;

    take_many(office, 1, 5, 1, 10);
    done(office, 2, RESTOCK_UNKNOWN);
    take(office, 2, 2, 50);
    take(office, 2, 3, 5);
    done(office, 2, RESTOCK_UNKNOWN); /* open: it has no number yet */
    done(office, 1, RESTOCK_DONE);
    done(office, 1, RESTOCK_DONE_BEFORE);
    assert_string_equal(ask(office, OPEN_ALERTS), "");
    assert_string_equal(
        ask(office, "SELECT id FROM effects WHERE topic = 'carrito.commands' ORDER BY id"),
        "restocked-1-CART-1, restocked-1-CART-2, restocked-1-CART-3, restocked-1-CART-4, "
        "restocked-1-CART-5");
    take_many(office, 1, 2, 4, 4);
    assert_string_equal(ask(office, BATCHES), "1 done, 2 open");
    assert_string_equal(ask(office, "SELECT cart || ' ' || stock FROM restock_carts "
                                    "WHERE number = 2 ORDER BY place"),
                        "CART-2 4, CART-1 4");
}

static void numbers_have_no_gap_over_rollbacks_and_processes(void **state)
{
    struct office *office = *state;
    void *other = role_stock.open(&office->settings);
    void *roles[] = { office->role, other };

    for (int cart = 1; cart <= 25; cart++) {
        office->role = roles[cart % 2];
        begin(office);
        say(office, &(struct word){ cart, EPOCH, 1, 1 });
        role_stock.end(office->role);
        store_rollback(office->store);
        role_stock.forget(office->role);
        take(office, cart, 1, 1);
    }
    office->role = roles[0];
    role_stock.close(other);
    assert_string_equal(ask(office, BATCHES),
                        "1 announced, 2 announced, 3 announced, 4 announced, 5 announced");
    assert_string_equal(ask(office, "SELECT COUNT(DISTINCT cart) FROM restock_carts"), "25");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM alerts"), "5");
}

static void many_in_one_transaction_make_several_batches(void **state)
{
    struct office *office = *state;

    take_many(office, 10, 21, 1, 2);
    assert_string_equal(ask(office, BATCHES), "1 announced, 2 announced, 3 open");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM restock_carts WHERE number = 3"), "2");
}

static void stock_out_is_raised_once_and_clears(void **state)
{
    struct office *office = *state;

    take(office, 1, 1, 0);
    take(office, 1, 2, 0);
    take(office, 1, 3, 12);
    assert_string_equal(ask(office, ALERTS), "stock-out CART-1 ACTIVE_UNACK");
    assert_string_equal(ask(office, "SELECT cart FROM alerts"), "CART-1");
    take(office, 1, 4, 21);
    assert_string_equal(ask(office, ALERTS), "stock-out CART-1 CLEARED_UNACK");
    take(office, 1, 5, 0);
    assert_string_equal(ask(office, OPEN_ALERTS), "stock-out CART-1");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM alerts"), "2");
}

static void levels_move_forward_only(void **state)
{
    struct office *office = *state;

    take(office, 1, 5, 30);
    take(office, 1, 4, 10); /* a repetition of something older */
    take(office, 1, 5, 10);
    assert_string_equal(ask(office, LEVELS), "CART-1 30");
    begin(office);
    say(office, &(struct word){ 1, EPOCH_2, 3, 15 }); /* another outbox, earlier by time */
    commit(office);
    assert_string_equal(ask(office, LEVELS), "CART-1 30");
    begin(office);
    say(office, &(struct word){ 1, EPOCH_2, 6, 40 });
    commit(office);
    assert_string_equal(ask(office, LEVELS), "CART-1 40");
    assert_string_equal(ask(office, BATCHES), "");
}

static void stock_and_void_events_count_too(void **state)
{
    struct office *office = *state;
    static const char head[] = "\"cart\":\"CART-1\",\"epoch\":\"" EPOCH "\",\"clock\":\"gps\"";
    char text[EVENT_MAX];

    begin(office);
    snprintf(text, sizeof text, "{\"v\":1,\"type\":\"stock\",%s,\"seq\":1,\"ts_ms\":1,\"stock\":4}",
             head);
    apply(office, text);
    assert_int_equal(store_status(office->store), STORE_OK);
    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"void\",%s,\"seq\":2,\"ts_ms\":2,\"receipt\":1,\"stock\":24}",
             head);
    apply(office, text);
    apply(office, "rubbish");
    commit(office);
    assert_string_equal(ask(office, LEVELS), "CART-1 24");
    assert_string_equal(ask(office, BATCHES), "");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM effects"), "0");
}

static void an_event_without_stock_says_nothing(void **state)
{
    struct office *office = *state;

    begin(office);
    apply(office, "{\"v\":1,\"type\":\"sale\",\"cart\":\"CART-1\",\"epoch\":\"" EPOCH
                  "\",\"seq\":1,\"ts_ms\":1,\"clock\":\"gps\",\"receipt\":1,\"quantity\":3}");
    commit(office);
    assert_string_equal(ask(office, LEVELS), "");
}

static void by_sales_five_low_ones_fill_it(void **state)
{
    struct office *office = *state;

    for (int seq = 1; seq <= 4; seq++)
        take(office, 1, seq, 10 - seq);
    take(office, 1, 4, 6); /* the same once more */
    assert_string_equal(ask(office, BATCHES), "1 open");
    take(office, 2, 1, 3);
    assert_string_equal(ask(office, BATCHES), "1 announced");
    assert_string_equal(ask(office, ENTRIES),
                        "1 CART-1 9, 1 CART-1 8, 1 CART-1 7, 1 CART-1 6, 1 CART-2 3");
    take(office, 1, 5, 5);
    take(office, 1, 6, 4);
    take(office, 2, 2, 2);
    take(office, 1, 7, 90);
    assert_string_equal(ask(office, "SELECT cart FROM restock_carts WHERE number = 2"), "CART-2");
    done(office, 1, RESTOCK_DONE);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE type = 'restocked'"), "2");
}

static void an_operator_announces_fewer(void **state)
{
    struct office *office = *state;
    struct restock restock = { 0 };

    take_many(office, 1, 2, 1, 10);
    assert_true(store_begin(office->store));
    restock_know(&restock, office->store);
    assert_int_equal(restock.entries, 2);
    restock_announce(&restock, office->store, "en", NOON);
    assert_int_equal(store_commit(office->store), STORE_OK);
    assert_string_equal(ask(office, "SELECT details FROM alerts"),
                        "Restock batch 1: CART-1 (10), CART-2 (10).");
    take_many(office, 1, 7, 2, 5);
    assert_string_equal(ask(office, BATCHES), "1 announced, 2 announced");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("five low carts make a batch", five_low_carts_make_a_batch),
        CLAIM("a cart may have a threshold of its own", a_cart_may_have_a_threshold_of_its_own),
        CLAIM("a low cart is in it once, with its latest level",
              a_low_cart_is_in_it_once_with_its_latest_level),
        CLAIM("an announced batch stays as it was, and its carts join no other",
              an_announced_batch_stays_and_its_carts_join_no_other),
        CLAIM("a restocked cart leaves the open batch", a_restocked_cart_leaves_the_open_batch),
        CLAIM("a cart joins again once it was above", it_joins_again_once_it_was_above),
        CLAIM("a batch that is done frees its carts and tells each once",
              done_frees_its_carts_and_tells_them_once),
        CLAIM("numbers have no gap over rollbacks and processes",
              numbers_have_no_gap_over_rollbacks_and_processes),
        CLAIM("many low carts in one transaction make several batches",
              many_in_one_transaction_make_several_batches),
        CLAIM("stock-out is raised once and clears", stock_out_is_raised_once_and_clears),
        CLAIM("levels move forward only", levels_move_forward_only),
        CLAIM("stock and void events count too", stock_and_void_events_count_too),
        CLAIM("an event without stock says nothing", an_event_without_stock_says_nothing),
        BY_SALES("by sales, five low ones fill a batch", by_sales_five_low_ones_fill_it),
        CLAIM("an operator announces fewer", an_operator_announces_fewer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
