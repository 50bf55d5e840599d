/* Proves that events, counters and sums are kept, that a batch keeps its bounds, that nothing which
 * waits is ever removed, and that numbers are neither lost nor used twice. */
#include "outbox_room.h"

#include "common/day.h"

#include <sys/stat.h>

#define DAY_MS    86400000LL
#define TOLD_SIZE 256

static const struct moment noon = { NOON_MS, CLOCK_NTP, "boot", 1000 };

static void replay(struct outbox *outbox, int64_t from)
{
    struct command_effect effect = { .replay_from = from };

    assert_int_equal(outbox_carry_out(outbox, "replay", &effect), OUTBOX_OK);
}

/* The first row's bytes, for comparing. */
static void read_row(struct outbox *outbox, int64_t seq, struct buffer *row)
{
    struct outbox_range range = { seq - 1, seq, 1, SIZE_MAX };
    unsigned events;

    assert_int_equal(outbox_read(outbox, &range, row, &events), seq);
}

static void what_was_committed_is_there_again(void **state)
{
    struct buffer before = { 0 }, after = { 0 };
    struct outbox *outbox = opened(state);
    char epoch[EPOCH_LENGTH_MAX + 1];

    strcpy(epoch, outbox_head(outbox)->epoch);
    assert_true(epoch_is_valid(epoch));
    assert_int_equal(outbox_head(outbox)->session, 1);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(sell(outbox, NOON_MS, i), OUTBOX_OK);
    read_row(outbox, 2, &before);
    outbox_close(outbox);

    outbox = opened(state);
    assert_string_equal(outbox_head(outbox)->epoch, epoch);
    assert_int_equal(outbox_head(outbox)->session, 2);
    assert_int_equal(outbox_head(outbox)->last_seq, 3);
    assert_int_equal(outbox_head(outbox)->last_receipt, 3);
    read_row(outbox, 2, &after);
    assert_string_equal(after.bytes, before.bytes);
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    assert_int_equal(outbox_head(outbox)->last_receipt, 4);
    outbox_close(outbox);
    buffer_free(&before);
    buffer_free(&after);
}

/* The second row is of a boot whose clock was wrong at first; the third one's is right. */
static void since_a_time_begins_after_what_a_right_clock_dates_before_it(void **state)
{
    static const struct moment moments[] = { { NOON_MS - 2000, CLOCK_NTP, "a", 1 },
                                             { 5000, CLOCK_NONE, "b", 1 },
                                             { NOON_MS, CLOCK_GPS, "b", 2 } };
    struct outbox *outbox = opened(state);
    struct event_maker maker = { .cart = "BBCL23", .head = *outbox_head(outbox) };
    struct event events[3];

    assert_int_equal(outbox_since(outbox, NOON_MS), 1);
    for (int i = 0; i < 3; i++)
        event_maker_stock(&maker, &moments[i], i, &events[i]);
    assert_int_equal(outbox_commit(outbox, events, 3, NULL), OUTBOX_OK);
    assert_int_equal(outbox_since(outbox, NOON_MS), 2);
    assert_int_equal(outbox_since(outbox, NOON_MS + 1), 4);
    assert_int_equal(outbox_since(outbox, 1), 1);
    outbox_close(outbox);
}

static void an_event_moves_the_head(void **state)
{
    struct outbox *outbox = opened(state);
    struct event_maker maker = maker_of(outbox);
    struct event events[3], place;

    assert_int_equal(outbox_head(outbox)->stock, EVENT_ABSENT);
    assert_false(outbox_head(outbox)->has_fix);
    event_clear(&place);
    place.ts_ms = NOON_MS;
    place.lat = -33.4372;
    place.lon = -70.6506;
    event_maker_position(&maker, &place, &events[0]);
    event_maker_stock(&maker, &noon, 44, &events[1]);
    event_maker_clock(&maker, &noon, &events[2]);
    assert_int_equal(outbox_commit(outbox, events, 3, NULL), OUTBOX_OK);
    for (int round = 0; round < 2; round++) {
        const struct outbox_head *head = outbox_head(outbox);
        assert_int_equal(head->last_seq, 3);
        assert_int_equal(head->stock, 44);
        assert_true(head->has_fix && head->lat == -33.4372 && head->lon == -70.6506);
        assert_int_equal(head->fix_ms, NOON_MS);
        assert_string_equal(head->clock_boot, "boot");
        outbox_close(outbox);
        outbox = opened(state);
    }
    outbox_close(outbox);
}

