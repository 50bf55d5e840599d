/* Claims about the role `sales`: each event counts once, on its day, whatever order it comes in; a
 * void takes exactly its sale back; what is missing is known; another content is set aside. */
#include "sales_office.h"

#define HOUR_MS 3600000LL
#define EPOCH_2 "0a0a0a0a0a0a0a0a"

static void a_sale_counts_once(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    take(office, sale(1, 1, "Ana"));
    begin(office);
    apply_at(office, sale(1, 1, "Ana"), NOON);
    apply_at(office, sale(2, 2, "Ana"), NOON);
    apply_at(office, sale(2, 2, "Ana"), NOON);
    commit(office);
    assert_day(office, DAY, (struct totals){ 2, 6, 3000, 1, 0, 0 });
    assert_int_equal(ask(office, "SELECT duplicates FROM sources"), 3);
    assert_int_equal(ask(office, "SELECT highest_seq FROM sources"), 2);
    assert_int_equal(ask(office, "SELECT set_aside FROM sources"), 0);
}

static void another_content_is_set_aside_once(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    take(office, sale(1, 1, "Berta"));
    take(office, sale(1, 1, "Berta"));
    take(office, sale(1, 1, "Carla"));
    assert_day(office, DAY, (struct totals){ 1, 3, 1500, 1, 0, 0 });
    assert_int_equal(ask(office, "SELECT set_aside FROM sources"), 2);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM set_aside"), 2);
    assert_int_equal(ask(office, "SELECT duplicates FROM sources"), 0);
}

static void a_batch_that_is_rolled_back_leaves_nothing(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    begin(office);
    apply_at(office, sale(2, 2, "Berta"), NOON);
    apply_at(office, taken_back(3, 1), NOON);
    role_sales.end(office->role);
    store_rollback(office->store);
    role_sales.forget(office->role);
    assert_day(office, DAY, (struct totals){ 1, 3, 1500, 1, 0, 0 });
    take(office, sale(2, 2, "Berta"));
    assert_day(office, DAY, (struct totals){ 2, 6, 3000, 2, 0, 0 });
}

static void clients_are_distinct_byte_by_byte(void **state)
{
    struct office *office = *state;

    begin(office);
    apply_at(office, sale(1, 1, "Ana"), NOON);
    apply_at(office, sale(2, 2, " Ana "), NOON);
    apply_at(office, sale(3, 3, "ana"), NOON);
    apply_at(office, sale(4, 4, NULL), NOON);
    commit(office);
    take(office, sale(5, 5, NULL));
    take(office, sale(6, 6, "Ana"));
    assert_day(office, DAY, (struct totals){ 6, 18, 9000, 4, 0, 0 });
}

static void a_sale_without_an_amount_is_unpriced(void **state)
{
    struct office *office = *state;

    take(office, event("sale", 1, ",\"receipt\":1,\"quantity\":2"));
    assert_day(office, DAY, (struct totals){ 1, 2, 0, 1, 0, 1 });
    take(office, taken_back(2, 1));
    assert_day(office, DAY, (struct totals){ 0, 0, 0, 0, 1, 0 });
}

static void a_void_takes_its_sale_back_once(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    take(office, sale(2, 2, "Ana"));
    take(office, sale(3, 3, "Berta"));
    take(office, taken_back(4, 3));
    take(office, taken_back(5, 3));
    take(office, taken_back(4, 3));
    assert_day(office, DAY, (struct totals){ 2, 6, 3000, 1, 1, 0 });
    take(office, taken_back(6, 2));
    assert_day(office, DAY, (struct totals){ 1, 3, 1500, 1, 2, 0 });
    take(office, taken_back(7, 1));
    assert_day(office, DAY, (struct totals){ 0, 0, 0, 0, 3, 0 });
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM day_clients"), 0);
}

static void a_sale_and_its_void_in_one_batch(void **state)
{
    struct office *office = *state;

    begin(office);
    apply_at(office, sale(1, 1, "Ana"), NOON);
    apply_at(office, taken_back(2, 1), NOON);
    apply_at(office, sale(3, 2, "Ana"), NOON);
    commit(office);
    assert_day(office, DAY, (struct totals){ 1, 3, 1500, 1, 1, 0 });
}

