/* Proves that the head of an outbox is never taken for what it is not: one that is not what was
 * written is told by its rows, and where they cannot tell, all is sent again; what an earlier
 * release writes is taken at its word. */
#include "outbox_room.h"

#include "agent/salvage.h"
#include "common/day.h"

#define SOLD  20
#define ACKED 12
#define OTHER "0123456789abcdef0123456789abcdef"

/* The card changes what stands there; nobody has written it. */
#define CARD(sql) "DROP TRIGGER IF EXISTS head_of_an_earlier_release; " sql

#define TEXT_SIZE 512

static struct outbox_head before; /* of the file that was filled */

static void unlink_one(const char *path)
{
    unlink(path);
}

/* All but the session, which counts on. */
static void write_out(const struct outbox_head *head, char text[TEXT_SIZE])
{
    snprintf(text, TEXT_SIZE, "%s %s %lld %lld %lld %lld %.17g %.17g %lld %s %lld %lld %d",
             head->epoch, head->cart, (long long)head->last_seq, (long long)head->last_receipt,
             (long long)head->acked_seq, (long long)head->stock, head->lat, head->lon,
             (long long)head->fix_ms, head->clock_boot, (long long)head->clock_zero_ms,
             (long long)head->effects_seq, head->damaged);
}

static void fill(void **state)
{
    struct outbox *outbox = opened(state);
    struct event_maker maker = maker_of(outbox);
    struct moment moment = { NOON_MS, CLOCK_NTP, "boot", 1000 };
    struct event events[3], fix;

    event_maker_stock(&maker, &moment, 100, &events[0]);
    event_maker_clock(&maker, &moment, &events[1]);
    event_clear(&fix);
    fix.lat = -33.4372;
    fix.lon = -70.6506;
    fix.ts_ms = NOON_MS;
    fix.has_position = true;
    event_maker_position(&maker, &fix, &events[2]);
    assert_int_equal(outbox_commit(outbox, events, 3, NULL), OUTBOX_OK);
    for (int i = 3; i < SOLD; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_acknowledge(outbox, ACKED);
    before = *outbox_head(outbox);
    outbox_close(outbox);
}

static void what_the_rows_tell_is_told_by_them(void **state)
{
    static const char *const changes[] = {
        CARD("UPDATE head SET last_seq = 19"),     CARD("UPDATE head SET last_seq = 99"),
        CARD("UPDATE head SET last_receipt = 2"),  CARD("UPDATE head SET epoch = '" OTHER "'"),
        CARD("UPDATE head SET epoch = 'rubbish'"), CARD("UPDATE head SET cart = 'ZZTP10'"),
        CARD("UPDATE head SET cart = NULL"),       CARD("UPDATE head SET stock = 7"),
        CARD("UPDATE head SET lat = 12.5"),        CARD("UPDATE head SET clock_boot = 'toob'"),
        CARD("UPDATE head SET effects_seq = 3"),
    };

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        fill(state);
        change_by_sql(state, changes[i]);
        struct outbox *outbox = opened(state);
        char now[TEXT_SIZE], then[TEXT_SIZE];
        assert_int_equal(outbox_head(outbox)->mended, HEAD_MENDED);
        assert_int_equal(outbox_head(outbox)->session, before.session + 1);
        write_out(outbox_head(outbox), now);
        write_out(&before, then);
        assert_string_equal(now, then);
        outbox_close(outbox);
        outbox = opened(state);
        assert_int_equal(outbox_head(outbox)->mended, HEAD_SOUND); /* it was written */
        outbox_close(outbox);
        scratch_each(*state, "outbox.db", unlink_one);
    }
}