static void reading_keeps_both_bounds(void **state)
{
    struct outbox *outbox = opened(state);
    struct outbox_range range = { 0, INT64_MAX, 4, SIZE_MAX };
    struct buffer rows = { 0 };
    unsigned events;

    for (int i = 0; i < 9; i++)
        sell(outbox, NOON_MS, 1);
    assert_int_equal(outbox_read(outbox, &range, &rows, &events), 4);
    assert_int_equal(events, 4);
    assert_int_equal(rows.bytes[rows.length - 1], '\n');
    range.bytes_max = rows.length - 1; /* the fourth does not fit any more */
    buffer_clear(&rows);
    assert_int_equal(outbox_read(outbox, &range, &rows, &events), 3);
    range = (struct outbox_range){ 5, 7, 64, SIZE_MAX };
    assert_int_equal(outbox_read(outbox, &range, &rows, &events), 7);
    assert_int_equal(events, 2);
    range.after_seq = 9;
    range.upto_seq = INT64_MAX;
    assert_int_equal(outbox_read(outbox, &range, &rows, &events), 0);
    assert_int_equal(events, 0);
    buffer_free(&rows);
    outbox_close(outbox);
}

static void acknowledged_rows_stay_and_the_mark_only_rises(void **state)
{
    struct outbox *outbox = opened(state);

    for (int i = 0; i < 5; i++)
        sell(outbox, NOON_MS + i, 1);
    assert_int_equal(outbox_oldest_waiting_ms(outbox), NOON_MS);
    outbox_acknowledge(outbox, 4);
    outbox_acknowledge(outbox, 2);
    assert_int_equal(outbox_head(outbox)->acked_seq, 4);
    assert_int_equal(outbox_oldest_waiting_ms(outbox), NOON_MS + 4);
    outbox_close(outbox);
    outbox = opened(state);
    assert_int_equal(outbox_head(outbox)->acked_seq, 4);
    assert_int_equal(count_rows(outbox, 0), 5);
    replay(outbox, 2);
    assert_int_equal(outbox_head(outbox)->acked_seq, 1);
    replay(outbox, 4); /* not forward */
    assert_int_equal(outbox_head(outbox)->acked_seq, 1);
    outbox_close(outbox);
}

static void an_ack_of_what_is_not_there_moves_nothing(void **state)
{
    struct outbox *outbox = opened(state);

    sell(outbox, NOON_MS, 1);
    outbox_acknowledge(outbox, 2);
    assert_int_equal(outbox_head(outbox)->acked_seq, 0);
    outbox_close(outbox);
    outbox = opened(state);
    assert_false(outbox_head(outbox)->damaged);
    assert_int_equal(outbox_head(outbox)->acked_seq, 0);
    outbox_close(outbox);
}

static void a_replay_begins_with_what_is_still_there(void **state)
{
    struct outbox *outbox = opened(state);

    for (int i = 0; i < 6; i++)
        sell(outbox, NOON_MS, 1);
    outbox_acknowledge(outbox, 5);
    outbox_close(outbox);
    change_by_sql(state, "DELETE FROM events WHERE seq <= 3");
    outbox = opened(state);
    replay(outbox, 1);
    assert_int_equal(outbox_head(outbox)->acked_seq, 3);
    outbox_save(outbox);
    struct outbox *reader = outbox_open_reader(path_of(state));
    assert_int_equal(outbox_head(reader)->acked_seq, 3);
    outbox_close(reader);
    outbox_close(outbox);
}

/* Else one would wait that nobody can send. */
static void a_replay_of_what_is_all_gone_begins_with_nothing(void **state)
{
    struct outbox *outbox = opened(state);

    for (int i = 0; i < 3; i++)
        sell(outbox, NOON_MS, 1);
    outbox_acknowledge(outbox, 3);
    outbox_close(outbox);
    change_by_sql(state, "DELETE FROM events");
    outbox = opened(state);
    replay(outbox, 2);
    assert_int_equal(outbox_head(outbox)->acked_seq, 3);
    outbox_close(outbox);
}