static void a_void_before_its_sale_waits_for_it(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    take(office, taken_back(3, 2));
    take(office, taken_back(4, 2));
    assert_day(office, DAY, (struct totals){ 1, 3, 1500, 1, 0, 0 });
    take(office, sale(2, 2, "Berta"));
    assert_day(office, DAY, (struct totals){ 1, 3, 1500, 1, 1, 0 });
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM waiting_voids"), 0);
    take(office, sale(5, 3, "Berta"));
    assert_day(office, DAY, (struct totals){ 2, 6, 3000, 2, 1, 0 });
    assert_int_equal(ask(office, "SELECT voided FROM receipts WHERE receipt = 2 AND kind = 0"), 3);
}

static void a_void_is_for_its_own_epoch(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    take(office, "{\"v\":1,\"type\":\"void\",\"cart\":\"BBCL23\",\"epoch\":\"" EPOCH_2
                 "\",\"seq\":1,\"ts_ms\":1790000000000,\"clock\":\"gps\",\"receipt\":1}");
    assert_day(office, DAY, (struct totals){ 1, 3, 1500, 1, 0, 0 });
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM sources"), 2);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM waiting_voids"), 1);
}

static void receipts_not_seen_are_missing(void **state)
{
    struct office *office = *state;

    take(office, sale(5, 5, NULL));
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM receipt_gaps"), 1);
    assert_int_equal(ask(office, "SELECT first_receipt * 100 + last_receipt FROM receipt_gaps"),
                     104);
    take(office, sale(3, 3, NULL));
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM receipt_gaps"), 2);
    take(office, sale(1, 1, NULL));
    take(office, sale(2, 2, NULL));
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM receipt_gaps"), 1);
    take(office, sale(2, 2, NULL));
    take(office, sale(4, 4, NULL));
    take(office, sale(6, 6, NULL));
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM receipt_gaps"), 0);
    assert_int_equal(ask(office, "SELECT highest_receipt FROM sources"), 6);
}

static void a_missing_range_is_of_the_day_of_the_next_receipt(void **state)
{
    struct office *office = *state;
    char text[EVENT_MAX];

    take(office, sale(9, 9, NULL));
    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"sale\",\"cart\":\"BBCL23\",\"epoch\":\"" EPOCH
             "\",\"seq\":4,\"ts_ms\":%lld,\"clock\":\"gps\",\"receipt\":4,\"quantity\":1}",
             NOON - 24 * HOUR_MS);
    take(office, text);
    assert_int_equal(ask(office, "SELECT day FROM receipt_gaps WHERE first_receipt = 1"), DAY - 1);
    assert_int_equal(ask(office, "SELECT last_receipt FROM receipt_gaps WHERE first_receipt = 1"),
                     3);
    assert_int_equal(ask(office, "SELECT day FROM receipt_gaps WHERE first_receipt = 5"), DAY);
}

static void a_clock_that_cannot_be_believed_counts_on_kafkas_day(void **state)
{
    struct office *office = *state;

    take_sale_at(office, 1, NOON + 8LL * 365 * 24 * HOUR_MS, "gps");
    take_sale_at(office, 2, 5000, "none");
    take_sale_at(office, 3, NOON + 119000, "rtc");
    assert_day(office, DAY, (struct totals){ 3, 3, 0, 3, 0, 3 });
    /* The past is believed: a backlog is drained late. */
    take_sale_at(office, 4, NOON - 48 * HOUR_MS, "rtc");
    assert_day(office, DAY - 2, (struct totals){ 1, 1, 0, 1, 0, 1 });
}

static void days_are_the_guilds(void **state)
{
    struct office *office = *state;
    int64_t midnight = day_start_ms(DAY);

    take_sale_at(office, 1, midnight, "gps");
    take_sale_at(office, 2, midnight - 1, "gps");
    assert_day(office, DAY, (struct totals){ 1, 1, 0, 1, 0, 1 });
    assert_day(office, DAY - 1, (struct totals){ 1, 1, 0, 1, 0, 1 });
    assert_int_equal(ask(office, "SELECT first_seq FROM source_days ORDER BY day LIMIT 1"), 2);
}

