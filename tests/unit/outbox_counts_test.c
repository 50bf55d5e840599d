/* Proves that the running totals say what the vendor was told, up to what the centre has, over
 * restarts, rewinds and upgrades, and that they begin where they can be told from. */
#include "outbox_room.h"

#include "common/day.h"

/* A file of an earlier release after its steps. */
#define EARLIER_RELEASE                                                                            \
    "DELETE FROM totals; UPDATE receipts SET boot = NULL, boot_ms = NULL;"                         \
    "UPDATE head SET clock_zero_ms = NULL, effects_seq = NULL"
/* What it wrote since: rows, and no totals. */
#define WRITTEN_BY_AN_EARLIER_RELEASE(seq)                                                         \
    "DELETE FROM totals WHERE seq > " seq "; UPDATE head SET effects_seq = " seq

static const struct moment noon = { NOON_MS, CLOCK_NTP, "boot", 1000 };

static void take_back(struct outbox *outbox, int64_t receipt)
{
    struct event_maker maker = maker_of(outbox);
    struct event event;

    event_maker_void(&maker, &noon, receipt, 1, NULL, &event);
    assert_int_equal(outbox_commit(outbox, &event, 1, NULL), OUTBOX_OK);
}

static void count_stock(struct outbox *outbox)
{
    struct event_maker maker = maker_of(outbox);
    struct event event;

    event_maker_stock(&maker, &noon, 60, &event);
    assert_int_equal(outbox_commit(outbox, &event, 1, NULL), OUTBOX_OK);
}

/* Of sales at 500 a piece. */
static void expect(struct outbox *outbox, int64_t upto_seq, struct outbox_counts expected)
{
    struct outbox_counts counts;

    assert_true(outbox_counts(outbox, upto_seq, &counts));
    assert_int_equal(counts.from, expected.from);
    assert_int_equal(counts.upto, expected.upto);
    assert_int_equal(counts.made, expected.made);
    assert_int_equal(counts.receipts, expected.receipts);
    assert_int_equal(counts.voided, expected.voided);
    assert_int_equal(counts.quantity, expected.quantity);
    assert_int_equal(counts.amount, expected.quantity * 500);
}

/* 1 sale of 1, 2 stock, 3 sale of 2, 4 sale of 3, 5 void of the second, 6 stock, 7 sale of 4. */
static void a_day(struct outbox *outbox)
{
    sell(outbox, NOON_MS, 1);
    count_stock(outbox);
    sell(outbox, NOON_MS, 2);
    sell(outbox, NOON_MS, 3);
    take_back(outbox, 2);
    count_stock(outbox);
    sell(outbox, NOON_MS, 4);
}

static void expect_a_day(struct outbox *outbox)
{
    expect(outbox, 0, (struct outbox_counts){ .from = 1, .made = 7 });
    expect(outbox, 1, (struct outbox_counts){ 1, 1, 7, 1, 0, 1, 0 });
    expect(outbox, 2, (struct outbox_counts){ 1, 1, 7, 1, 0, 1, 0 });
    expect(outbox, 4, (struct outbox_counts){ 1, 4, 7, 3, 0, 6, 0 });
    expect(outbox, 6, (struct outbox_counts){ 1, 5, 7, 3, 1, 4, 0 });
    expect(outbox, INT64_MAX, (struct outbox_counts){ 1, 7, 7, 4, 1, 8, 0 });
}

static void they_say_what_was_told(void **state)
{
    struct outbox *outbox = opened(state);

    expect(outbox, INT64_MAX, (struct outbox_counts){ .from = 1 });
    count_stock(outbox);
    expect(outbox, INT64_MAX, (struct outbox_counts){ .from = 1 });
    outbox_close(outbox);
}

static void they_outlive_a_restart(void **state)
{
    struct outbox *outbox = opened(state);

    a_day(outbox);
    expect_a_day(outbox);
    outbox_close(outbox);
    struct outbox *reader = outbox_open_reader(path_of(state));
    expect_a_day(reader);
    outbox_close(reader);
    outbox = opened(state);
    expect_a_day(outbox);
    sell(outbox, NOON_MS, 5);
    expect(outbox, INT64_MAX, (struct outbox_counts){ 1, 8, 8, 5, 1, 13, 0 });
    outbox_close(outbox);
}

