/* Claims about words of carts that wait or are judged again: with an import, after a rebuild, where
 * amounts are absurd, and where there are none. */
#include "rebuild_sql.h"

#include "words_office.h"

static void an_import_is_judged_when_kafka_has_it(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    store_run(office->store,
              "INSERT INTO outgoing (id, position, topic, value) "
              "VALUES ('BBCL23/" EPOCH "/3', 1, 'carrito.sales', $1)",
              "b", "x", (size_t)1);
    keep(office, ALL(3), NEXT_DAY, (struct cart_word_way){ .offline = 1, .owed = 1 });
    pass_to(office, NEXT_DAY + HOUR_MS);
    pass_to(office, NEXT_DAY + 2 * HOUR_MS);
    assert_complete(office, DAY, "null");
    store_run(office->store, "DELETE FROM outgoing", "");
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
    /* A cart with an outbox may have sold as well. */
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
        CLAIM("absurd amounts stop nobody", absurd_amounts_stop_nobody),
        CLAIM("only the desk needs no word", only_the_desk_needs_no_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
