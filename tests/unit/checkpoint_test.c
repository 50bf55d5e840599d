/* Claims about how SQLite's log gets into the store's file: never beside a writer who begins the
 * log anew (the "WAL-reset" fault, checkpoint.h), without holding up writers, and so that the log
 * does not grow for ever. A file system of the test's own, under SQLite, acts at the moments that
 * count. */
#include "collector/store/store.h"

#include "scratch.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define ROWS      40
#define ROW_BYTES 9000 /* three pages */
#define LOG_MAX   (224 * 1024 * 1024)
#define LOG_TURNS 260 /* of a megabyte each */
#define MEGABYTE  1048576
#define FILE_ROOM 8

/* Behind the system's own structure of an open file. */
struct shimmed {
    const sqlite3_io_methods *real;
    sqlite3_io_methods methods;
};

enum moment { NEVER, HEADER_READ, PAGES_MOVE };

struct room {
    struct scratch scratch;
    char url[sizeof((struct scratch *)NULL)->path + 16];
    struct store *keeper;
    sqlite3 *writer; /* waits for nobody */
};

/* What the file system under SQLite does; it is called without an argument of ours. */
static struct {
    int room_bytes; /* of the system's structure */
    enum moment moment;
    sqlite3 *writer;
    const char *sql;
    int calls, rc;
} shim;

static const char one_more[] = "INSERT INTO things (raw) VALUES (zeroblob(9000))";

static int64_t ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *row = NULL;
    int64_t value = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW)
        value = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return value;
}

static void act(enum moment moment)
{
    if (shim.moment != moment)
        return;
    shim.moment = NEVER;
    shim.calls++;
    shim.rc = sqlite3_exec(shim.writer, shim.sql, NULL, NULL, NULL);
}

static struct shimmed *shimmed_of(sqlite3_file *file)
{
    return (struct shimmed *)(void *)((char *)file + shim.room_bytes);
}

/* SQLite calls it once a checkpoint has read the log's header, and before it looks whether there is
 * anything to do. */
static int unfetch(sqlite3_file *file, sqlite3_int64 offset, void *page)
{
    if (page == NULL)
        act(HEADER_READ);
    return shimmed_of(file)->real->xUnfetch(file, offset, page);
}

static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    act(PAGES_MOVE);
    return shimmed_of(file)->real->xWrite(file, bytes, count, offset);
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *out_flags)
{
    sqlite3_vfs *real = vfs->pAppData;
    int rc = real->xOpen(real, name, file, flags, out_flags);

    if (rc != SQLITE_OK || file->pMethods == NULL || (flags & SQLITE_OPEN_MAIN_DB) == 0)
        return rc;
    struct shimmed *shimmed = shimmed_of(file);
    shimmed->real = file->pMethods;
    shimmed->methods = *file->pMethods;
    shimmed->methods.xUnfetch = unfetch;
    shimmed->methods.xWrite = write_file;
    file->pMethods = &shimmed->methods;
    return SQLITE_OK;
}

static void use_shim(void)
{
    static sqlite3_vfs vfs;
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);

    shim.room_bytes = (real->szOsFile + FILE_ROOM - 1) / FILE_ROOM * FILE_ROOM;
    vfs = *real;
    vfs.zName = "shim";
    vfs.szOsFile = shim.room_bytes + (int)sizeof(struct shimmed);
    vfs.pAppData = real;
    vfs.xOpen = open_file;
    assert_int_equal(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}

static int enter(void **state)
{
    struct room *room = calloc(1, sizeof *room);

    if (room == NULL)
        return -1;
    scratch_make(&room->scratch);
    snprintf(room->url, sizeof room->url, "sqlite://%s", room->scratch.path);
    room->keeper = store_open(room->url, STORE_REPEATABLE);
    store_run(room->keeper, "CREATE TABLE things (id INTEGER PRIMARY KEY, raw BYTEA)", "");
    *state = room;
    return sqlite3_open(room->scratch.path, &room->writer) != SQLITE_OK ||
           sqlite3_exec(room->writer, "PRAGMA wal_autocheckpoint=0", NULL, NULL, NULL) != SQLITE_OK;
}

static int leave(void **state)
{
    struct room *room = *state;

    shim.moment = NEVER;
    sqlite3_close(room->writer);
    store_close(room->keeper);
    scratch_remove(&room->scratch);
    free(room);
    return 0;
}

static void at(struct room *room, enum moment moment, const char *sql)
{
    shim.writer = room->writer;
    shim.sql = sql;
    shim.calls = 0;
    shim.rc = -1;
    shim.moment = moment;
}

static void add_rows(struct room *room, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(sqlite3_exec(room->writer, one_more, NULL, NULL, NULL), SQLITE_OK);
}

