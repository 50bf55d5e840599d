/* Claims about the close of days: at local midnight plus grace, when Kafka's time and what was
 * consumed have both passed it, with no event needed, once however many do it; and what changes a
 * closed day afterwards is a revision, kept and produced. */
#include "sales_office.h"

#define HOUR_MS 3600000LL

static int32_t day_named(const char *text)
{
    int32_t day;

    assert_true(day_from_text(text, &day));
    return day;
}

static int64_t close_of(int32_t day)
{
    return day_start_ms(day + 1) + GRACE_S * 1000;
}

static const char state_sql[] =
    "SELECT day || ' ' || cart || ' ' || revision || ' ' || CASE WHEN closed > 0 THEN 'closed' "
    "ELSE 'open' END FROM daily ORDER BY day, cart";

static const char history_sql[] =
    "SELECT day || ' ' || revision || ' ' || cause || ' ' || receipts FROM revisions "
    "ORDER BY day, cart, revision";

static const char queued_sql[] =
    "SELECT id FROM effects WHERE topic = 'carrito.daily-sales' ORDER BY position";

#define RECEIPT(number) "{\"epoch\":\"" EPOCH "\",\"receipt\":" #number "}"

static void a_day_closes_at_midnight_plus_grace(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    assert_int_equal(pass_to(office, day_start_ms(DAY) + GRACE_S * 1000), ROLE_DUE_WATERMARK);
    assert_int_equal(pass_to(office, close_of(DAY) - 1), ROLE_NOTHING_DUE);
    assert_lines(office, state_sql, "20717 BBCL23 0 open\n");
    assert_int_equal(pass_to(office, close_of(DAY)), ROLE_DUE_WATERMARK);
    assert_lines(office, state_sql, "20717 BBCL23 1 closed\n");
    assert_int_equal(pass_to(office, close_of(DAY) + 1000), ROLE_NOTHING_DUE);
    assert_lines(office, queued_sql, "2026-09-21/BBCL23/1\n");
    assert_lines(office, history_sql, "20717 1 close []\n");
}

static void days_of_23_and_25_hours_close_at_their_midnight(void **state)
{
    static const char *const days[] = { "2026-04-04", "2026-09-05", "2026-09-06" };
    static const int64_t hours[] = { 25, 24, 23 };
    struct office *office = *state;

    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        int32_t day = day_named(days[i]);
        int64_t start = day_start_ms(day), end = start + hours[i] * HOUR_MS;
        pass_to(office, start + HOUR_MS);
        take_sale_at(office, (int)(2 * i + 1), start, "gps");
        take_sale_at(office, (int)(2 * i + 2), end - 1, "gps");
        assert_int_equal(pass_to(office, end + GRACE_S * 1000 - 1), ROLE_NOTHING_DUE);
        assert_int_equal(ask(office, "SELECT COUNT(*) FROM daily WHERE closed = 0"), 1);
        assert_int_equal(pass_to(office, end + GRACE_S * 1000), ROLE_DUE_WATERMARK);
        assert_int_equal(ask(office, "SELECT COUNT(*) FROM daily WHERE closed = 0"), 0);
        assert_day(office, day, (struct totals){ 2, 2, 0, 2, 0, 2 });
    }
}

static void what_was_consumed_must_have_passed_it_too(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    office->now_ms = close_of(DAY) + HOUR_MS;
    tick_as(office, office->role, 0);
    tick_as(office, office->role, close_of(DAY) + SKEW_MS - 1);
    assert_lines(office, state_sql, "20717 BBCL23 0 open\n");
    tick_as(office, office->role, close_of(DAY) + SKEW_MS);
    assert_lines(office, state_sql, "20717 BBCL23 1 closed\n");
}