static void what_is_no_event_of_sales_is_a_dead_letter(void **state)
{
    struct office *office = *state;

    begin(office);
    apply_at(office, "{\"v\":1,", NOON);
    apply_at(office, sale(1, 1, "Ana"), NOON);
    apply_at(office, event("sale", 2, ",\"receipt\":2,\"quantity\":-1"), NOON);
    apply_at(office, event("location", 3, ",\"lat\":-33.4,\"lon\":-70.6"), NOON);
    commit(office);
    assert_day(office, DAY, (struct totals){ 1, 3, 1500, 1, 0, 0 });
    assert_int_equal(ask(office,
                         "SELECT COUNT(*) FROM effects WHERE topic = "
                         "'carrito.dead-letters' AND error <> '' AND record_key IS NOT NULL"),
                     3);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE source = "
                                 "'kafka:carrito.sales/2/0' AND value = CAST('{\"v\":1,' AS BLOB)"),
                     1);
}

static void absurd_amounts_do_not_stop_it(void **state)
{
    struct office *office = *state;
    char rest[96];

    begin(office);
    for (int i = 1; i <= 1100; i++) {
        snprintf(rest, sizeof rest, ",\"receipt\":%d,\"quantity\":1,\"amount\":9007199254740991",
                 i);
        apply_at(office, event("sale", i, rest), NOON);
    }
    commit(office);
    take(office, sale(1101, 1101, NULL));
    assert_int_equal(ask(office, "SELECT sales FROM daily"), 1101);
    assert_int_equal(ask(office, "SELECT amount FROM daily"), 1500);
    assert_int_equal(ask(office, "SELECT unpriced FROM daily"), 1100);
}

static void stock_and_clock_events_are_known_by_identity(void **state)
{
    struct office *office = *state;

    take(office, event("stock", 1, ",\"stock\":40"));
    take(office, event("stock", 1, ",\"stock\":40"));
    take(office, event("clock", 2, ",\"boot\":\"b1\",\"boot_ms\":5000"));
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM receipts"), 2);
    assert_int_equal(ask(office, "SELECT duplicates FROM sources"), 1);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM daily"), 0);
    assert_int_equal(ask(office, "SELECT last_seq FROM source_days"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a sale counts once", a_sale_counts_once),
        CLAIM("another content under one identity is set aside, once",
              another_content_is_set_aside_once),
        CLAIM("a batch that is rolled back leaves nothing",
              a_batch_that_is_rolled_back_leaves_nothing),
        CLAIM("clients are distinct byte by byte", clients_are_distinct_byte_by_byte),
        CLAIM("a sale without an amount is unpriced", a_sale_without_an_amount_is_unpriced),
        CLAIM("a void takes its sale back once", a_void_takes_its_sale_back_once),
        CLAIM("a sale and its void may share a batch", a_sale_and_its_void_in_one_batch),
        CLAIM("a void before its sale waits for it", a_void_before_its_sale_waits_for_it),
        CLAIM("a void is for its own epoch", a_void_is_for_its_own_epoch),
        CLAIM("receipts not seen are missing until they come", receipts_not_seen_are_missing),
        CLAIM("a missing range is of the day of the next receipt",
              a_missing_range_is_of_the_day_of_the_next_receipt),
        CLAIM("a clock that cannot be believed counts on Kafka's day",
              a_clock_that_cannot_be_believed_counts_on_kafkas_day),
        CLAIM("days are the guild's", days_are_the_guilds),
        CLAIM("what is no event of sales is a dead letter, its neighbours count",
              what_is_no_event_of_sales_is_a_dead_letter),
        CLAIM("absurd amounts do not stop it", absurd_amounts_do_not_stop_it),
        CLAIM("stock and clock events are known by their identity",
              stock_and_clock_events_are_known_by_identity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
