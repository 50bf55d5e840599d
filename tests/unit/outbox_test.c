/* Proves that what was committed stays: over reopening, kills, a disk that fails and a file that is
 * damaged; that nothing waiting is ever removed; and that numbers are neither lost nor used twice.
 */
#include "agent/database.h"
#include "agent/ledger.h"
#include "agent/outbox.h"

#include "common/day.h"

#include "scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NOON_MS   1790006400000LL /* 2026-09-21 13:20 in Santiago */
#define DAY_MS    86400000LL
#define KILLS     12
#define BULK      512
#define RING_ROWS 40000 /* of WIDE_BYTES each: more than the ring */

static const struct moment noon = { NOON_MS, CLOCK_NTP, "boot", 1000 };

static int make_room(void **state)
{
    struct scratch *scratch = malloc(sizeof *scratch);

    scratch_make(scratch);
    *state = scratch;
    return 0;
}

static int clear_room(void **state)
{
    disk_takes_all();
    scratch_remove(*state);
    free(*state);
    return 0;
}

static const char *path_of(void **state)
{
    return ((struct scratch *)*state)->path;
}

static struct outbox *opened(void **state)
{
    struct outbox *outbox = outbox_open(path_of(state), NOON_MS);

    assert_non_null(outbox);
    return outbox;
}

static struct ledger ledger_of(const struct outbox *outbox)
{
    return (struct ledger){ .cart = "BBCL23", .head = *outbox_head(outbox) };
}

static enum outbox_result sell(struct outbox *outbox, int64_t wall_ms, int64_t quantity)
{
    struct sale_request sale = { .quantity = quantity,
                                 .amount = quantity * 500,
                                 .price = EVENT_ABSENT };
    struct moment moment = { wall_ms, CLOCK_NTP, "boot", 1000 };
    struct ledger ledger = ledger_of(outbox);
    struct event event;

    ledger_sale(&ledger, &moment, &sale, &event);
    return outbox_commit(outbox, &event, 1);
}

