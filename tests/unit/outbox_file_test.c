/* Proves what happens to the outbox's file: one writer, settings that keep data, kills, a disk that
 * is full or fails, and damage of each kind, which begins a new epoch and is told. */
#include "outbox_room.h"

#include "agent/database.h"
#include "common/day.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define KILLS       12
#define PATIENCE_MS 60000

static const struct command_effect nothing = { .offered = NULL };

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
    assert_string_equal((const char *)sqlite3_column_text(row, 0), "wal");
    sqlite3_finalize(row);
    sqlite3_close(db);
}

static void there_is_one_writer(void **state)
{
    struct outbox *outbox = opened(state);

    assert_null(outbox_open(path_of(state), "BBCL23", NOON_MS));
    sell(outbox, NOON_MS, 1);
    outbox_close(outbox);
    outbox = opened(state);
    assert_int_equal(outbox_head(outbox)->last_seq, 1);
    outbox_close(outbox);
}

static void without_a_folder_there_is_no_outbox(void **state)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/absent/outbox.db", ((struct scratch *)*state)->folder);
    assert_null(outbox_open(path, "BBCL23", NOON_MS));
}

static void a_failing_disk_records_nothing(void **state)
{
    struct outbox *outbox = opened(state);

    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    disk_takes(0);
    assert_int_equal(sell(outbox, NOON_MS, 2), OUTBOX_BROKEN);
    assert_int_equal(outbox_head(outbox)->last_seq, 1);
    assert_int_equal(outbox_head(outbox)->last_receipt, 1);
    assert_true(outbox_is_broken(outbox));
    disk_takes_all();
    outbox_close(outbox);
    outbox = opened(state);
    assert_int_equal(outbox_head(outbox)->last_seq, 1);
    assert_int_equal(sell(outbox, NOON_MS, 3), OUTBOX_OK);
    assert_int_equal(outbox_head(outbox)->last_receipt, 2);
    outbox_close(outbox);
}

static void a_full_disk_records_nothing_and_may_be_tried_again(void **state)
{
    struct outbox *outbox = opened(state);

    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    disk_is_full();
    for (int i = 0; i < 3; i++)
        assert_int_equal(sell(outbox, NOON_MS, 2), OUTBOX_FULL);
    assert_int_equal(outbox_carry_out(outbox, "c1", &nothing), OUTBOX_FULL);
    assert_int_equal(outbox_head(outbox)->last_receipt, 1);
    assert_false(outbox_is_broken(outbox));
    disk_has_room();
    assert_int_equal(sell(outbox, NOON_MS, 3), OUTBOX_OK);
    assert_int_equal(outbox_head(outbox)->last_receipt, 2);
    assert_int_equal(count_rows(outbox, 0), 2);
    outbox_close(outbox);
}

/* The file keeps what was saved before the disk failed: the mark falls back, nothing else. */
static void nothing_is_written_after_the_disk_failed(void **state)
{
    struct outbox *outbox = opened(state);

    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_acknowledge(outbox, 1);
    disk_takes(0);
    assert_int_equal(outbox_carry_out(outbox, "c1", &nothing), OUTBOX_BROKEN);
    assert_true(outbox_is_broken(outbox));
    disk_takes_all();
    outbox_close(outbox);
    outbox = opened(state);
    assert_int_equal(outbox_head(outbox)->acked_seq, 0);
    assert_int_equal(outbox_head(outbox)->last_seq, 1);
    outbox_close(outbox);
}

static void what_is_saved_alone_shows_a_failing_disk_too(void **state)
{
    struct outbox *outbox = opened(state);

    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_acknowledge(outbox, 1);
    disk_is_full();
    assert_int_equal(outbox_save(outbox), OUTBOX_FULL);
    assert_false(outbox_is_broken(outbox));
    disk_has_room();
    disk_takes(0);
    assert_int_equal(outbox_save(outbox), OUTBOX_BROKEN);
    assert_true(outbox_is_broken(outbox));
    disk_takes_all();
    outbox_close(outbox);
}

/* Sells until it is killed; says each receipt that was committed. */
static void sell_for_ever(const char *path, int said)
{
    struct outbox *outbox = outbox_open(path, "BBCL23", NOON_MS);

    while (outbox != NULL && sell(outbox, NOON_MS, 1) == OUTBOX_OK) {
        int64_t receipt = outbox_head(outbox)->last_receipt;
        if (write(said, &receipt, sizeof receipt) != sizeof receipt)
            break;
    }
    _exit(1);
}

/* Kills the seller so long after it said its first receipt, however slow the machine is; the last
 * that it said, 0 where it said none in a minute. */
