/* Claims about words of carts that wait or are judged again: with an import, after a rebuild, where
 * amounts are absurd, and where there are none. */
#include "collector/sales/sales_words.h"

#include "rebuild_sql.h"

#include "words_office.h"

static void an_import_is_judged_when_kafka_has_it(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    store_run(office->store,
              "INSERT INTO effects (lane, id, position, queue, topic, value) "
              "VALUES ('kafka', 'BBCL23/" EPOCH "/3', 1, '', 'carrito.sales', $1)",
              "b", "x", (size_t)1);
    keep(office, ALL(3), NEXT_DAY, (struct cart_word_way){ .offline = 1, .queued = 1 });
    pass_to(office, NEXT_DAY + HOUR_MS);
    pass_to(office, NEXT_DAY + 2 * HOUR_MS);
    assert_complete(office, DAY, "null");
    store_run(office->store, "DELETE FROM effects", "");
    take(office, sale(3, 3, NULL));
    pass_to(office, NEXT_DAY + 3 * HOUR_MS);
    pass_to(office, NEXT_DAY + 4 * HOUR_MS);
    assert_complete(office, DAY, "true");
}

static void a_rebuild_makes_it_anew(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    say(office, ALL(2), NEXT_DAY);
    sell_on(office, 3, NEXT_DAY + HOUR_MS);
    say(office, ALL(3), NEXT_DAY + HOUR_MS);
    say(office, ALL(4), NEXT_DAY + 2 * HOUR_MS);
    assert_complete(office, DAY, "true");
    assert_complete(office, DAY + 1, "false");
    assert_true(store_begin(office->store));
    assert_true(store_script(office->store, SQL_REBUILD));
    assert_int_equal(store_commit(office->store), STORE_OK);
    office->now_ms = NOON;
    sell(office, 1, 1);
    assert_complete(office, DAY, "null");
    tick_as(office, office->role, NOON); /* not far enough */
    assert_complete(office, DAY, "null");
    sell(office, 2, 2);
    sell_on(office, 3, NEXT_DAY + HOUR_MS);
    pass_to(office, NEXT_DAY + 3 * HOUR_MS);
    assert_complete(office, DAY, "true");
    assert_complete(office, DAY + 1, "false");
}

/* --force, where Kafka no longer has all. */
static void a_rebuild_without_all_of_it_is_not_complete(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    say(office, ALL(2), NEXT_DAY);
    assert_true(store_begin(office->store));
    assert_true(store_script(office->store, SQL_REBUILD));
    assert_int_equal(store_commit(office->store), STORE_OK);
    office->now_ms = NOON;
    sell(office, 2, 2);
    pass_to(office, NEXT_DAY + 3 * HOUR_MS);
    assert_complete(office, DAY, "false");
}

/* A cart's first words may be about all that it ever sold: the other roles have to write, too. */
static void a_transaction_sums_up_so_much_and_goes_on_in_the_next(void **state)
{
    struct office *office = *state;
    struct role_time time = { .now_ms = NEXT_DAY, .kafka_ms = NEXT_DAY, .watermark_ms = NEXT_DAY };

    sell(office, 1, 1);
    store_run(office->store,
              "WITH RECURSIVE n(seq) AS (VALUES (2) UNION ALL SELECT seq + 1 FROM n "
              "WHERE seq < 60000) INSERT INTO receipts (source, seq, hash, kind, day, ts_ms, "
              "receipt, quantity, amount) SELECT source, seq, 0, 0, $1, $2, seq, 3, 1500 "
              "FROM n, sources",
              "ii", (int64_t)DAY, NOON);
    keep(office, ALL(60000), NOON, (struct cart_word_way){ 0 });
    keep(office, &(struct told){ EPOCH_2, 1, 1, 1, 1, 0 }, NOON + 1, (struct cart_word_way){ 0 });
    assert_true(store_begin(office->store));
    assert_true(sales_words_judge(office->store, &time));
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM words WHERE ready_ms IS NOT NULL"), 1);
    assert_false(sales_words_judge(office->store, &time));
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM words WHERE ready_ms IS NOT NULL"), 0);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM confirmed WHERE upto = 60000"), 1);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static void absurd_amounts_stop_nobody(void **state)
{
    struct office *office = *state;

    for (int seq = 1; seq <= 1100; seq++) {
        char rest[96];
        snprintf(rest, sizeof rest, ",\"receipt\":%d,\"quantity\":1,\"amount\":9007199254740991",
                 seq);
        take(office, event("sale", seq, rest));
    }
    say(office, ALL(1100), NEXT_DAY);
    assert_complete(office, DAY, "false");
}

static void only_the_desk_needs_no_word(void **state)
{
    struct office *office = *state;

    store_run(office->store,
              "INSERT INTO desk_epochs (cart, epoch, seq, receipt) VALUES ('BBCL23', $1, 1, 1)",
              "t", EPOCH);
    sell(office, 1, 1);
    assert_complete(office, DAY, "true");
    /* A cart with an outbox may have sold as well: one that was heard, one that told of its sales.
     */
    store_run(office->store,
              "INSERT INTO carts (cart, state, fugitive, epoch) VALUES ('BBCL23', 'heard', 0, $1)",
              "t", EPOCH_2);
    assert_complete(office, DAY, "null");
    store_run(office->store, "DELETE FROM carts", "");
    assert_complete(office, DAY, "true");
    say(office, &(struct told){ EPOCH_2, 1, 1, 1, 1, 0 }, NOON - 48 * HOUR_MS);
    assert_complete(office, DAY, "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("an import is judged when Kafka has it", an_import_is_judged_when_kafka_has_it),
        CLAIM("a rebuild makes it anew", a_rebuild_makes_it_anew),
        CLAIM("a rebuild without all of it is not complete",
              a_rebuild_without_all_of_it_is_not_complete),
        CLAIM("a transaction sums up so much, and goes on in the next",
              a_transaction_sums_up_so_much_and_goes_on_in_the_next),
        CLAIM("absurd amounts stop nobody", absurd_amounts_stop_nobody),
        CLAIM("only the desk needs no word", only_the_desk_needs_no_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
