/* Claims about a backlog of the role `stock`: only the last level of each cart counts, whatever the
 * batches were and whoever has the partition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/stock_office.h"

/* Each of eight carts goes down to nothing; the first four are filled before we know. */
static void take_backlog(struct office *office, int seq)
{
    for (int stock = 4; stock >= 0; stock--) {
        begin(office);
        for (int cart = 1; cart <= 8; cart++)
            say(office, &(struct word){ cart, EPOCH, seq - stock, stock });
        commit_behind(office);
        look(office, 60000);
    }
    begin(office);
    for (int cart = 1; cart <= 4; cart++)
        say(office, &(struct word){ cart, EPOCH, seq + 1, 50 });
    commit_behind(office);
}

static void of_a_backlog_the_last_level_counts(void **state)
{
    struct office *office = *state;

    take_backlog(office, 10);
    look(office, 2001);
    assert_string_equal(ask(office, BATCHES), "");
    look(office, 2000);
    assert_string_equal(ask(office, BATCHES), "1 open");
    assert_string_equal(ask(office, ENTRIES), "1 CART-5 0, 1 CART-6 0, 1 CART-7 0, 1 CART-8 0");
    assert_string_equal(ask(office, OPEN_ALERTS),
                        "stock-out CART-5, stock-out CART-6, stock-out CART-7, stock-out CART-8");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM alerts"), "4");
}

static void another_process_judges_what_waits(void **state)
{
    struct office *office = *state;

    take_backlog(office, 10);
    role_stock.close(office->role);
    office->role = role_stock.open(&office->settings);
    look(office, 0);
    assert_string_equal(ask(office, BATCHES), "1 open");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM restock_carts"), "4");
}

static void by_sales_those_before_a_filling_count_no_more(void **state)
{
    struct office *office = *state;

    take_backlog(office, 10);
    look(office, 0);
    assert_string_equal(ask(office, "SELECT DISTINCT cart FROM restock_carts ORDER BY cart"),
                        "CART-5, CART-6, CART-7, CART-8");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM restock_carts"), "20");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("of a backlog a cart's last level counts, however many batches it takes",
              of_a_backlog_the_last_level_counts),
        CLAIM("what waits is judged by whoever has the partition then",
              another_process_judges_what_waits),
        BY_SALES("where sales are counted, those before a filling count no more",
                 by_sales_those_before_a_filling_count_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
