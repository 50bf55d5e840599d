/* Claims about carts without a clock, and with a wrong one: what a boot's clock event says moves
 * the boot's earlier events to their true day and dates the later ones, whatever order they come
 * in; a clock that is ahead is told of until it is right. */
#include "sales_office.h"

#define HOUR_MS 3600000LL
#define MINUTE  60000LL

static const char rows_sql[] =
    "SELECT day || ' ' || sales || ' ' || quantity || ' ' || named_clients || ' ' || voided || "
    "' ' || revision FROM daily ORDER BY day";

static const char history_sql[] =
    "SELECT day || ' ' || revision || ' ' || cause || ' ' || receipts FROM revisions "
    "ORDER BY day, revision";

static const char parts_sql[] =
    "SELECT day || ' ' || sales || ' ' || quantity FROM source_days ORDER BY day, source";

#define RECEIPT(number) "{\"epoch\":\"" EPOCH "\",\"receipt\":" #number "}"

/* A sale of two to Ana, `boot_ms` after the boot; nobody knows when that was. */
static const char *undated(int seq, int receipt, int64_t boot_ms)
{
    char rest[192];

    snprintf(rest, sizeof rest,
             ",\"clock\":\"none\",\"boot\":\"b1\",\"boot_ms\":%lld,\"receipt\":%d,\"quantity\":2,"
             "\"client\":\"Ana\"",
             (long long)boot_ms, receipt);
    return event_at("sale", seq, 5000, rest);
}

/* At `ts_ms` the boot was `boot_ms` ago. */
static const char *clock_event(int seq, int64_t ts_ms, int64_t boot_ms)
{
    char rest[96];

    snprintf(rest, sizeof rest, ",\"boot\":\"b1\",\"boot_ms\":%lld", (long long)boot_ms);
    return event_at("clock", seq, ts_ms, rest);
}

static void earlier_events_move_to_their_day(void **state)
{
    struct office *office = *state;

    take(office, undated(1, 1, HOUR_MS));
    take(office, undated(2, 2, 24 * HOUR_MS));
    assert_lines(office, rows_sql, "20717 2 4 1 0 0\n");
    /* 24 h and a minute after the boot it is noon: the first sale was yesterday. */
    take(office, clock_event(3, NOON, 24 * HOUR_MS + MINUTE));
    assert_lines(office, rows_sql, "20716 1 2 1 0 1\n20717 1 2 1 0 0\n");
    assert_lines(office, parts_sql, "20716 1 2\n20717 1 2\n");
    assert_int_equal(ask(office, "SELECT ts_ms FROM receipts WHERE seq = 1"),
                     NOON - 23 * HOUR_MS - MINUTE);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM undated"), 0);
}

static void later_events_use_it_directly(void **state)
{
    struct office *office = *state;

    take(office, clock_event(1, NOON - 24 * HOUR_MS, HOUR_MS));
    take(office, undated(2, 1, 2 * HOUR_MS));
    assert_lines(office, parts_sql, "20716 1 2\n");
    assert_int_equal(ask(office, "SELECT ts_ms FROM receipts WHERE seq = 2"), NOON - 23 * HOUR_MS);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM undated"), 0);
}

static void a_day_that_nothing_is_left_of_is_gone(void **state)
{
    struct office *office = *state;

    take(office, undated(1, 1, HOUR_MS));
    take(office, clock_event(2, NOON - 24 * HOUR_MS, 2 * HOUR_MS));
    assert_lines(office, rows_sql, "20716 1 2 1 0 1\n");
    assert_lines(office, parts_sql, "20716 1 2\n");
    assert_lines(office, "SELECT day || ' ' || client || ' ' || bought FROM day_clients",
                 "20716 Ana 1\n");
}

static void other_boots_and_carts_stay(void **state)
{
    struct office *office = *state;

    take(office, undated(1, 1, HOUR_MS));
    take(office, event_at("clock", 2, NOON, ",\"boot\":\"b2\",\"boot_ms\":90000000"));
    take(office, "{\"v\":1,\"type\":\"clock\",\"cart\":\"OTHER1\",\"epoch\":\"" EPOCH
                 "\",\"seq\":2,\"ts_ms\":1790000000000,\"clock\":\"gps\",\"boot\":\"b1\","
                 "\"boot_ms\":90000000}");
    assert_lines(office, rows_sql, "20717 1 2 1 0 0\n");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM undated"), 1);
}

