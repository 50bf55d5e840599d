/* Proves, on a file system that is remounted, that a card which can only be read gives out what
 * waits, records nothing, and is written again as soon as it can be. */
#include "small_disk.h"

#include "agent/former.h"
#include "common/day.h"

#include <fcntl.h>

#define SOLD  60
#define ACKED 20
#define PAGE  4096

static void remount(void **state, unsigned long flags)
{
    assert_int_equal(
        mount("none", ((struct scratch *)*state)->folder, NULL, MS_REMOUNT | flags, NULL), 0);
}

static void sell_some(void **state)
{
    struct outbox *outbox = opened(state);

    for (int i = 0; i < SOLD; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_acknowledge(outbox, ACKED);
    outbox_close(outbox);
}

static void what_waits_is_given_out(void **state)
{
    sell_some(state);
    remount(state, MS_RDONLY);
    struct outbox *outbox = opened(state);
    assert_true(outbox_is_read_only(outbox));
    assert_int_equal(outbox_head(outbox)->session, 2);
    assert_int_equal(count_rows(outbox, ACKED), SOLD - ACKED);
    outbox_acknowledge(outbox, SOLD);
    assert_int_equal(outbox_head(outbox)->acked_seq, SOLD);
    assert_int_equal(outbox_save(outbox), OUTBOX_READ_ONLY);
    assert_false(outbox_is_broken(outbox));
    outbox_close(outbox);
}

static void nothing_is_recorded(void **state)
{
    sell_some(state);
    remount(state, MS_RDONLY);
    struct outbox *outbox = opened(state);
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_READ_ONLY);
    assert_int_equal(outbox_carry_out(outbox, "c1", &(struct command_effect){ 0 }),
                     OUTBOX_READ_ONLY);
    outbox_tell_again(outbox, "c1");
    assert_false(outbox_is_done(outbox, "c1"));
    assert_int_equal(outbox_location_s(outbox), 0);
    assert_int_equal(outbox_head(outbox)->last_seq, SOLD);
    assert_false(outbox_tidy(outbox));
    assert_false(outbox_is_broken(outbox));
    outbox_close(outbox);
}

static void a_card_that_can_be_written_again_is_opened_anew(void **state)
{
    sell_some(state);
    remount(state, MS_RDONLY);
    struct outbox *outbox = opened(state);
    remount(state, 0);
    outbox_tidy(outbox);
    assert_true(outbox_is_broken(outbox));
    outbox_close(outbox);
    outbox = opened(state);
    assert_false(outbox_is_read_only(outbox));
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    assert_int_equal(outbox_head(outbox)->last_receipt, SOLD + 1);
    outbox_close(outbox);
}

/* The lock is there and can be held, though it cannot be written. */
static void there_is_one_reader(void **state)
{
    sell_some(state);
    remount(state, MS_RDONLY);
    struct outbox *outbox = opened(state);
    assert_null(outbox_open(path_of(state), "BBCL23", NOON_MS));
    outbox_close(outbox);
}

static void a_card_without_a_lock_is_read_too(void **state)
{
    char lock[1024];

    sell_some(state);
    snprintf(lock, sizeof lock, "%s.lock", path_of(state));
    assert_int_equal(unlink(lock), 0);
    remount(state, MS_RDONLY);
    struct outbox *outbox = opened(state);
    assert_int_equal(count_rows(outbox, ACKED), SOLD - ACKED);
    outbox_close(outbox);
}

static void another_plates_card_is_not_sent(void **state)
{
    sell_some(state);
    remount(state, MS_RDONLY);
    struct outbox *outbox = outbox_open(path_of(state), "ZZTP10", NOON_MS);
    assert_non_null(outbox);
    assert_true(outbox_is_read_only(outbox));
    assert_int_equal(outbox_head(outbox)->last_seq, outbox_head(outbox)->acked_seq);
    struct formers formers = { .card = outbox_left(outbox) };
    formers_look(&formers, path_of(state), NOON_MS);
    assert_int_equal(formers.count, 1);
    assert_string_equal(formers.list[0].cart, "BBCL23");
    assert_string_equal(formers.list[0].epoch, outbox_head(outbox)->epoch);
    assert_int_equal(formers_waiting(&formers), SOLD - ACKED);
    assert_int_equal(formers_oldest_ms(&formers), NOON_MS);
    assert_false(formers.list[0].is_unreadable); /* it may be sent as that plate */
    formers_free(&formers);
    outbox_close(outbox);
    remount(state, 0);
    outbox = opened(state);
    assert_int_equal(count_rows(outbox, ACKED), SOLD - ACKED);
    assert_int_equal(outbox_head(outbox)->acked_seq, ACKED);
    outbox_close(outbox);
}

