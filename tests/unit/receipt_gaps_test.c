/* Claims about receipt_gaps: in whatever order receipts come, the table holds exactly the ranges
 * that a set of the numbers seen lacks, each on the day of the next receipt seen. */
#include "collector/sales/receipt_gaps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define RECEIPTS 60
#define ORDERS   30
#define SOURCE   7
#define CART     "BBCL23"
#define EPOCH    "9f0c9f0c9f0c9f0c"

static struct store_rows *gaps_of(struct store *store)
{
    return store_query(store,
                       "SELECT first_receipt, last_receipt, day FROM receipt_gaps "
                       "WHERE source = $1 ORDER BY first_receipt",
                       "i", (int64_t)SOURCE);
}

/* days[r] is the day of receipt r, 0 where it was not seen. */
static void assert_gaps(struct store *store, const int days[RECEIPTS + 2], int highest)
{
    struct store_rows *rows = gaps_of(store);
    int missing = 0;

    for (int receipt = 1; receipt <= highest; receipt++) {
        if (days[receipt] == 0) {
            missing++;
            continue;
        }
        if (missing > 0) {
            assert_true(store_next(rows));
            assert_int_equal(store_int(rows, 0), receipt - missing);
            assert_int_equal(store_int(rows, 1), receipt - 1);
            assert_int_equal(store_int(rows, 2), days[receipt]);
        }
        missing = 0;
    }
    assert_false(store_next(rows));
    assert_int_equal(store_status(store), STORE_OK);
}

static void try_order(struct store *store, unsigned seed)
{
    int days[RECEIPTS + 2] = { 0 };
    int64_t highest = 0;

    /* More than there are, so that some come again and some never. */
    for (int i = 0; i < RECEIPTS * 2; i++) {
        seed = seed * 1103515245U + 12345U;
        int receipt = 1 + (int)(seed >> 16) % RECEIPTS;
        struct seen_receipt seen = { SOURCE,   receipt, 100 + (int)(seed >> 8) % 3,
                                     1000 + i, CART,    EPOCH };
        if (days[receipt] == 0)
            days[receipt] = seen.day;
        highest = receipt_gaps_see(store, &seen, highest);
        assert_gaps(store, days, (int)highest);
        assert_true(highest >= receipt);
    }
}

static void any_order_leaves_what_a_set_lacks(void **state)
{
    for (unsigned seed = 1; seed <= ORDERS; seed++) {
        store_run(*state, "DELETE FROM receipt_gaps", "");
        try_order(*state, seed);
    }
}

static void a_part_keeps_the_time_when_its_range_was_noticed(void **state)
{
    struct seen_receipt late = { SOURCE, 9, 100, 5000, CART, EPOCH },
                        between = { SOURCE, 4, 100, 9000, CART, EPOCH };
    int64_t highest = receipt_gaps_see(*state, &late, 0);

    assert_int_equal(receipt_gaps_see(*state, &between, highest), 9);
    struct store_rows *rows =
        store_query(*state, "SELECT COUNT(*), MIN(since_ms), MAX(since_ms) FROM receipt_gaps", "");
    assert_true(store_next(rows));
    assert_int_equal(store_int(rows, 0), 2);
    assert_int_equal(store_int(rows, 1), 5000);
    assert_int_equal(store_int(rows, 2), 5000);
    store_rows_end(rows);
}

static void epochs_stand_alone(void **state)
{
    struct seen_receipt other = { SOURCE + 1, 5, 100, 1000, CART, EPOCH },
                        mine = { SOURCE, 3, 100, 1000, CART, EPOCH };

    receipt_gaps_see(*state, &other, 0);
    receipt_gaps_see(*state, &mine, 0);
    mine.receipt = 2;
    receipt_gaps_see(*state, &mine, 3);
    mine.receipt = 1;
    receipt_gaps_see(*state, &mine, 3);
    assert_false(store_next(gaps_of(*state)));
    struct store_rows *rows = store_query(*state, "SELECT COUNT(*) FROM receipt_gaps", "");
    assert_true(store_next(rows));
    assert_int_equal(store_int(rows, 0), 1);
    store_rows_end(rows);
}

static void the_highest_number_there_is_can_be_seen(void **state)
{
    struct seen_receipt last = { SOURCE, 9007199254740991LL, 100, 1000, CART, EPOCH };

    assert_true(receipt_gaps_see(*state, &last, 0) == last.receipt);
    struct store_rows *rows = gaps_of(*state);
    assert_true(store_next(rows));
    assert_true(store_int(rows, 1) == last.receipt - 1);
    store_rows_end(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "any order leaves what a set lacks", any_order_leaves_what_a_set_lacks, open_store,
          close_store, NULL },
        { "a part keeps the time when its range was noticed",
          a_part_keeps_the_time_when_its_range_was_noticed, open_store, close_store, NULL },
        { "epochs stand alone", epochs_stand_alone, open_store, close_store, NULL },
        { "the highest number there is can be seen", the_highest_number_there_is_can_be_seen,
          open_store, close_store, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