static void an_unpriced_sale_counts_its_pieces(void **state)
{
    struct outbox *outbox = opened(state);
    const struct sale_request sale = { .quantity = 4,
                                       .amount = EVENT_ABSENT,
                                       .price = EVENT_ABSENT };
    struct outbox_counts counts;
    struct event event;

    for (int i = 0; i < 2; i++) {
        struct event_maker maker = maker_of(outbox);
        event_maker_sale(&maker, &noon, &sale, &event);
        assert_int_equal(outbox_commit(outbox, &event, 1, NULL), OUTBOX_OK);
    }
    take_back(outbox, 1);
    assert_true(outbox_counts(outbox, INT64_MAX, &counts));
    assert_int_equal(counts.quantity, 4);
    assert_int_equal(counts.amount, 0);
    outbox_close(outbox);
}

static void what_was_taken_back_is_so_once(void **state)
{
    struct outbox *outbox = opened(state);

    a_day(outbox);
    take_back(outbox, 2);
    take_back(outbox, 77); /* there is none */
    expect(outbox, INT64_MAX, (struct outbox_counts){ 1, 9, 9, 4, 1, 8, 0 });
    outbox_close(outbox);
}

static void what_the_disk_refused_is_not_in_them(void **state)
{
    struct outbox *outbox = opened(state);

    a_day(outbox);
    disk_is_full();
    assert_int_equal(sell(outbox, NOON_MS, 9), OUTBOX_FULL);
    disk_has_room();
    expect_a_day(outbox);
    sell(outbox, NOON_MS, 5);
    expect(outbox, INT64_MAX, (struct outbox_counts){ 1, 8, 8, 5, 1, 13, 0 });
    outbox_close(outbox);
}

/* A centre that lost its last hour: what it acknowledges is less than it was. */
static void a_rewind_takes_them_back(void **state)
{
    struct command_effect effect = { .replay_from = 4 };
    struct outbox *outbox = opened(state);

    a_day(outbox);
    outbox_acknowledge(outbox, 7);
    assert_int_equal(outbox_carry_out(outbox, "replay", &effect), OUTBOX_OK);
    expect(outbox, outbox_head(outbox)->acked_seq, (struct outbox_counts){ 1, 3, 7, 2, 0, 3, 0 });
    outbox_close(outbox);
}

static void an_upgrade_finds_all_that_was_not_removed(void **state)
{
    struct outbox *outbox = opened(state);

    a_day(outbox);
    outbox_acknowledge(outbox, 3); /* four wait */
    outbox_close(outbox);
    change_by_sql(state, EARLIER_RELEASE);
    outbox = opened(state);
    expect_a_day(outbox);
    outbox_close(outbox);
}

/* They begin with the oldest event that is there; what it takes back from before, counts nothing.
 */
static void an_upgrade_begins_with_the_oldest_event(void **state)
{
    struct outbox *outbox = opened(state);

    a_day(outbox);
    outbox_acknowledge(outbox, 5);
    outbox_close(outbox);
    change_by_sql(state, EARLIER_RELEASE "; DELETE FROM events WHERE seq <= 3");
    outbox = opened(state);
    expect(outbox, 3, (struct outbox_counts){ .from = 4, .made = 7 });
    expect(outbox, 5, (struct outbox_counts){ 4, 5, 7, 1, 0, 3, 0 }); /* the second: before */
    expect(outbox, 7, (struct outbox_counts){ 4, 7, 7, 2, 0, 7, 0 });
    take_back(outbox, 1);
    take_back(outbox, 3);
    expect(outbox, INT64_MAX, (struct outbox_counts){ 4, 9, 9, 2, 1, 4, 0 });
    outbox_close(outbox);
    outbox = opened(state);
    expect(outbox, 7, (struct outbox_counts){ 4, 7, 9, 2, 0, 7, 0 });
    outbox_close(outbox);
}

static void an_upgrade_of_an_empty_one_begins_with_the_next(void **state)
{
    struct outbox *outbox = opened(state);

    a_day(outbox);
    outbox_acknowledge(outbox, 7);
    outbox_close(outbox);
    change_by_sql(state, EARLIER_RELEASE "; DELETE FROM events");
    outbox = opened(state);
    expect(outbox, INT64_MAX, (struct outbox_counts){ .from = 8 });
    take_back(outbox, 4);
    sell(outbox, NOON_MS, 2);
    expect(outbox, INT64_MAX, (struct outbox_counts){ 8, 9, 9, 1, 0, 2, 0 });
    outbox_close(outbox);
}

static void what_an_earlier_release_wrote_is_added(void **state)
{
    struct outbox *outbox = opened(state);

    a_day(outbox);
    outbox_close(outbox);
    change_by_sql(state, WRITTEN_BY_AN_EARLIER_RELEASE("3"));
    struct outbox *reader = outbox_open_reader(path_of(state));
    struct outbox_counts counts;
    assert_false(outbox_counts(reader, INT64_MAX, &counts));
    outbox_close(reader);
    outbox = opened(state);
    expect_a_day(outbox);
    outbox_close(outbox);
}