static void a_gap_is_found(void **state)
{
    struct outbox *outbox = opened(state);
    char wrong[256];

    assert_true(outbox_verify(outbox, wrong, sizeof wrong)); /* nothing there yet */
    for (int i = 0; i < 3; i++)
        sell(outbox, NOON_MS, 1);
    struct outbox *reader = outbox_open_reader(path_of(state));
    sell(outbox, NOON_MS, 1);
    assert_true(outbox_verify(reader, wrong, sizeof wrong)); /* while the agent goes on */
    outbox_close(reader);
    outbox_close(outbox);
    change_by_sql(state, "DELETE FROM events WHERE seq = 2");
    reader = outbox_open_reader(path_of(state));
    assert_false(outbox_verify(reader, wrong, sizeof wrong));
    assert_string_equal(wrong, "numbers are missing among the events");
    outbox_close(reader);
}

/* Sells until the number at which old receipts go, that one at `wall_ms`. */
static void sell_to_the_next_look(struct outbox *outbox, int64_t wall_ms)
{
    static struct event events[256];
    struct sale_request sale = { .quantity = 1, .amount = 500, .price = EVENT_ABSENT };
    struct event_maker maker = maker_of(outbox);
    struct moment moment = noon;
    size_t count = 0;

    do {
        if ((maker.head.last_receipt + 1) % 256 == 0)
            moment.wall_ms = wall_ms;
        event_maker_sale(&maker, &moment, &sale, &events[count++]);
    } while (maker.head.last_receipt % 256 != 0);
    assert_int_equal(outbox_commit(outbox, events, count, NULL), OUTBOX_OK);
}

static void old_receipts_go_but_not_for_a_clock_far_ahead(void **state)
{
    struct outbox *outbox = opened(state);
    struct receipt_row row;

    sell_to_the_next_look(outbox, NOON_MS + 7000 * DAY_MS);
    assert_true(outbox_receipt(outbox, 1, &row));
    outbox_close(outbox);
    change_by_sql(state, "UPDATE receipts SET receipt = receipt + 200000 WHERE receipt > 10;"
                         "UPDATE head SET last_receipt = 200256");
    outbox = opened(state);
    sell_to_the_next_look(outbox, NOON_MS);
    assert_true(outbox_receipt(outbox, 1, &row)); /* many since, but of today */
    sell_to_the_next_look(outbox, NOON_MS + 500 * DAY_MS);
    assert_false(outbox_receipt(outbox, 1, &row)); /* old in both ways */
    assert_true(outbox_receipt(outbox, 200100, &row));
    outbox_close(outbox);
}

static void days_leave_out_what_was_voided(void **state)
{
    struct outbox *outbox = opened(state);
    int32_t today = day_of_ms(NOON_MS);
    struct receipt_row row;
    struct day_sums sums;
    struct event event;

    sell(outbox, NOON_MS - DAY_MS, 1);
    for (int i = 2; i <= 4; i++)
        sell(outbox, NOON_MS, i);
    struct event_maker maker = maker_of(outbox);
    event_maker_void(&maker, &noon, 3, 3, "", &event);
    assert_int_equal(outbox_commit(outbox, &event, 1, NULL), OUTBOX_OK);
    outbox_day_sums(outbox, today, &sums);
    assert_int_equal(sums.sales, 2);
    assert_int_equal(sums.quantity, 6);
    assert_int_equal(sums.amount, 3000);
    assert_int_equal(sums.voided, 1);
    outbox_day_sums(outbox, today - 1, &sums);
    assert_int_equal(sums.sales, 1);
    assert_true(outbox_receipt(outbox, 3, &row));
    assert_true(row.voided && row.quantity == 3 && row.amount == 1500 && row.day == today);
    assert_false(outbox_receipt(outbox, 5, &row));
    outbox_close(outbox);
}

static void append_id(void *owner, const char *id)
{
    char *list = owner;
    size_t length = strlen(list);

    snprintf(list + length, TOLD_SIZE - length, "%s ", id);
}