/* As the processor does it, with a clock of ours that says something else than Kafka's. */
static enum role_due pass_with(struct office *office, int64_t our_ms, int64_t kafka_ms)
{
    struct role_time time = { .now_ms = our_ms, .kafka_ms = kafka_ms, .watermark_ms = kafka_ms };
    enum role_due due = role_sales.due(office->role, office->store, &time);

    if (due != ROLE_DUE_WATERMARK)
        return due;
    assert_true(store_begin(office->store));
    role_sales.begin(office->role, office->store, our_ms);
    role_sales.tick(office->role, &time);
    role_sales.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
    return due;
}

#define EIGHT_YEARS_MS (8 * 365 * 24 * HOUR_MS)

/* The future stays open, and its sales are no revisions; a clock that is behind delays nothing. */
static void no_clock_of_ours_closes_a_day(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    pass_with(office, NOON + EIGHT_YEARS_MS, NOON);
    pass_with(office, NOON + EIGHT_YEARS_MS + 1000, close_of(DAY) + SKEW_MS - 1);
    assert_lines(office, state_sql, "20717 BBCL23 0 open\n");
    pass_with(office, NOON, close_of(DAY) + SKEW_MS);
    assert_lines(office, state_sql, "20717 BBCL23 1 closed\n");
    assert_int_equal(ask(office, "SELECT MAX(day) FROM closed_days"), DAY);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM mails"), 2);
    office->now_ms = close_of(DAY) + HOUR_MS;
    take(office, sale_at(2, 2, office->now_ms, "Ana"));
    assert_lines(office, state_sql, "20717 BBCL23 1 closed\n20718 BBCL23 0 open\n");
}

static void kafkas_time_is_two_seconds_past_it(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    assert_int_equal(pass_with(office, close_of(DAY), 0), ROLE_NOTHING_DUE);
    pass_with(office, close_of(DAY), close_of(DAY - 1) + SKEW_MS);
    assert_int_equal(pass_with(office, close_of(DAY), close_of(DAY) + 1999), ROLE_NOTHING_DUE);
    assert_lines(office, state_sql, "20717 BBCL23 0 open\n");
    assert_int_equal(pass_with(office, close_of(DAY), close_of(DAY) + 2000), ROLE_DUE_WATERMARK);
    assert_lines(office, state_sql, "20717 BBCL23 1 closed\n");
}

static void earlier_open_days_close_with_it(void **state)
{
    struct office *office = *state;

    take_sale_at(office, 1, NOON - 48 * HOUR_MS, "gps");
    take_sale_at(office, 2, NOON, "gps");
    take_sale_at(office, 3, NOON - 24 * HOUR_MS, "gps");
    pass_to(office, close_of(DAY));
    assert_lines(office, state_sql,
                 "20715 BBCL23 1 closed\n20716 BBCL23 1 closed\n20717 BBCL23 1 closed\n");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM mails"), 6);
}

static void two_closers_close_once(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    office->now_ms = close_of(DAY);
    tick_as(office, office->role, close_of(DAY) + SKEW_MS);
    office->now_ms++;
    tick_as(office, office->other_role, close_of(DAY) + SKEW_MS + 1);
    assert_int_equal(ask(office, "SELECT closed FROM daily"), close_of(DAY));
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM closed_days"), 1);
    assert_lines(office, history_sql, "20717 1 close []\n");
    assert_lines(office, queued_sql, "2026-09-21/BBCL23/1\n");
}

/* On a shared server a batch may have begun before the close and ended after it. */
static void a_row_left_open_on_a_closed_day_is_closed(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    pass_to(office, close_of(DAY));
    store_run(office->store, "UPDATE daily SET closed = 0, revision = 0", "");
    store_run(office->store, "DELETE FROM revisions", "");
    assert_int_equal(pass_to(office, close_of(DAY) + 1), ROLE_DUE_WATERMARK);
    assert_lines(office, state_sql, "20717 BBCL23 1 closed\n");
    assert_int_equal(pass_to(office, close_of(DAY) + 2), ROLE_NOTHING_DUE);
}