/* A new outbox in the same boot: the boot is the cart's. */
static void another_epoch_of_the_boot_moves_too(void **state)
{
    struct office *office = *state;

    take(office, "{\"v\":1,\"type\":\"sale\",\"cart\":\"BBCL23\",\"epoch\":\"0a0a0a0a0a0a0a0a\","
                 "\"seq\":1,\"ts_ms\":5,\"clock\":\"none\",\"boot\":\"b1\",\"boot_ms\":1000,"
                 "\"receipt\":1,\"quantity\":5}");
    take(office, clock_event(1, NOON, 24 * HOUR_MS));
    assert_lines(office, rows_sql, "20716 1 5 0 0 1\n");
}

static void the_first_clock_event_of_a_boot_counts(void **state)
{
    struct office *office = *state;

    take(office, clock_event(1, NOON, HOUR_MS));
    take(office, clock_event(2, NOON - 48 * HOUR_MS, HOUR_MS));
    take(office, undated(3, 1, HOUR_MS));
    assert_lines(office, parts_sql, "20715 0 0\n20717 1 2\n");
}

static void a_clock_event_that_is_ahead_dates_nothing(void **state)
{
    struct office *office = *state;

    take(office, undated(1, 1, HOUR_MS));
    take(office, clock_event(2, NOON + HOUR_MS, 48 * HOUR_MS));
    assert_lines(office, rows_sql, "20717 1 2 1 0 0\n");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM boots"), 0);
}

static void a_time_found_that_is_ahead_is_kafkas(void **state)
{
    struct office *office = *state;

    take(office, undated(1, 1, 40 * HOUR_MS));
    take(office, clock_event(2, NOON, HOUR_MS));
    take(office, undated(3, 2, 40 * HOUR_MS));
    assert_lines(office, rows_sql, "20717 2 4 1 0 0\n");
}

static void what_was_ahead_moves_as_well(void **state)
{
    struct office *office = *state;

    take(office, event_at("sale", 1, NOON + 900 * HOUR_MS,
                          ",\"boot\":\"b1\",\"boot_ms\":1000,\"receipt\":1,\"quantity\":2"));
    assert_lines(office, rows_sql, "20717 1 2 0 0 0\n");
    take(office, clock_event(2, NOON, 24 * HOUR_MS));
    assert_lines(office, rows_sql, "20716 1 2 0 0 1\n");
}

static void what_was_taken_back_moves_as_taken_back(void **state)
{
    struct office *office = *state;

    take(office, undated(1, 1, HOUR_MS));
    take(office, undated(2, 2, HOUR_MS));
    take(office, taken_back(3, 1));
    take(office, clock_event(4, NOON, 24 * HOUR_MS));
    assert_lines(office, rows_sql, "20716 1 2 1 1 1\n");
    take(office, taken_back(5, 2));
    assert_lines(office, rows_sql, "20716 0 0 0 2 2\n");
}

static void a_missing_range_goes_with_its_next_receipt(void **state)
{
    struct office *office = *state;

    take(office, undated(4, 4, HOUR_MS));
    take(office, clock_event(5, NOON, 24 * HOUR_MS));
    assert_int_equal(ask(office, "SELECT day FROM receipt_gaps"), DAY - 1);
}