static void carry_out(struct outbox *outbox, int first, int last)
{
    static const struct command_effect nothing = { .offered = NULL };
    char id[16];

    for (int i = first; i <= last; i++) {
        snprintf(id, sizeof id, "c%d", i);
        assert_false(outbox_is_done(outbox, id));
        assert_int_equal(outbox_carry_out(outbox, id, &nothing), OUTBOX_OK);
        assert_int_equal(outbox_carry_out(outbox, id, &nothing), OUTBOX_OK); /* no second place */
    }
}

static void assert_told(struct outbox *outbox, const char *expected)
{
    char list[TOLD_SIZE] = "";

    outbox_each_done(outbox, append_id, list);
    assert_string_equal(list, expected);
}

#define LAST_16 "c243 c244 c245 c246 c247 c248 c249 c250 c251 c252 c253 c254 c255 c256 c257 c258 "

static void many_commands_are_remembered_and_few_told(void **state)
{
    struct outbox *outbox = opened(state);

    carry_out(outbox, 1, 258);
    outbox_close(outbox);
    outbox = opened(state);
    assert_false(outbox_is_done(outbox, "c2"));
    assert_true(outbox_is_done(outbox, "c3"));
    assert_true(outbox_is_done(outbox, "c258"));
    assert_told(outbox, LAST_16);
    outbox_close(outbox);
}

/* A heartbeat costs the vendor's credit: 560 bytes for sixteen ids, each 20 s. */
static void a_command_is_named_in_three_heartbeats(void **state)
{
    struct outbox *outbox = opened(state);

    carry_out(outbox, 1, 2);
    assert_told(outbox, "c1 c2 ");
    carry_out(outbox, 3, 3);
    assert_told(outbox, "c1 c2 c3 ");
    assert_told(outbox, "c1 c2 c3 ");
    assert_told(outbox, "c3 ");
    assert_told(outbox, "");
    carry_out(outbox, 4, 4);
    for (int i = 0; i < 3; i++)
        assert_told(outbox, "c4 ");
    assert_told(outbox, "");
    outbox_close(outbox);
}

/* What was named over the other one may have been lost with it. */
static void a_new_connection_hears_the_last_ones(void **state)
{
    struct outbox *outbox = opened(state);

    carry_out(outbox, 1, 258);
    for (int i = 0; i < 4; i++)
        assert_told(outbox, i < 3 ? LAST_16 : "");
    outbox_name_done_again(outbox);
    for (int i = 0; i < 4; i++)
        assert_told(outbox, i < 3 ? LAST_16 : "");
    outbox_close(outbox);
}

/* Else the centre would never hear of it, and send it until it expires. */
static void a_command_that_comes_again_is_told_again(void **state)
{
    struct outbox *outbox = opened(state);

    carry_out(outbox, 1, 256);
    for (int i = 0; i < 4; i++)
        outbox_each_done(outbox, append_id, (char[TOLD_SIZE]){ "" });
    outbox_tell_again(outbox, "c250");
    outbox_tell_again(outbox, "c7");
    outbox_tell_again(outbox, "unknown");
    assert_told(outbox, "c250 c7 ");
    outbox_tell_again(outbox, "c7"); /* is told anyway */
    assert_told(outbox, "c250 c7 ");
    assert_told(outbox, "c250 c7 ");
    assert_told(outbox, "");
    assert_true(outbox_is_done(outbox, "c1")); /* of the 256 none is lost by it */
    carry_out(outbox, 257, 257);
    assert_false(outbox_is_done(outbox, "c1"));
    assert_true(outbox_is_done(outbox, "c2"));
    assert_true(outbox_is_done(outbox, "c7"));
    outbox_close(outbox);
}

static void a_reader_sees_what_is_committed(void **state)
{
    assert_null(outbox_open_reader(path_of(state)));
    struct outbox *outbox = opened(state);
    sell(outbox, NOON_MS, 1);
    struct outbox *reader = outbox_open_reader(path_of(state));
    assert_non_null(reader);
    assert_int_equal(outbox_head(reader)->last_seq, 1);
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK); /* beside it */
    outbox_close(reader);
    outbox_close(outbox);
    reader = outbox_open_reader(path_of(state)); /* nobody else has it open */
    assert_non_null(reader);
    assert_int_equal(count_rows(reader, 0), 2);
    outbox_close(reader);
}