static void the_report_is_mailed_to_each_address_once(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    pass_to(office, close_of(DAY));
    pass_to(office, close_of(DAY + 1));
    assert_lines(office,
                 "SELECT recipient || ' ' || template || ' ' || parameters FROM mails "
                 "ORDER BY recipient",
                 "ana@example.org report {\"day\":\"2026-09-21\",\"revision\":1}\n"
                 "b@example.org report {\"day\":\"2026-09-21\",\"revision\":1}\n");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM mails WHERE id LIKE 'report/2026-09-21/1/%'"
                                 " AND id NOT LIKE '%@%'"),
                     2);
}

static void a_late_sale_is_the_next_revision(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    pass_to(office, close_of(DAY));
    take(office, sale(2, 2, "Berta"));
    take(office, sale(2, 2, "Berta"));
    assert_day(office, DAY, (struct totals){ 2, 6, 3000, 2, 0, 0 });
    assert_lines(office, state_sql, "20717 BBCL23 2 closed\n");
    assert_lines(office, history_sql, "20717 1 close []\n20717 2 sale [" RECEIPT(2) "]\n");
    assert_int_equal(ask(office, "SELECT time_ms FROM revisions WHERE revision = 2"),
                     close_of(DAY));
    assert_lines(office, "SELECT row_before || ' ' || row_after FROM revisions WHERE revision = 2",
                 "{\"day\":\"2026-09-21\",\"cart\":\"BBCL23\",\"quantity\":3,\"amount\":1500,"
                 "\"sales\":1,\"clients\":1,\"average\":3,\"voided\":0,\"unpriced\":0,"
                 "\"revision\":1,\"status\":\"closed\"} "
                 "{\"day\":\"2026-09-21\",\"cart\":\"BBCL23\",\"quantity\":6,\"amount\":3000,"
                 "\"sales\":2,\"clients\":2,\"average\":3,\"voided\":0,\"unpriced\":0,"
                 "\"revision\":2,\"status\":\"closed\"}\n");
    assert_lines(office, queued_sql, "2026-09-21/BBCL23/1\n2026-09-21/BBCL23/2\n");
}

static void what_is_produced_is_the_row_as_it_is_shown(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    take(office, sale(4, 4, "Ana"));
    pass_to(office, close_of(DAY));
    assert_lines(office,
                 "SELECT CAST(record_key AS TEXT) || ' ' || CAST(value AS TEXT) "
                 "FROM effects WHERE topic = 'carrito.daily-sales'",
                 "2026-09-21/BBCL23 {\"day\":\"2026-09-21\",\"cart\":\"BBCL23\",\"quantity\":6,"
                 "\"amount\":3000,\"sales\":2,\"clients\":1,\"average\":6,\"voided\":0,"
                 "\"unpriced\":0,\"revision\":1,\"status\":\"closed\",\"complete\":null,"
                 "\"missing\":[{\"epoch\":\"" EPOCH "\",\"from\":2,\"to\":3}]}\n");
}

static void a_late_void_is_the_next_revision_and_only_the_first(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    take(office, sale(2, 2, "Ana"));
    take(office, taken_back(3, 1));
    pass_to(office, close_of(DAY));
    take(office, taken_back(4, 1));
    assert_lines(office, state_sql, "20717 BBCL23 1 closed\n");
    take(office, taken_back(5, 2));
    take(office, taken_back(6, 2));
    assert_lines(office, state_sql, "20717 BBCL23 2 closed\n");
    assert_lines(office, history_sql, "20717 1 close []\n20717 2 void [" RECEIPT(2) "]\n");
    assert_day(office, DAY, (struct totals){ 0, 0, 0, 0, 2, 0 });
}