/* It even removed some of what it wrote. */
static void what_an_earlier_release_removed_is_not_made_up(void **state)
{
    struct outbox *outbox = opened(state);

    a_day(outbox);
    outbox_acknowledge(outbox, 4);
    outbox_close(outbox);
    change_by_sql(state, WRITTEN_BY_AN_EARLIER_RELEASE("3") ";DELETE FROM events WHERE seq <= 4");
    outbox = opened(state);
    expect(outbox, INT64_MAX, (struct outbox_counts){ 5, 7, 7, 1, 0, 4, 0 });
    outbox_close(outbox);
}

/* The receipt of a sale long ago is forgotten: nobody knows what was taken back. */
static void what_cannot_be_told_begins_anew(void **state)
{
    struct outbox *outbox = opened(state);

    a_day(outbox);
    outbox_close(outbox);
    change_by_sql(state, EARLIER_RELEASE "; DELETE FROM receipts WHERE receipt = 2");
    outbox = opened(state);
    expect(outbox, INT64_MAX, (struct outbox_counts){ .from = 8 });
    sell(outbox, NOON_MS, 2);
    expect(outbox, INT64_MAX, (struct outbox_counts){ 8, 8, 8, 1, 0, 2, 0 });
    outbox_close(outbox);
    change_by_sql(state, EARLIER_RELEASE "; UPDATE events SET bytes = '{' WHERE seq = 3");
    outbox = opened(state);
    expect(outbox, INT64_MAX, (struct outbox_counts){ .from = 9 });
    outbox_close(outbox);
}

/* On a card that can only be read nothing can be made up. */
static void an_earlier_file_that_is_read_tells_none(void **state)
{
    struct outbox *outbox = opened(state);
    struct outbox_counts counts;

    a_day(outbox);
    outbox_close(outbox);
    change_by_sql(state, "DROP TRIGGER head_of_an_earlier_release; DROP TABLE totals;"
                         "ALTER TABLE head DROP COLUMN effects_seq");
    struct outbox *reader = outbox_open_reader(path_of(state));
    assert_non_null(reader);
    assert_false(outbox_counts(reader, INT64_MAX, &counts));
    outbox_close(reader);
}

/* It is tried again at the next opening, and a sale is taken meanwhile. */
static void a_disk_too_full_for_it_still_sells(void **state)
{
    struct outbox *outbox = opened(state);
    struct outbox_counts counts;

    a_day(outbox);
    outbox_close(outbox);
    change_by_sql(state, "UPDATE head SET effects_seq = 3;"
                         "CREATE TRIGGER no BEFORE INSERT ON totals "
                         "BEGIN SELECT RAISE(ABORT, 'no'); END");
    outbox = opened(state);
    assert_false(outbox_counts(outbox, INT64_MAX, &counts));
    assert_int_equal(sell(outbox, NOON_MS, 5), OUTBOX_OK);
    outbox_close(outbox);
    change_by_sql(state, "DROP TRIGGER no");
    outbox = opened(state);
    expect(outbox, INT64_MAX, (struct outbox_counts){ 1, 8, 8, 5, 1, 13, 0 });
    outbox_close(outbox);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("where nothing was sold they say so", they_say_what_was_told),
        CLAIM("they outlive a restart", they_outlive_a_restart),
        CLAIM("an unpriced sale counts its pieces", an_unpriced_sale_counts_its_pieces),
        CLAIM("what was taken back is so once", what_was_taken_back_is_so_once),
        CLAIM("what the disk refused is not in them", what_the_disk_refused_is_not_in_them),
        CLAIM("a rewind takes them back", a_rewind_takes_them_back),
        CLAIM("an upgrade finds all that was not removed",
              an_upgrade_finds_all_that_was_not_removed),
        CLAIM("an upgrade begins with the oldest event", an_upgrade_begins_with_the_oldest_event),
        CLAIM("an upgrade of an empty file begins with the next",
              an_upgrade_of_an_empty_one_begins_with_the_next),
        CLAIM("what an earlier release wrote is added", what_an_earlier_release_wrote_is_added),
        CLAIM("what it wrote and removed is not made up",
              what_an_earlier_release_removed_is_not_made_up),
        CLAIM("what cannot be told begins anew", what_cannot_be_told_begins_anew),
        CLAIM("an earlier file that is only read tells none",
              an_earlier_file_that_is_read_tells_none),
        CLAIM("a disk too full for it still sells", a_disk_too_full_for_it_still_sells),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