/* The fsyncs of a checkpoint are asked for, and fall into no sale. */
static void it_tidies_when_it_is_asked(void **state)
{
    struct outbox *outbox = opened(state);

    for (int i = 1; i < OUTBOX_TIDY_COMMITS; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    assert_false(outbox_tidy(outbox));
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    assert_true(outbox_tidy(outbox));
    assert_false(outbox_tidy(outbox));
    outbox_close(outbox);
}

/* What is acknowledged now was so a week ago, in time that the agent has run. */
static void week_passes(struct outbox *outbox)
{
    static int64_t mono_ms = 1;

    outbox_age(outbox, mono_ms);
    outbox_age(outbox, mono_ms += 3600000);
    outbox_age(outbox, mono_ms += OUTBOX_KEPT_MS_MIN);
}

static void the_ring_removes_only_what_was_acknowledged(void **state)
{
    struct outbox *outbox = opened(state);
    struct outbox_range first = { 0, INT64_MAX, 1, SIZE_MAX };
    struct buffer row = { 0 };
    struct stat before, after;
    unsigned events;

    fill_ring(outbox, RING_ROWS);
    int64_t last = outbox_head(outbox)->last_seq;
    assert_int_equal(outbox_read(outbox, &first, &row, &events), 1);
    assert_true((int64_t)row.length * last > OUTBOX_RING_BYTES_MAX);
    outbox_acknowledge(outbox, last - 10);
    fill_ring(outbox, 10 * BULK);
    assert_int_equal(outbox_read(outbox, &first, &row, &events), 1); /* a week is not over */
    week_passes(outbox);
    fill_ring(outbox, 10 * BULK);
    assert_true(outbox_read(outbox, &first, &row, &events) > 10 * BULK / 2);
    assert_int_equal(stat(path_of(state), &before), 0);
    outbox_acknowledge(outbox, outbox_head(outbox)->last_seq);
    week_passes(outbox);
    fill_ring(outbox, 20 * BULK);
    assert_int_equal(stat(path_of(state), &after), 0);
    assert_true(after.st_size <= before.st_size + 5 * 1024 * 1024);
    assert_true(count_rows(outbox, 0) * row.length / 2 < 2 * OUTBOX_RING_BYTES_MAX);
    assert_int_equal(count_rows(outbox, last), outbox_head(outbox)->last_seq - last);
    buffer_free(&row);
    outbox_close(outbox);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("rows, epoch and counters outlive a restart", what_was_committed_is_there_again),
        CLAIM("what is of a time or later begins after what a right clock dates before it",
              since_a_time_begins_after_what_a_right_clock_dates_before_it),
        CLAIM("stock, fix and clock move with the events", an_event_moves_the_head),
        CLAIM("a batch keeps its bounds", reading_keeps_both_bounds),
        CLAIM("an acknowledged row stays; the mark falls only for a replay",
              acknowledged_rows_stay_and_the_mark_only_rises),
        CLAIM("an ack beyond what is there moves nothing",
              an_ack_of_what_is_not_there_moves_nothing),
        CLAIM("a replay begins with what is there", a_replay_begins_with_what_is_still_there),
        CLAIM("a replay of what is all gone begins with nothing",
              a_replay_of_what_is_all_gone_begins_with_nothing),
        CLAIM("a gap is found, a running agent is none", a_gap_is_found),
        CLAIM("old receipts go, but not for a clock far ahead",
              old_receipts_go_but_not_for_a_clock_far_ahead),
        CLAIM("a day's sums leave voided sales out", days_leave_out_what_was_voided),
        CLAIM("the last 256 commands are remembered, 16 told",
              many_commands_are_remembered_and_few_told),
        CLAIM("a command is named in three heartbeats", a_command_is_named_in_three_heartbeats),
        CLAIM("a new connection hears the last ones", a_new_connection_hears_the_last_ones),
        CLAIM("a command that comes again is told again", a_command_that_comes_again_is_told_again),
        CLAIM("a reader works beside the writer and alone", a_reader_sees_what_is_committed),
        CLAIM("checkpoints wait for a quiet moment", it_tidies_when_it_is_asked),
        CLAIM("the ring removes only what was acknowledged",
              the_ring_removes_only_what_was_acknowledged),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
