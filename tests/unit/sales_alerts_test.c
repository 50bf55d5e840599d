/* Claims about what the role `sales` tells people: receipts that stay away for ten minutes, two
 * contents under one identity, carts that no member owns; each once, and ended by its cause. */
#include "sales_office.h"

#define MINUTE 60000LL

static const char missing_sql[] =
    "SELECT subject || ' ' || cart || ' ' || status FROM alerts WHERE kind = 'missing-receipts' "
    "ORDER BY started_ms, id";

#define SUBJECT "BBCL23/" EPOCH " BBCL23 "

static void receipts_that_stay_away_are_told_of_after_ten_minutes(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, NULL));
    take(office, sale(5, 5, NULL));
    pass_to(office, NOON + 10 * MINUTE - 1);
    assert_lines(office, missing_sql, "");
    pass_to(office, NOON + 10 * MINUTE);
    assert_lines(office, missing_sql, SUBJECT "ACTIVE_UNACK\n");
    assert_int_equal(ask(office, "SELECT details LIKE '%faltan 3 ventas de BBCL23, entre la 2 y la "
                                 "4.' FROM alerts WHERE kind = 'missing-receipts'"),
                     1);
    assert_int_not_equal(pass_to(office, NOON + 11 * MINUTE), ROLE_DUE);
}

static void it_ends_when_all_of_them_are_there(void **state)
{
    struct office *office = *state;

    take(office, sale(5, 5, NULL));
    pass_to(office, NOON + 10 * MINUTE);
    take(office, sale(2, 2, NULL));
    take(office, sale(1, 1, NULL));
    take(office, sale(4, 4, NULL));
    assert_lines(office, missing_sql, SUBJECT "ACTIVE_UNACK\n");
    take(office, sale(3, 3, NULL));
    assert_lines(office, missing_sql, SUBJECT "CLEARED_UNACK\n");
    take(office, sale(7, 7, NULL));
    pass_to(office, NOON + 30 * MINUTE);
    assert_lines(office, missing_sql, SUBJECT "CLEARED_UNACK\n" SUBJECT "ACTIVE_UNACK\n");
}

static void what_comes_in_time_is_not_told(void **state)
{
    struct office *office = *state;

    take(office, sale(2, 2, NULL));
    office->now_ms = NOON + 9 * MINUTE;
    take(office, sale(1, 1, NULL));
    pass_to(office, NOON + 60 * MINUTE);
    assert_lines(office, missing_sql, "");
}

static void a_conflict_is_told_once(void **state)
{
    struct office *office = *state;
    const char sql[] = "SELECT subject || ' ' || status FROM alerts "
                       "WHERE kind = 'identity-conflict'";

    take(office, sale(1, 1, "Ana"));
    take(office, sale(1, 1, "Ana"));
    assert_lines(office, sql, "");
    take(office, sale(1, 1, "Berta"));
    take(office, sale(1, 1, "Carla"));
    assert_lines(office, sql, "BBCL23 ACTIVE_UNACK\n");
}

/* Of an agent that knew no limit: two such days would have no sum (10^9 is taken). */
static void an_amount_over_the_limit_is_a_sale_without_one(void **state)
{
    struct office *office = *state;

    take(office, event("sale", 1, ",\"receipt\":1,\"quantity\":3,\"amount\":1000000000"));
    take(office, event("sale", 2, ",\"receipt\":2,\"quantity\":3,\"amount\":1000000001"));
    take(office, event("sale", 3, ",\"receipt\":3,\"quantity\":3,\"amount\":9007199254740991"));
    take(office, event("sale", 3, ",\"receipt\":3,\"quantity\":3,\"amount\":9007199254740991"));
    assert_lines(
        office,
        "SELECT CAST(SUM(amount) AS TEXT) || ' ' || CAST(SUM(quantity) AS TEXT) FROM receipts",
        "1000000000 9\n");
    assert_lines(office, "SELECT subject || ' ' || details FROM alerts WHERE kind = 'amount-bad'",
                 "BBCL23 La venta 2 de BBCL23 dice más de 1000000000 pesos: cuenta sin monto.\n");
}

static void add_member(struct office *office, const char *status)
{
    store_run(office->store,
              "INSERT INTO members (id, person, name, lastname, email, plate, premium, status, "
              "applied_ms) VALUES ($1, $1, 'Ana', 'Soto', 'ana@example.org', 'BBCL23', 0, $1, 1)",
              "t", status);
}

static const char strangers_sql[] =
    "SELECT subject || ' ' || cart || ' ' || status FROM alerts WHERE kind = 'unregistered-cart'";

static void a_cart_that_no_accepted_member_owns_is_told_of_once(void **state)
{
    struct office *office = *state;

    add_member(office, "pending");
    take(office, event("stock", 1, ",\"stock\":40"));
    assert_lines(office, strangers_sql, "");
    take(office, sale(2, 1, NULL));
    take(office, sale(3, 2, NULL));
    assert_lines(office, strangers_sql, "BBCL23 BBCL23 ACTIVE_UNACK\n");
}

static void a_members_cart_is_not(void **state)
{
    struct office *office = *state;

    add_member(office, "rejected");
    add_member(office, "accepted");
    take(office, sale(1, 1, NULL));
    assert_lines(office, strangers_sql, "");
}

static void it_is_not_told_of_where_that_is_off_and_is_once_it_is_on_again(void **state)
{
    struct office *office = *state;

    office->settings.unregistered = false;
    take(office, sale(1, 1, NULL));
    assert_lines(office, strangers_sql, "");
    office->settings.unregistered = true;
    take(office, sale(2, 2, NULL));
    assert_lines(office, strangers_sql, "BBCL23 BBCL23 ACTIVE_UNACK\n");
}

static void a_batch_that_is_rolled_back_tells_it_again(void **state)
{
    struct office *office = *state;

    for (int times = 0; times < 2; times++) {
        begin(office);
        apply_at(office, sale(1, 1, NULL), NOON);
        times == 0 ? roll_back(office) : commit(office);
        assert_lines(office, strangers_sql, times == 0 ? "" : "BBCL23 BBCL23 ACTIVE_UNACK\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("receipts that stay away are told of after ten minutes",
              receipts_that_stay_away_are_told_of_after_ten_minutes),
        CLAIM("it ends when all of them are there", it_ends_when_all_of_them_are_there),
        CLAIM("what comes in time is not told", what_comes_in_time_is_not_told),
        CLAIM("a conflict is told once", a_conflict_is_told_once),
        CLAIM("an amount over the limit is a sale without one, and told of",
              an_amount_over_the_limit_is_a_sale_without_one),
        CLAIM("a cart that no accepted member owns is told of once",
              a_cart_that_no_accepted_member_owns_is_told_of_once),
        CLAIM("a member's cart is not", a_members_cart_is_not),
        CLAIM("it is not told of where that is off, and is once it is on again",
              it_is_not_told_of_where_that_is_off_and_is_once_it_is_on_again),
        CLAIM("a batch that is rolled back tells it again",
              a_batch_that_is_rolled_back_tells_it_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