static void a_row_born_late_starts_closed_at_1(void **state)
{
    struct office *office = *state;

    pass_to(office, close_of(DAY));
    take(office, sale(1, 1, "Ana"));
    assert_lines(office, state_sql, "20717 BBCL23 1 closed\n");
    take(office, sale(2, 2, "Ana"));
    assert_lines(office, state_sql, "20717 BBCL23 2 closed\n");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM revisions WHERE row_before IS NULL"), 1);
    assert_int_equal(pass_to(office, close_of(DAY) + 1), ROLE_NOTHING_DUE);
    assert_lines(office, queued_sql, "2026-09-21/BBCL23/1\n2026-09-21/BBCL23/2\n");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM mails"), 0);
}

/* It is the sale's record that changes the row. */
static void a_void_that_waited_comes_with_its_sale(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    take(office, taken_back(3, 2));
    pass_to(office, close_of(DAY));
    take(office, taken_back(4, 2));
    assert_lines(office, state_sql, "20717 BBCL23 1 closed\n");
    take(office, sale(2, 2, "Berta"));
    assert_lines(office, history_sql, "20717 1 close []\n20717 2 sale [" RECEIPT(2) "]\n");
    assert_day(office, DAY, (struct totals){ 1, 3, 1500, 1, 1, 0 });
    take(office, sale_at(6, 3, close_of(DAY), "Ana"));
    take(office, taken_back(8, 4));
    office->now_ms = close_of(DAY + 1);
    take(office, sale_at(7, 4, close_of(DAY), "Ana"));
    assert_lines(office, state_sql, "20717 BBCL23 2 closed\n20718 BBCL23 2 closed\n");
}

/* So the revisions are those of Kafka's order, whenever the log is read. */
static void a_record_after_the_close_closes_its_row_first(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    office->now_ms = close_of(DAY) + 50;
    begin(office);
    apply_at(office, sale(2, 2, "Berta"), close_of(DAY) - 1);
    apply_at(office, sale(3, 3, "Carla"), close_of(DAY));
    apply_at(office, sale(4, 4, "Dora"), close_of(DAY) + 50);
    commit(office);
    assert_lines(office, state_sql, "20717 BBCL23 3 closed\n");
    assert_lines(
        office, history_sql,
        "20717 1 close []\n20717 2 sale [" RECEIPT(3) "]\n20717 3 sale [" RECEIPT(4) "]\n");
    assert_int_equal(ask(office, "SELECT time_ms FROM revisions WHERE revision = 1"),
                     close_of(DAY));
    assert_lines(office,
                 "SELECT substr(row_after, instr(row_after, '\"sales\"'), 23) FROM revisions "
                 "ORDER BY revision",
                 "\"sales\":2,\"clients\":2,\"\n\"sales\":3,\"clients\":3,\"\n"
                 "\"sales\":4,\"clients\":4,\"\n");
    assert_int_equal(pass_to(office, close_of(DAY) + 60), ROLE_DUE_WATERMARK);
    assert_lines(office, state_sql, "20717 BBCL23 3 closed\n");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM mails"), 2);
    assert_day(office, DAY, (struct totals){ 4, 12, 6000, 4, 0, 0 });
}

/* The clock of another broker may be behind. */
static void what_is_closed_stays_closed_whatever_kafkas_time(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    pass_to(office, close_of(DAY));
    office->now_ms = close_of(DAY) - 1000;
    take(office, sale(2, 2, "Berta"));
    assert_lines(office, state_sql, "20717 BBCL23 2 closed\n");
    assert_lines(office, history_sql, "20717 1 close []\n20717 2 sale [" RECEIPT(2) "]\n");
}

static void a_history_that_is_read_again_mails_nothing(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    pass_to(office, close_of(DAY) + 8 * 24 * HOUR_MS);
    assert_lines(office, state_sql, "20717 BBCL23 1 closed\n");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM mails"), 0);
}