static void closed_rows_that_change_are_revised_once_each(void **state)
{
    struct office *office = *state;
    int64_t close_ms = day_start_ms(DAY + 1) + GRACE_S * 1000;

    take(office, sale(1, 1, "Berta"));
    take(office, undated(2, 2, HOUR_MS));
    take(office, undated(3, 3, 2 * HOUR_MS));
    assert_int_equal(pass_to(office, close_ms), ROLE_DUE_WATERMARK);
    /* The boot was on the day before. */
    for (int times = 0; times < 2; times++) {
        begin(office);
        apply_at(office, sale_at(4, 4, close_ms, "Carla"), close_ms + 1);
        apply_at(office, clock_event(5, NOON, 26 * HOUR_MS), close_ms + 2);
        apply_at(office, sale_at(6, 5, close_ms, "Carla"), close_ms + 3);
        times == 0 ? roll_back(office) : commit(office);
    }
    assert_lines(office, rows_sql, "20716 2 4 1 0 1\n20717 1 3 1 0 2\n20718 2 6 1 0 0\n");
    assert_lines(office, history_sql,
                 "20716 1 clock [" RECEIPT(2) "," RECEIPT(
                     3) "]\n20717 1 close []\n20717 2 clock [" RECEIPT(2) "," RECEIPT(3) "]\n");
}

/* A history in any order of arrival ends in the same sums. */
static void the_order_of_arrival_does_not_matter(void **state)
{
    static const int orders[][4] = {
        { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 }, { 2, 0, 3, 1 }, { 0, 2, 1, 3 }
    };
    struct office *office = *state;

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        const char *all[] = { undated(1, 1, HOUR_MS), undated(2, 2, 23 * HOUR_MS),
                              clock_event(3, NOON, 24 * HOUR_MS), taken_back(4, 2) };
        for (int k = 0; k < 4; k++)
            take(office, all[orders[i][k]]);
        assert_day(office, DAY - 1, (struct totals){ 1, 2, 0, 1, 0, 1 });
        assert_day(office, DAY, (struct totals){ 0, 0, 0, 0, 1, 0 });
        close_office(state);
        assert_int_equal(open_office(state), 0);
        office = *state;
    }
}

/* The chip has no cell: the boot goes on from the evening before, the clock event knows better. */
static void a_chip_that_disagrees_counts_as_no_clock(void **state)
{
    static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 }, { 0, 2, 1 } };
    struct office *office = *state;

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        const char *all[] = {
            event_at(
                "sale", 1, NOON - 15 * HOUR_MS,
                ",\"clock\":\"rtc\",\"boot\":\"b1\",\"boot_ms\":1000,\"receipt\":1,\"quantity\":2"),
            event_at("sale", 2, NOON - 15 * HOUR_MS + 60000,
                     ",\"clock\":\"rtc\",\"boot\":\"b1\",\"boot_ms\":61000,\"receipt\":2,"
                     "\"quantity\":3"),
            clock_event(3, NOON, 120000),
        };
        for (int k = 0; k < 3; k++)
            take(office, all[orders[i][k]]);
        assert_lines(office,
                     "SELECT day || ' ' || sales || ' ' || quantity FROM daily WHERE sales > 0 "
                     "ORDER BY day",
                     "20717 2 5\n");
        assert_int_equal(ask(office, "SELECT ts_ms FROM receipts WHERE seq = 1"), NOON - 119000);
        assert_int_equal(ask(office, "SELECT COUNT(*) FROM undated"), 0);
        close_office(state);
        assert_int_equal(open_office(state), 0);
        office = *state;
    }
}

static void a_chip_counts_as_long_as_no_clock_event_says_more(void **state)
{
    struct office *office = *state;

    take(office, event_at("sale", 1, NOON - 15 * HOUR_MS,
                          ",\"clock\":\"rtc\",\"boot\":\"b1\",\"boot_ms\":1000,\"receipt\":1,"
                          "\"quantity\":2"));
    take(office,
         event_at("clock", 2, NOON,
                  ",\"clock\":\"rtc\",\"boot\":\"b1\",\"boot_ms\":5000")); /* says no more */
    take(office, event_at("sale", 3, NOON, ",\"clock\":\"rtc\",\"receipt\":2,\"quantity\":2"));
    assert_lines(office, "SELECT day || ' ' || sales || ' ' || quantity FROM daily ORDER BY day",
                 "20716 1 2\n20717 1 2\n");
}

static const char alerts_sql[] =
    "SELECT kind || ' ' || subject || ' ' || status FROM alerts WHERE kind <> "
    "'unregistered-cart' ORDER BY started_ms, id";