static int64_t kill_one(const char *path, int after_us)
{
    int said[2], status;
    int64_t receipt, last = 0;

    assert_int_equal(pipe(said), 0);
    pid_t child = fork();
    if (child == 0)
        sell_for_ever(path, said[1]);
    close(said[1]);
    poll(&(struct pollfd){ .fd = said[0], .events = POLLIN }, 1, PATIENCE_MS);
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
        int64_t last = kill_one(path_of(state), 4999 * i);
        assert_true(last > said); /* it did sell */
        said = last;
        struct outbox *outbox = opened(state);
        char wrong[256];
        total = outbox_head(outbox)->last_receipt;
        assert_true(total >= said);
        assert_int_equal(count_rows(outbox, 0), total);
        assert_int_equal(outbox_head(outbox)->damaged_rows, 0);
        assert_true(outbox_verify(outbox, wrong, sizeof wrong));
        outbox_close(outbox);
    }
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

    assert_true(head->damaged);
    assert_string_not_equal(head->epoch, old_epoch);
    assert_int_equal(head->last_seq, 0);
    assert_true(scratch_each(*state, "outbox.db.damaged", NULL) >= 1);
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_close(outbox);
}

static void unlink_one(const char *path)
{
    unlink(path);
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
    struct stat file;

    fill_and_close(state);
    assert_int_equal(stat(path_of(state), &file), 0);
    spoil(path_of(state), 0, (size_t)file.st_size);
    expect_set_aside(state, "");
    struct outbox *outbox = opened(state); /* what was in it, nobody knows; that it was, we do */
    assert_true(outbox_head(outbox)->damaged);
    assert_string_equal(outbox_head(outbox)->damaged_epoch, "");
    assert_int_equal(outbox_head(outbox)->damaged_rows, 0);
    outbox_close(outbox);
}

/* Its events tell what it was, but not which of them the centre has. */
static void a_file_without_its_first_page_is_told(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    fill_and_close(state);
    epoch_of(state, epoch);
    spoil(path_of(state), 0, 4096);
    expect_set_aside(state, epoch);
    struct outbox *outbox = opened(state);
    assert_string_equal(outbox_head(outbox)->damaged_epoch, epoch);
    assert_int_equal(outbox_head(outbox)->damaged_rows, 200);
    outbox_close(outbox);
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

static ino_t bad_file;

/* A card that does not give back what is in this file. */
static ssize_t read_card(int fd, void *bytes, size_t size, off_t offset)
{
    struct stat file;

    if (fstat(fd, &file) == 0 && file.st_ino == bad_file) {
        errno = EIO;
        return -1;
    }
    return pread(fd, bytes, size, offset);
}

static ssize_t read_card_on(int fd, void *bytes, size_t size)
{
    return read_card(fd, bytes, size, lseek(fd, 0, SEEK_CUR));
}

static void a_file_that_cannot_be_read_is_set_aside(void **state)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    struct stat file;

    fill_and_close(state);
    assert_int_equal(stat(path_of(state), &file), 0);
    bad_file = file.st_ino;
    vfs->xSetSystemCall(vfs, "read", (sqlite3_syscall_ptr)read_card_on);
    vfs->xSetSystemCall(vfs, "pread", (sqlite3_syscall_ptr)read_card);
    vfs->xSetSystemCall(vfs, "pread64", (sqlite3_syscall_ptr)read_card);
    expect_set_aside(state, "");
}

static void a_sound_file_that_makes_no_sense_is_set_aside(void **state)
{
    fill_and_close(state);
    change_by_sql(state, "UPDATE head SET last_seq = 100, last_receipt = 100");
    expect_set_aside(state, "");
}

/* SQLite finds nothing wrong with them; the cart starts, and what waits is sent. */
static void tables_that_do_not_fit_their_number_are_set_aside(void **state)
{
    static const char *const harm[] = {
        "DELETE FROM schema_number", /* its page was lost: all steps would be taken once more */
        "UPDATE schema_number SET number = 3",
        "ALTER TABLE head RENAME TO heae",
        "DROP TABLE receipts",
    };
    char epoch[EPOCH_LENGTH_MAX + 1];

    for (size_t i = 0; i < sizeof harm / sizeof *harm; i++) {
        fill_and_close(state);
        epoch_of(state, epoch);
        change_by_sql(state, harm[i]);
        expect_set_aside(state, epoch);
        assert_int_equal(scratch_each(*state, ".former-", unlink_one), 1);
        scratch_each(*state, "outbox", unlink_one);
    }
}

/* Two sound pages that changed their places: SQLite finds a table that is empty. */
static void what_waits_and_is_not_there_is_noticed(void **state)
{
    static const char *const harm[] = { "DELETE FROM events",
                                        "DELETE FROM events WHERE seq < 160" };
    char epoch[EPOCH_LENGTH_MAX + 1];

    for (size_t i = 0; i < sizeof harm / sizeof *harm; i++) {
        fill_and_close(state);
        epoch_of(state, epoch);
        change_by_sql(state, harm[i]);
        expect_set_aside(state, epoch);
        scratch_each(*state, "outbox", unlink_one);
    }
}