static void revisions_follow_kafkas_order_within_a_batch(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    pass_to(office, close_of(DAY));
    for (int times = 0; times < 2; times++) {
        begin(office);
        apply_at(office, sale(2, 2, "Ana"), office->now_ms + 1);
        apply_at(office, sale_at(3, 3, close_of(DAY), "Ana"), office->now_ms + 2);
        apply_at(office, taken_back(4, 1), office->now_ms + 3);
        apply_at(office, sale(5, 4, NULL), office->now_ms + 4);
        times == 0 ? roll_back(office) : commit(office);
    }
    assert_lines(office, history_sql,
                 "20717 1 close []\n20717 2 sale [" RECEIPT(2) "]\n20717 3 void [" RECEIPT(
                     1) "]\n20717 4 sale [" RECEIPT(4) "]\n");
    assert_lines(office, state_sql, "20717 BBCL23 4 closed\n20718 BBCL23 0 open\n");
    assert_day(office, DAY, (struct totals){ 2, 6, 3000, 2, 1, 0 });
    assert_lines(office, queued_sql,
                 "2026-09-21/BBCL23/1\n2026-09-21/BBCL23/2\n2026-09-21/BBCL23/3\n"
                 "2026-09-21/BBCL23/4\n");
}

static void a_close_that_is_rolled_back_is_made_again(void **state)
{
    struct office *office = *state;
    struct role_time time = { .now_ms = close_of(DAY),
                              .kafka_ms = close_of(DAY) + SKEW_MS,
                              .watermark_ms = close_of(DAY) + SKEW_MS };

    take(office, sale(1, 1, "Ana"));
    office->now_ms = close_of(DAY);
    begin(office);
    role_sales.tick(office->role, &time);
    roll_back(office);
    assert_lines(office, state_sql, "20717 BBCL23 0 open\n");
    assert_int_equal(pass_to(office, close_of(DAY)), ROLE_DUE_WATERMARK);
    assert_lines(office, state_sql, "20717 BBCL23 1 closed\n");
    assert_lines(office, queued_sql, "2026-09-21/BBCL23/1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a day closes at local midnight plus grace, with no event",
              a_day_closes_at_midnight_plus_grace),
        CLAIM("days of 23 and 25 hours close at their own midnight",
              days_of_23_and_25_hours_close_at_their_midnight),
        CLAIM("what was consumed must have passed it too",
              what_was_consumed_must_have_passed_it_too),
        CLAIM("no clock of ours closes a day, nor keeps one open", no_clock_of_ours_closes_a_day),
        CLAIM("Kafka's time is two seconds past it", kafkas_time_is_two_seconds_past_it),
        CLAIM("earlier days that are open close with it", earlier_open_days_close_with_it),
        CLAIM("two closers close once", two_closers_close_once),
        CLAIM("a row left open on a closed day is closed",
              a_row_left_open_on_a_closed_day_is_closed),
        CLAIM("the report is mailed to each address once",
              the_report_is_mailed_to_each_address_once),
        CLAIM("a late sale is the next revision", a_late_sale_is_the_next_revision),
        CLAIM("what is produced is the row as it is shown",
              what_is_produced_is_the_row_as_it_is_shown),
        CLAIM("a late void is the next revision, only the first",
              a_late_void_is_the_next_revision_and_only_the_first),
        CLAIM("a row born late starts closed, at 1", a_row_born_late_starts_closed_at_1),
        CLAIM("a void that waited comes with its sale", a_void_that_waited_comes_with_its_sale),
        CLAIM("a record after the close closes its row first",
              a_record_after_the_close_closes_its_row_first),
        CLAIM("what is closed stays closed, whatever Kafka's time says",
              what_is_closed_stays_closed_whatever_kafkas_time),
        CLAIM("a history that is read again mails nothing",
              a_history_that_is_read_again_mails_nothing),
        CLAIM("revisions follow Kafka's order within a batch, and a repeated batch",
              revisions_follow_kafkas_order_within_a_batch),
        CLAIM("a close that is rolled back is made again",
              a_close_that_is_rolled_back_is_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