static unsigned count_rows(struct outbox *outbox, int64_t after_seq)
{
    struct outbox_range range = { after_seq, INT64_MAX, 100000, SIZE_MAX };
    struct buffer rows = { 0 };
    unsigned events;

    outbox_read(outbox, &range, &rows, &events);
    buffer_free(&rows);
    return events;
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

static void an_event_moves_the_head(void **state)
{
    struct outbox *outbox = opened(state);
    struct ledger ledger = ledger_of(outbox);
    struct event events[3], place;

    assert_int_equal(outbox_head(outbox)->stock, EVENT_ABSENT);
    assert_false(outbox_head(outbox)->has_fix);
    event_clear(&place);
    place.ts_ms = NOON_MS;
    place.lat = -33.4372;
    place.lon = -70.6506;
    ledger_position(&ledger, &place, &events[0]);
    ledger_stock(&ledger, &noon, 44, &events[1]);
    ledger_clock(&ledger, &noon, &events[2]);
    assert_int_equal(outbox_commit(outbox, events, 3), OUTBOX_OK);
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

static void the_settings_keep_data(void **state)
{
    sqlite3_stmt *row = NULL;
    sqlite3 *db = NULL;

    assert_int_equal(database_open(path_of(state), &db), DATABASE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA synchronous", -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(row, 0), 2); /* FULL */
    sqlite3_finalize(row);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    assert_string_equal(sqlite3_column_text(row, 0), "wal");
    sqlite3_finalize(row);
    sqlite3_close(db);
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
    outbox_rewind(outbox, 1);
    assert_int_equal(outbox_head(outbox)->acked_seq, 1);
    outbox_rewind(outbox, 3); /* not forward */
    assert_int_equal(outbox_head(outbox)->acked_seq, 1);
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
    struct ledger ledger = ledger_of(outbox);
    ledger_void(&ledger, &noon, 3, 3, "", &event);
    assert_int_equal(outbox_commit(outbox, &event, 1), OUTBOX_OK);
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

static void sixteen_commands_are_remembered(void **state)
{
    struct outbox *outbox = opened(state);
    char id[16];

    for (int i = 1; i <= OUTBOX_DONE_MAX + 2; i++) {
        snprintf(id, sizeof id, "c%d", i);
        assert_false(outbox_is_done(outbox, id));
        assert_int_equal(outbox_done(outbox, id), OUTBOX_OK);
        assert_int_equal(outbox_done(outbox, id), OUTBOX_OK); /* again: no second place */
    }
    outbox_close(outbox);
    outbox = opened(state);
    assert_false(outbox_is_done(outbox, "c2"));
    assert_true(outbox_is_done(outbox, "c3"));
    assert_true(outbox_is_done(outbox, id));
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

static void there_is_one_writer(void **state)
{
    struct outbox *outbox = opened(state);

    assert_null(outbox_open(path_of(state), NOON_MS));
    sell(outbox, NOON_MS, 1);
    outbox_close(outbox);
    outbox = opened(state);
    assert_int_equal(outbox_head(outbox)->last_seq, 1);
    outbox_close(outbox);
}

static void without_a_folder_there_is_no_outbox(void **state)
{
    char path[128];

    snprintf(path, sizeof path, "%s/absent/outbox.db", ((struct scratch *)*state)->folder);
    assert_null(outbox_open(path, NOON_MS));
}

static void a_failing_disk_records_nothing(void **state)
{
    struct outbox *outbox = opened(state);

    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    disk_takes(0);
    assert_int_not_equal(sell(outbox, NOON_MS, 2), OUTBOX_OK);
    assert_int_equal(outbox_head(outbox)->last_seq, 1);
    assert_int_equal(outbox_head(outbox)->last_receipt, 1);
    disk_takes_all();
    outbox_close(outbox);
    outbox = opened(state);
    assert_int_equal(outbox_head(outbox)->last_seq, 1);
    assert_int_equal(sell(outbox, NOON_MS, 3), OUTBOX_OK);
    assert_int_equal(outbox_head(outbox)->last_receipt, 2);
    outbox_close(outbox);
}

/* Sells until it is killed; says each receipt that was committed. */
static void sell_for_ever(const char *path, int said)
{
    struct outbox *outbox = outbox_open(path, NOON_MS);

    while (outbox != NULL && sell(outbox, NOON_MS, 1) == OUTBOX_OK) {
        int64_t receipt = outbox_head(outbox)->last_receipt;
        if (write(said, &receipt, sizeof receipt) != sizeof receipt)
            break;
    }
    _exit(1);
}

static int64_t kill_one(const char *path, int after_us)
{
    int said[2], status;
    int64_t receipt, last = 0;

    assert_int_equal(pipe(said), 0);
    pid_t child = fork();
    if (child == 0)
        sell_for_ever(path, said[1]);
    close(said[1]);
    usleep((useconds_t)after_us);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    while (read(said[0], &receipt, sizeof receipt) == sizeof receipt)
        last = receipt;
    close(said[0]);
    return last;
}

static void a_kill_loses_nothing_that_was_said(void **state)
{
    int64_t said = 0, total = 0;

    for (int i = 0; i < KILLS; i++) {
        int64_t last = kill_one(path_of(state), 15000 + 4999 * i);
        said = last > said ? last : said;
        struct outbox *outbox = opened(state);
        char wrong[256];
        total = outbox_head(outbox)->last_receipt;
        assert_true(total >= said);
        assert_int_equal(count_rows(outbox, 0), total);
        assert_int_equal(outbox_head(outbox)->damaged_rows, 0);
        assert_true(outbox_verify(outbox, wrong, sizeof wrong));
        outbox_close(outbox);
    }
    assert_true(said > KILLS); /* it did sell */
}

/* Writes zeros over a part of the file. */
static void spoil(const char *path, off_t from, size_t length)
{
    char *zeros = calloc(1, length);
    int fd = open(path, O_WRONLY);

    assert_true(fd >= 0 && zeros != NULL);
    assert_int_equal(pwrite(fd, zeros, length, from), length);
    close(fd);
    free(zeros);
}

static void fill_and_close(void **state)
{
    struct outbox *outbox = opened(state);

    for (int i = 0; i < 200; i++)
        sell(outbox, NOON_MS, 1);
    outbox_acknowledge(outbox, 150);
    outbox_close(outbox);
}

/* The old file is under another name, the new one sells. */
static void expect_set_aside(void **state, const char *old_epoch)
{
    struct outbox *outbox = opened(state);
    const struct outbox_head *head = outbox_head(outbox);

    assert_string_not_equal(head->epoch, old_epoch);
    assert_int_equal(head->last_seq, 0);
    assert_true(scratch_each(*state, "outbox.db.damaged", NULL) >= 1);
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_close(outbox);
}

static void epoch_of(void **state, char epoch[EPOCH_LENGTH_MAX + 1])
{
    struct outbox *outbox = outbox_open_reader(path_of(state));

    assert_non_null(outbox);
    strcpy(epoch, outbox_head(outbox)->epoch);
    outbox_close(outbox);
}

static void a_file_of_rubbish_is_set_aside(void **state)
{
    fill_and_close(state);
    spoil(path_of(state), 0, 4096);
    expect_set_aside(state, "");
}

static void a_damaged_page_begins_a_new_epoch_and_is_told(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];
    struct stat file;

    fill_and_close(state);
    epoch_of(state, epoch);
    assert_int_equal(stat(path_of(state), &file), 0);
    spoil(path_of(state), file.st_size / 8192 * 4096, 8192); /* no row that the start reads */
    expect_set_aside(state, epoch);
    struct outbox *outbox = opened(state); /* told again after a restart: the first may be lost */
    assert_string_equal(outbox_head(outbox)->damaged_epoch, epoch);
    assert_int_equal(outbox_head(outbox)->damaged_rows, 50);
    outbox_close(outbox);
}

static void a_file_cut_short_is_set_aside(void **state)
{
    struct stat file;

    fill_and_close(state);
    assert_int_equal(stat(path_of(state), &file), 0);
    assert_int_equal(truncate(path_of(state), file.st_size / 8192 * 4096 + 100), 0);
    expect_set_aside(state, "");
}

static void change_by_sql(void **state, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path_of(state), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void a_sound_file_that_makes_no_sense_is_set_aside(void **state)
{
    fill_and_close(state);
    change_by_sql(state, "UPDATE head SET last_seq = 100, last_receipt = 100");
    expect_set_aside(state, "");
}

static void a_file_without_an_epoch_is_set_aside(void **state)
{
    fill_and_close(state);
    change_by_sql(state, "UPDATE head SET epoch = 'rubbish'");
    expect_set_aside(state, "");
}

/* Voids with the longest reason, so that few rows fill the ring. */
static void fill_ring(struct outbox *outbox, int rows)
{
    static struct event events[BULK];
    char reason[REASON_CODE_POINTS_MAX + 1];

    memset(reason, 1, sizeof reason - 1); /* written as \u0001 */
    reason[sizeof reason - 1] = '\0';
    while (rows > 0) {
        struct ledger ledger = ledger_of(outbox);
        for (int i = 0; i < BULK; i++) {
            ledger_void(&ledger, &noon, 1, 1, reason, &events[i]);
            memset(events[i].boot, 2, 64);
        }
        assert_int_equal(outbox_commit(outbox, events, BULK), OUTBOX_OK);
        rows -= BULK;
    }
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
    assert_true(outbox_read(outbox, &first, &row, &events) > 10 * BULK / 2);
    assert_int_equal(stat(path_of(state), &before), 0);
    outbox_acknowledge(outbox, outbox_head(outbox)->last_seq);
    fill_ring(outbox, 20 * BULK);
    assert_int_equal(stat(path_of(state), &after), 0);
    assert_true(after.st_size <= before.st_size + 5 * 1024 * 1024);
    assert_true(count_rows(outbox, 0) * row.length / 2 < 2 * OUTBOX_RING_BYTES_MAX);
    assert_int_equal(count_rows(outbox, last), outbox_head(outbox)->last_seq - last);
    buffer_free(&row);
    outbox_close(outbox);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, make_room, clear_room, NULL                                                \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("rows, epoch and counters outlive a restart", what_was_committed_is_there_again),
        CLAIM("stock, fix and clock move with the events", an_event_moves_the_head),
        CLAIM("the file is in WAL mode and synced in full", the_settings_keep_data),
        CLAIM("a batch keeps its bounds", reading_keeps_both_bounds),
        CLAIM("an acknowledged row stays; the mark falls only for a replay",
              acknowledged_rows_stay_and_the_mark_only_rises),
        CLAIM("a day's sums leave voided sales out", days_leave_out_what_was_voided),
        CLAIM("the last 16 commands are remembered", sixteen_commands_are_remembered),
        CLAIM("a reader works beside the writer and alone", a_reader_sees_what_is_committed),
        CLAIM("a second writer is refused", there_is_one_writer),
        CLAIM("no folder, no outbox", without_a_folder_there_is_no_outbox),
        CLAIM("what a failing disk did not take never happened", a_failing_disk_records_nothing),
        CLAIM("a kill loses nothing that was answered", a_kill_loses_nothing_that_was_said),
        CLAIM("a file of rubbish is set aside", a_file_of_rubbish_is_set_aside),
        CLAIM("a damaged page begins a new epoch", a_damaged_page_begins_a_new_epoch_and_is_told),
        CLAIM("a file that was cut short is set aside", a_file_cut_short_is_set_aside),
        CLAIM("a head behind its events is set aside",
              a_sound_file_that_makes_no_sense_is_set_aside),
        CLAIM("a file without an epoch is set aside", a_file_without_an_epoch_is_set_aside),
        CLAIM("the ring removes only what was acknowledged",
              the_ring_removes_only_what_was_acknowledged),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