/* What somebody sees who has nothing in memory yet. */
static int64_t rows_for_a_stranger(struct room *room)
{
    sqlite3 *stranger = NULL;

    assert_int_equal(sqlite3_open(room->scratch.path, &stranger), SQLITE_OK);
    sqlite3_db_config(stranger, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    int64_t count = ask(stranger, "SELECT COUNT(*) FROM things WHERE length(raw) = 9000");
    sqlite3_close(stranger);
    return count;
}

static off_t log_bytes(struct room *room)
{
    char path[sizeof room->scratch.path + 8];
    struct stat status;

    snprintf(path, sizeof path, "%s-wal", room->scratch.path);
    return stat(path, &status) == 0 ? status.st_size : -1;
}

static void a_writer_cannot_begin_the_log_anew_under_a_checkpoint(void **state)
{
    struct room *room = *state;
    int64_t committed = ROWS;

    store_tidy(room->keeper);
    add_rows(room, ROWS);
    store_tidy(room->keeper);
    at(room, HEADER_READ, one_more);
    store_tidy(room->keeper); /* has nothing to do */
    assert_int_equal(shim.calls, 1);
    committed += shim.rc == SQLITE_OK;
    /* Until the new log is as long as the old one, and longer. */
    for (int i = 0; i < 2 * ROWS; i++) {
        add_rows(room, 1);
        assert_int_equal(rows_for_a_stranger(room), ++committed);
    }
    store_tidy(room->keeper);
    assert_int_equal(rows_for_a_stranger(room), committed);
    assert_int_equal(ask(room->writer, "SELECT COUNT(*) FROM pragma_integrity_check "
                                       "WHERE integrity_check = 'ok'"),
                     1);
    assert_int_equal(shim.rc, SQLITE_BUSY);
}

static void a_writer_goes_on_while_pages_move(void **state)
{
    struct room *room = *state;

    add_rows(room, ROWS);
    at(room, PAGES_MOVE, one_more);
    store_tidy(room->keeper);
    assert_int_equal(shim.calls, 1);
    assert_int_equal(shim.rc, SQLITE_OK);
    assert_int_equal(rows_for_a_stranger(room), ROWS + 1);
    store_tidy(room->keeper);
    add_rows(room, 1);
    assert_int_equal(rows_for_a_stranger(room), ROWS + 2);
}

/* Somebody writes during every turn, so that none of them comes to the log's end by itself. */
static void the_log_does_not_grow_for_ever(void **state)
{
    static const char megabyte[] = "UPDATE things SET raw = randomblob(1048576) WHERE id = 1";
    struct room *room = *state;
    off_t most = 0;
    int written = 0;

    add_rows(room, 1);
    for (int i = 0; i < LOG_TURNS; i++) {
        at(room, PAGES_MOVE, megabyte);
        store_tidy(room->keeper);
        if (shim.calls == 0) /* all was moved; the log is begun anew */
            act(PAGES_MOVE);
        written += shim.rc == SQLITE_OK;
        most = log_bytes(room) > most ? log_bytes(room) : most;
    }
    assert_true(written > LOG_MAX / MEGABYTE + 10);
    assert_true(most < LOG_MAX);
}

static void nobody_else_moves_the_log(void **state)
{
    struct room *room = *state;
    struct store *other = store_open(room->url, STORE_DURABLE);

    /* More than any commit left to itself would bear. */
    add_rows(room, 1);
    for (int i = 0; i < 2 * ROWS; i++)
        store_run(other, "UPDATE things SET raw = randomblob(1048576) WHERE id = 1", "");
    assert_int_equal(store_status(other), STORE_OK);
    assert_true(log_bytes(room) > 2 * ROWS * (off_t)MEGABYTE);
    sqlite3_close(room->writer);
    room->writer = NULL;
    store_close(room->keeper);
    room->keeper = NULL;
    store_close(other);
    assert_true(log_bytes(room) > 2 * ROWS * (off_t)MEGABYTE);
    room->keeper = store_open(room->url, STORE_REPEATABLE);
    store_tidy(room->keeper);
    store_close(room->keeper);
    room->keeper = NULL;
    assert_int_equal(log_bytes(room), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a writer cannot begin the log anew under a checkpoint",
          a_writer_cannot_begin_the_log_anew_under_a_checkpoint, enter, leave, NULL },
        { "a writer goes on while pages move", a_writer_goes_on_while_pages_move, enter, leave,
          NULL },
        { "the log does not grow for ever", the_log_does_not_grow_for_ever, enter, leave, NULL },
        { "nobody but who tidies moves the log", nobody_else_moves_the_log, enter, leave, NULL },
    };

    use_shim();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