static void a_file_without_an_epoch_is_set_aside(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    fill_and_close(state);
    epoch_of(state, epoch);
    change_by_sql(state, "UPDATE head SET epoch = 'rubbish'");
    expect_set_aside(state, epoch);
    struct outbox *outbox = opened(state);
    assert_string_equal(outbox_head(outbox)->damaged_epoch, epoch); /* as its events have it */
    assert_int_equal(outbox_head(outbox)->damaged_rows, 50);
    outbox_close(outbox);
}

/* A card out of a machine that lost its power: the newest commits are in the log only. Its length.
 */
static off_t lose_power(void **state, int sales)
{
    char live[1024], command[6000];
    struct stat log;

    snprintf(live, sizeof live, "%s/live.db", ((struct scratch *)*state)->folder);
    struct outbox *outbox = outbox_open(live, "BBCL23", NOON_MS);
    assert_non_null(outbox);
    for (int i = 0; i < sales; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    snprintf(command, sizeof command, "cp '%s' '%s' && cp '%s-wal' '%s-wal'", live, path_of(state),
             live, path_of(state));
    assert_int_equal(system(command), 0);
    outbox_close(outbox);
    snprintf(live, sizeof live, "%s-wal", path_of(state));
    assert_int_equal(stat(live, &log), 0);
    return log.st_size;
}

static void spoil_log(void **state, off_t at)
{
    char log[1024], rubbish[512];

    snprintf(log, sizeof log, "%s-wal", path_of(state));
    int fd = open(log, O_RDWR);
    assert_true(fd >= 0);
    memset(rubbish, 0x55, sizeof rubbish);
    assert_int_equal(pwrite(fd, rubbish, sizeof rubbish, at), sizeof rubbish);
    close(fd);
}

/* SQLite would end the log there, and the next sale would get a number that is given. */
static void a_log_that_is_damaged_amid_its_commits(void **state)
{
    off_t length = lose_power(state, 30);

    spoil_log(state, length / 2 / 512 * 512);
    struct outbox *outbox = opened(state);
    assert_true(outbox_head(outbox)->damaged);
    assert_int_equal(outbox_head(outbox)->damaged_rows, 30); /* each is in later commits, too */
    assert_int_equal(outbox_head(outbox)->last_seq, 0);
    outbox_close(outbox);
}

/* The last commit was torn: its sale was told to nobody. */
static void a_power_cut_is_no_damage(void **state)
{
    off_t length = lose_power(state, 30);

    spoil_log(state, length - 6000);
    struct outbox *outbox = opened(state);
    assert_false(outbox_head(outbox)->damaged);
    assert_int_equal(outbox_head(outbox)->last_seq, 29);
    outbox_close(outbox);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("a log that is damaged amid its commits is set aside",
              a_log_that_is_damaged_amid_its_commits),
        CLAIM("a power cut in a commit is no damage", a_power_cut_is_no_damage),
        CLAIM("the file is in WAL mode and synced in full", the_settings_keep_data),
        CLAIM("a second writer is refused", there_is_one_writer),
        CLAIM("no folder, no outbox", without_a_folder_there_is_no_outbox),
        CLAIM("what a failing disk did not take never happened", a_failing_disk_records_nothing),
        CLAIM("a full disk is told from a failing one, and tried again",
              a_full_disk_records_nothing_and_may_be_tried_again),
        CLAIM("nothing is written after the disk failed", nothing_is_written_after_the_disk_failed),
        CLAIM("saving what was acknowledged shows a failing disk",
              what_is_saved_alone_shows_a_failing_disk_too),
        CLAIM("a kill loses nothing that was answered", a_kill_loses_nothing_that_was_said),
        CLAIM("a file of rubbish is set aside", a_file_of_rubbish_is_set_aside),
        CLAIM("a file without its first page is told", a_file_without_its_first_page_is_told),
        CLAIM("a damaged page begins a new epoch", a_damaged_page_begins_a_new_epoch_and_is_told),
        CLAIM("a file that was cut short is set aside", a_file_cut_short_is_set_aside),
        CLAIM("a file that cannot be read is set aside", a_file_that_cannot_be_read_is_set_aside),
        CLAIM("a head behind its events is set aside",
              a_sound_file_that_makes_no_sense_is_set_aside),
        CLAIM("tables that do not fit their number are set aside",
              tables_that_do_not_fit_their_number_are_set_aside),
        CLAIM("what waits and is not there is noticed", what_waits_and_is_not_there_is_noticed),
        CLAIM("a file without an epoch is set aside", a_file_without_an_epoch_is_set_aside),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