static void where_there_is_nothing_to_read_there_is_no_outbox(void **state)
{
    remount(state, MS_RDONLY);
    assert_null(outbox_open(path_of(state), "BBCL23", NOON_MS));
}

/* The tree of the events leads nowhere; their own pages are whole. */
static void spoil_the_root(void **state)
{
    char rubbish[PAGE];
    sqlite3_stmt *row = NULL;
    sqlite3 *db = NULL;
    int fd = open(path_of(state), O_RDWR);

    memset(rubbish, 0x55, sizeof rubbish);
    assert_int_equal(sqlite3_open(path_of(state), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT rootpage FROM sqlite_schema WHERE name = 'events'",
                                        -1, &row, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    off_t page = (off_t)sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    sqlite3_close(db);
    assert_int_equal(pwrite(fd, rubbish, PAGE, (page - 1) * PAGE), PAGE);
    close(fd);
}

static void expect_what_waited(void **state)
{
    struct outbox *outbox = opened(state);

    assert_true(outbox_is_read_only(outbox));
    assert_int_equal(outbox_head(outbox)->acked_seq, ACKED);
    assert_int_equal(outbox_head(outbox)->last_seq, SOLD);
    assert_int_equal(count_rows(outbox, ACKED), SOLD - ACKED);
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_READ_ONLY);
    outbox_acknowledge(outbox, SOLD);
    assert_int_equal(outbox_save(outbox), OUTBOX_READ_ONLY);
    assert_false(outbox_tidy(outbox));
    assert_false(outbox_is_broken(outbox));
    outbox_close(outbox);
}

static void a_damaged_file_gives_what_it_can(void **state)
{
    sell_some(state);
    spoil_the_root(state);
    remount(state, MS_RDONLY);
    expect_what_waited(state);
    remount(state, 0);
    struct outbox *outbox = opened(state); /* it can be set aside now */
    assert_true(outbox_head(outbox)->damaged);
    assert_int_equal(outbox_head(outbox)->damaged_rows, SOLD - ACKED);
    outbox_close(outbox);
}

static void what_is_missing_is_told(void **state)
{
    sell_some(state);
    change_by_sql(state, "UPDATE events SET bytes = '{' WHERE seq IN (30, 31, 60)");
    spoil_the_root(state);
    remount(state, MS_RDONLY);
    struct outbox *outbox = opened(state);
    assert_int_equal(outbox_head(outbox)->last_seq, SOLD - 1); /* else 60 would wait for ever */
    assert_int_equal(count_rows(outbox, ACKED), SOLD - ACKED - 3);
    assert_int_equal(outbox_unreadable(outbox).events, 3);
    assert_int_equal(outbox_unreadable(outbox).first_seq, 30);
    assert_int_equal(outbox_unreadable(outbox).last_seq, SOLD);
    outbox_close(outbox);
}

/* As the first releases left it; nothing can bring it up. */
static void a_file_of_an_earlier_release(void **state)
{
    sell_some(state);
    change_by_sql(state, "DROP TRIGGER head_of_an_earlier_release;"
                         "ALTER TABLE events DROP COLUMN checksum; DROP TABLE answers;"
                         "DROP TABLE config; ALTER TABLE head DROP COLUMN cart; UPDATE "
                         "schema_number SET number = 1");
    remount(state, MS_RDONLY);
    expect_what_waited(state);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SMALL_DISK("what waits is given out", what_waits_is_given_out),
        ON_SMALL_DISK("nothing is recorded", nothing_is_recorded),
        ON_SMALL_DISK("a card that can be written again is opened anew",
                      a_card_that_can_be_written_again_is_opened_anew),
        ON_SMALL_DISK("there is one reader", there_is_one_reader),
        ON_SMALL_DISK("a card without a lock is read, too", a_card_without_a_lock_is_read_too),
        ON_SMALL_DISK("another plate's card is not sent", another_plates_card_is_not_sent),
        ON_SMALL_DISK("a damaged file gives what it can", a_damaged_file_gives_what_it_can),
        ON_SMALL_DISK("what is missing is told", what_is_missing_is_told),
        ON_SMALL_DISK("a file of an earlier release is read", a_file_of_an_earlier_release),
        ON_SMALL_DISK("no file, no outbox", where_there_is_nothing_to_read_there_is_no_outbox),
    };

    day_set_zone("America/Santiago");
    if (!may_mount()) {
        fprintf(stderr, "skipped: no file system can be mounted here\n");
        return NO_MOUNTS;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