static void a_clock_that_is_ahead_is_told_of_until_it_is_right(void **state)
{
    struct office *office = *state;

    take_sale_at(office, 1, NOON + HOUR_MS, "gps");
    take_sale_at(office, 2, NOON + HOUR_MS, "gps");
    assert_lines(office, alerts_sql, "clock-bad BBCL23 ACTIVE_UNACK\n");
    assert_int_equal(ask(office,
                         "SELECT cart = 'BBCL23' AND started_ms = 1790000000000 AND details "
                         "LIKE '%adelantado en 60 minutos%' FROM alerts "
                         "WHERE kind = 'clock-bad'"),
                     1);
    take_sale_at(office, 3, 5000, "none");
    assert_lines(office, alerts_sql, "clock-bad BBCL23 ACTIVE_UNACK\n");
    take_sale_at(office, 4, NOON, "gps");
    assert_lines(office, alerts_sql, "clock-bad BBCL23 CLEARED_UNACK\n");
    office->now_ms += HOUR_MS;
    take_sale_at(office, 5, NOON + 9 * HOUR_MS, "gps");
    assert_lines(office, alerts_sql,
                 "clock-bad BBCL23 CLEARED_UNACK\nclock-bad BBCL23 ACTIVE_UNACK\n");
}

static void within_one_batch_too(void **state)
{
    struct office *office = *state;

    begin(office);
    apply_at(office, sale_at(1, 1, NOON + HOUR_MS, NULL), NOON);
    apply_at(office, sale_at(2, 2, NOON, NULL), NOON + 5);
    apply_at(office, sale_at(3, 3, NOON, NULL), NOON + 6);
    commit(office);
    assert_lines(office, alerts_sql, "clock-bad BBCL23 CLEARED_UNACK\n");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM bad_clocks"), 0);
}

static void earlier_events_of_the_same_batch_move_too(void **state)
{
    struct office *office = *state;

    begin(office);
    apply_at(office, undated(1, 1, HOUR_MS), NOON);
    apply_at(office, undated(2, 2, 24 * HOUR_MS), NOON);
    apply_at(office, clock_event(3, NOON, 24 * HOUR_MS + MINUTE), NOON);
    commit(office);
    assert_lines(office, parts_sql, "20716 1 2\n20717 1 2\n");
    assert_int_equal(ask(office, "SELECT ts_ms FROM receipts WHERE seq = 1"),
                     NOON - 23 * HOUR_MS - MINUTE);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM undated"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a clock event moves its boot's earlier events to their day",
              earlier_events_move_to_their_day),
        CLAIM("earlier events of the same batch move too",
              earlier_events_of_the_same_batch_move_too),
        CLAIM("later events of the boot use it directly", later_events_use_it_directly),
        CLAIM("a day that nothing is left of is gone", a_day_that_nothing_is_left_of_is_gone),
        CLAIM("other boots and carts stay", other_boots_and_carts_stay),
        CLAIM("another epoch of the boot moves too", another_epoch_of_the_boot_moves_too),
        CLAIM("the first clock event of a boot counts", the_first_clock_event_of_a_boot_counts),
        CLAIM("a clock event that is ahead dates nothing",
              a_clock_event_that_is_ahead_dates_nothing),
        CLAIM("a time found that is ahead is Kafka's", a_time_found_that_is_ahead_is_kafkas),
        CLAIM("what was ahead moves as well", what_was_ahead_moves_as_well),
        CLAIM("what was taken back moves as taken back", what_was_taken_back_moves_as_taken_back),
        CLAIM("a missing range goes with its next receipt",
              a_missing_range_goes_with_its_next_receipt),
        CLAIM("closed rows that change are revised once each",
              closed_rows_that_change_are_revised_once_each),
        CLAIM("the order of arrival does not matter", the_order_of_arrival_does_not_matter),
        CLAIM("a chip that disagrees counts as no clock", a_chip_that_disagrees_counts_as_no_clock),
        CLAIM("a chip counts as long as no clock event says more",
              a_chip_counts_as_long_as_no_clock_event_says_more),
        CLAIM("a clock that is ahead is told of until it is right",
              a_clock_that_is_ahead_is_told_of_until_it_is_right),
        CLAIM("within one batch too", within_one_batch_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