static void what_the_rows_cannot_tell_is_sent_again(void **state)
{
    static const char *const changes[] = {
        CARD("UPDATE head SET acked_seq = 19"),  CARD("UPDATE head SET acked_seq = 2"),
        CARD("UPDATE head SET session = 900"),   CARD("UPDATE head SET checksum = 5"),
        CARD("UPDATE head SET checksum = NULL"), /* a row that was cut short */
    };

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        fill(state);
        change_by_sql(state, changes[i]);
        struct outbox *outbox = opened(state);
        assert_int_equal(outbox_head(outbox)->mended, HEAD_REWOUND);
        assert_string_equal(outbox_head(outbox)->epoch, before.epoch);
        assert_int_equal(outbox_head(outbox)->acked_seq, 0);
        assert_int_equal(outbox_head(outbox)->last_seq, SOLD);
        assert_int_equal(outbox_head(outbox)->last_receipt, before.last_receipt);
        assert_int_equal(outbox_head(outbox)->stock, before.stock);
        assert_int_equal(count_rows(outbox, 0), SOLD);
        outbox_close(outbox);
        scratch_each(*state, "outbox.db", unlink_one);
    }
}

static void without_rows_a_new_epoch_begins(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    struct outbox *outbox = opened(state);
    strcpy(epoch, outbox_head(outbox)->epoch);
    outbox_close(outbox);
    change_by_sql(state, CARD("UPDATE head SET epoch = '" OTHER "'"));
    outbox = opened(state);
    assert_string_not_equal(outbox_head(outbox)->epoch, OTHER);
    assert_string_not_equal(outbox_head(outbox)->epoch, epoch);
    assert_true(outbox_head(outbox)->damaged);
    outbox_close(outbox);
}

static void an_earlier_release_is_taken_at_its_word(void **state)
{
    fill(state);
    change_by_sql(state, "UPDATE head SET acked_seq = 15, session = 40");
    struct outbox *outbox = opened(state);
    assert_int_equal(outbox_head(outbox)->mended, HEAD_SOUND);
    assert_int_equal(outbox_head(outbox)->acked_seq, 15);
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_close(outbox);
    change_by_sql(state, CARD("UPDATE head SET acked_seq = 19")); /* it has a checksum again */
    outbox = opened(state);
    assert_int_equal(outbox_head(outbox)->mended, HEAD_REWOUND);
    outbox_close(outbox);
}

static bool count_row(void *owner, const char *bytes, size_t length)
{
    (void)bytes, (void)length;
    ++*(int *)owner;
    return true;
}

static void no_hole(void *owner, int64_t first_seq, int64_t last_seq)
{
    (void)owner, (void)first_seq, (void)last_seq;
    fail();
}

static void a_rescue_leaves_nothing_out_for_it(void **state)
{
    static const struct salvage_calls calls = { count_row, no_hole };
    struct salvage_report report;
    int count = 0;

    fill(state);
    change_by_sql(state, CARD("UPDATE head SET acked_seq = 19"));
    assert_true(salvage_waiting(path_of(state), &calls, &count, &report));
    assert_int_equal(count, SOLD);
}

static void totals_that_were_changed_are_no_counts(void **state)
{
    struct outbox_counts counts;

    fill(state);
    change_by_sql(state, "UPDATE totals SET quantity = quantity + 1 WHERE seq = 12");
    struct outbox *outbox = opened(state);
    assert_true(outbox_counts(outbox, 11, &counts));
    assert_int_equal(counts.quantity, 8);
    assert_false(outbox_counts(outbox, 12, &counts));
    outbox_close(outbox);
    change_by_sql(state, "UPDATE totals SET quantity = quantity + 1 WHERE seq = 20");
    outbox = opened(state); /* the newest: they begin anew, by the events that are there */
    assert_true(outbox_counts(outbox, 12, &counts));
    assert_int_equal(counts.quantity, 9);
    assert_true(outbox_counts(outbox, INT64_MAX, &counts));
    assert_int_equal(counts.quantity, SOLD - 3);
    outbox_close(outbox);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("what the rows tell is told by them", what_the_rows_tell_is_told_by_them),
        CLAIM("what the rows cannot tell is sent again", what_the_rows_cannot_tell_is_sent_again),
        CLAIM("without rows a new epoch begins", without_rows_a_new_epoch_begins),
        CLAIM("an earlier release is taken at its word", an_earlier_release_is_taken_at_its_word),
        CLAIM("a rescue leaves nothing out for it", a_rescue_leaves_nothing_out_for_it),
        CLAIM("totals that were changed are no counts", totals_that_were_changed_are_no_counts),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
