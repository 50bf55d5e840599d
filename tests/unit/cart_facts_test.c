/* Claims: what a cart has left, and whose it is, each stands in one place. Planted there, a lie is
 * told by every statement that says it; planted elsewhere it is told by none. */
#include "collector/stock/stock_level.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#include "api_carts_sql.h"
#include "api_stock_sql.h"
#include "closing_sql.h"
#include "desk_sql.h"
#include "fugitive_sql.h"
#include "location_sql.h"
#include "sales_sql.h"
#include "silence_sql.h"
#include "stock_sql.h"

#define CART   "BBCL23"
#define NOON   1790000000000LL
#define MEMBER "UPDATE members SET status = 'accepted', decided_ms = 1"

static int open_cart(void **state)
{
    return open_store(state) == 0 &&
                   store_script(*state,
                                "INSERT INTO carts (cart, state, fugitive, lat, lon, "
                                "fix_ms, heard_ms, stock) VALUES "
                                "('" CART "', 'offline', 0, 1, 1, 5, 0, 999);"
                                "INSERT INTO stock_levels (cart, epoch, seq, time_ms, "
                                "stock, batch, is_out) VALUES ('" CART "', 'e', 1, 5, 7, 0, 0);"
                                "INSERT INTO members (id, person, rut, name, lastname, "
                                "email, plate, premium, status, applied_ms) VALUES "
                                "('m', 'p', '1-9', 'A', 'B', 'a@b', '" CART
                                "', 0, 'accepted', 1);" MEMBER)
               ? 0
               : -1;
}

static int64_t cell(struct store_rows *rows, int column)
{
    int64_t value = store_next(rows) ? store_int(rows, column) : -1;

    store_rows_end(rows);
    return value;
}

static void a_level_is_told_from_one_place(void **state)
{
    struct store *store = *state;

    for (int64_t level = 7; level <= 8; level++) {
        store_run(store, "UPDATE stock_levels SET stock = $1", "i", level);
        assert_int_equal(cell(store_query(store, SQL_CARTS_PAGE, "ttti", "", "", "", 9L), 9),
                         level);
        assert_int_equal(cell(store_query(store, SQL_CARTS_ONE, "t", CART), 9), level);
        assert_int_equal(cell(store_query(store, SQL_STOCK_PAGE, "tt", "", ""), 1), level);
        assert_int_equal(cell(store_query(store, SQL_STOCK_LEVEL_READ, "t", CART), 4), level);
        assert_int_equal(cell(store_query(store, SQL_DESK_LEVEL, "tt", CART, ""), 0), level);
    }
    assert_int_equal(store_status(store), STORE_OK);
}

static void low_is_at_the_threshold_and_below(void **state)
{
    (void)state;
    assert_true(stock_is_low(20, 20));
    assert_false(stock_is_low(21, 20));
    assert_false(stock_is_low(1, 0));
    assert_true(stock_is_low(0, 0));
}

static int64_t changed(struct store *store, bool done)
{
    int64_t count = done ? store_changed(store) : -1;

    store_rollback(store);
    assert_true(store_begin(store));
    return count;
}

/* Each way to ask whether the cart is a member's: all say `is_members`. */
static void assert_all_say(struct store *store, bool is_members)
{
    int64_t members = is_members ? 1 : 0;

    assert_int_equal(store_has(store, SQL_MEMBER_FIND, "t", CART), is_members);
    assert_int_equal(store_has(store, SQL_SUSPECTS_FIND, "iinnnn", 0L, NOON, 0.0, 2.0, 0.0, 2.0),
                     !is_members);
    assert_int_equal(store_has(store, SQL_CLOSING_PAGE, "itii", 20716L, "", NOON, 9L), is_members);
    assert_true(store_begin(store));
    assert_int_equal(changed(store, store_run(store, SQL_ABSENT_MARK, "ttti", "absent", "offline",
                                              "silent", NOON)),
                     members);
    /* A cart that was never heard. */
    assert_true(store_run(store, "DELETE FROM carts", ""));
    assert_int_equal(store_has(store, SQL_CART_IS_KNOWN, "t", CART), is_members);
    assert_true(store_run(store, SQL_ABSENT_INSERT, "t", "absent"));
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM carts"), members);
    store_rollback(store);
}

static void whose_a_cart_is_is_told_from_one_place(void **state)
{
    struct store *store = *state;

    assert_all_say(store, true);
    assert_true(store_run(store, "UPDATE members SET status = 'pending'", ""));
    assert_all_say(store, false);
    assert_true(store_run(store, MEMBER, ""));
    assert_all_say(store, true);
    assert_true(store_script(store, "DROP VIEW member_carts;"
                                    "CREATE VIEW member_carts AS SELECT plate AS cart, "
                                    "decided_ms AS since_ms FROM members WHERE 1 = 0"));
    assert_all_say(store, false);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        cmocka_unit_test_setup_teardown(a_level_is_told_from_one_place, open_cart, close_store),
        cmocka_unit_test(low_is_at_the_threshold_and_below),
        cmocka_unit_test_setup_teardown(whose_a_cart_is_is_told_from_one_place, open_cart,
                                        close_store),
    };

    return cmocka_run_group_tests(claims, NULL, NULL);
}
