/* The SQLite driver: WAL, so that readers and the writer do not wait for each other.
 *
 * STORE_REPEATABLE is synchronous=NORMAL: a power cut may undo the last commits, results and
 * position in Kafka alike, and Kafka is read again from there. The file stays consistent (SQLite,
 * "Write-Ahead Logging", section 2.4, and 24 of 60 simulated cuts that lost rows and nothing else).
 * STORE_DURABLE is synchronous=FULL: what a person was told survives the cut. */
#include "collector/store/checkpoint.h"
#include "collector/store/store_driver.h"
#include "collector/store/store_sqlite_scrub.h"
#include "collector/store/store_sqlite_set.h"
#include "collector/store/store_sqlite_statements.h"
#include "collector/store/store_url.h"

#include "common/log.h"
#include "common/sqlite_look.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NAP_US_MIN     50 /* between two tries at the lock; a commit is over in about as much */
#define NAP_US_MAX     1000
#define NAPS_SHORT     20
#define LOG_FRAMES_MAX 48000 /* 192 MB: two seconds of a backlog */
#define SET_ROWS_MIN   4     /* fewer rows are quicker one by one */

/* The cache is enough for the pages that one batch of sales touches; the rest is the system's page
 * cache. No commit moves the log into the file: only tidy() may (checkpoint.h). What is deleted is
 * overwritten: of a person who was erased no page has a trace. */
#define SETUP                                                                                      \
    "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864;"    \
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-6000; PRAGMA secure_delete=ON;"

struct connection {
    sqlite3 *db;
    struct checkpoint *checkpoint; /* the keeper's only */
    int tidy_rc;                   /* the last tidy()'s, so that a lasting failure is said once */
    struct statements statements;
};

static enum store_result outcome(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return STORE_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
        return STORE_AGAIN;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STORE_DAMAGED;
    default:
        return STORE_NEVER;
    }
}

static enum store_result judge(struct connection *connection, int rc, const char *sql)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
        return STORE_OK;
    enum store_result result = outcome(rc);
    log_line(result == STORE_AGAIN ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, "sqlite",
             sqlite3_errmsg(connection->db), "code=%d sql=%s",
             sqlite3_extended_errcode(connection->db), sql);
    return result;
}

static const char *error(void *handle)
{
    struct connection *connection = handle;

    return connection->db != NULL ? sqlite3_errmsg(connection->db) : "no memory";
}

/* The marker that both databases read over as a comment, as SQLite is to understand it. */
static enum store_result run_script(void *handle, const char *sql)
{
    static const char marker[] = "/* WITHOUT ROWID */";
    struct connection *connection = handle;
    char *own = strdup(sql);

    if (own == NULL)
        return STORE_AGAIN;
    for (char *at = own; (at = strstr(at, marker)) != NULL; at++) {
        memcpy(at, "   ", 3);
        /* analysis: bugprone-not-null-terminated-result: the text goes on. */
        memcpy(at + sizeof marker - 3, "  ", 2);
    }
    int rc = sqlite3_exec(connection->db, own, NULL, NULL, NULL);
    enum store_result result = judge(connection, rc, sql);
    free(own);
    return result;
}

static void close_connection(void *handle)
{
    struct connection *connection = handle;

    statements_free(&connection->statements);
    sqlite3_close(connection->db);
    checkpoint_close(connection->checkpoint); /* the last: it may move all of the log */
    free(connection);
}

/* SQLite's own handler sleeps ever longer, to 100 ms; a turn at the lock is over in a few, most in
 * less than one. */
static int wait_for_lock(void *unused, int times)
{
    (void)unused;
    long nap_us = times < NAPS_SHORT ? NAP_US_MIN : NAP_US_MAX;
    nanosleep(&(struct timespec){ .tv_nsec = nap_us * 1000 }, NULL);
    return times < NAPS_SHORT + STORE_BUSY_MS * 1000 / NAP_US_MAX;
}

/* Nobody asks how much memory SQLite has in use; keeping count takes a lock at every allocation. */
static void set_up_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int open_file(struct connection *connection, const char *path,
                     enum store_durability durability)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

    return durability == STORE_LOOK ? sqlite_look_open(path, &connection->db)
                                    : sqlite3_open_v2(path, &connection->db, flags, NULL);
}

static bool set_up(struct connection *connection, enum store_durability durability)
{
    const char *synchronous =
        durability == STORE_DURABLE ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL";

    sqlite3_busy_handler(connection->db, wait_for_lock, NULL);
    if (durability == STORE_LOOK) /* sqlite_look_open() has seen to its log */
        return true;
    return sqlite3_db_config(connection->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) ==
               SQLITE_OK &&
           run_script(connection, SETUP) == STORE_OK &&
           run_script(connection, synchronous) == STORE_OK;
}

static void *open_connection(const char *path, enum store_durability durability,
                             struct store_cause *cause)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct connection *connection = calloc(1, sizeof *connection);

    if (connection == NULL)
        abort();
    pthread_once(&once, set_up_library);
    bool opened = open_file(connection, path, durability) == SQLITE_OK &&
                  sqlite_set_register(connection->db) == SQLITE_OK;
    if (opened && set_up(connection, durability))
        return connection;
    snprintf(cause->text, sizeof cause->text, "%s", error(connection));
    if (!opened)
        log_error("sqlite", "cannot open the store", "path=%s error=%s", path, cause->text);
    close_connection(connection);
    return NULL;
}

/* The tables that the script makes are made in memory, by the same run_script(). */
static enum store_result tables(void *handle, const char *script, struct store_tables *found)
{
    struct connection *connection = handle, model = { .db = NULL };
    struct sqlite_difference difference = { 0 };
    int numbered = 0;
    enum store_result result =
        judge(connection, sqlite_look_numbered(connection->db, &numbered), "sqlite_master");

    found->numbered = numbered != 0;
    if (result != STORE_OK || found->numbered)
        return result;
    result = judge(&model, sqlite3_open(":memory:", &model.db), "the model");
    if (result == STORE_OK)
        result = run_script(&model, script);
    if (result == STORE_OK)
        result = judge(connection, sqlite_look_compare(connection->db, model.db, &difference),
                       "sqlite_master");
    sqlite3_close(model.db);
    *found =
        (struct store_tables){ false, difference.objects, difference.strange, difference.missing };
    return result;
}

static enum store_result compile(struct connection *connection, const char *text,
                                 sqlite3_stmt **statement)
{
    return judge(
        connection,
        sqlite3_prepare_v3(connection->db, text, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL),
        text);
}

/* The prepared statement for this text; its address is the key. */
static enum store_result prepare(struct connection *connection, const char *sql,
                                 sqlite3_stmt **statement)
{
    sqlite3_stmt **found = statements_find(&connection->statements, sql);
    enum store_result result = *found != NULL ? STORE_OK : compile(connection, sql, found);

    *statement = *found;
    return result;
}

/* `kept` says how long text and bytes are there: SQLITE_TRANSIENT copies them. */
static int bind_value(sqlite3_stmt *statement, int index, const struct store_value *value,
                      sqlite3_destructor_type kept)
{
    switch (value->type) {
    case 'i':
        return sqlite3_bind_int64(statement, index, value->integer);
    case 'n':
        return sqlite3_bind_double(statement, index, value->number);
    case 't':
        return sqlite3_bind_text(statement, index, value->bytes, (int)value->length, kept);
    case 'b':
        return sqlite3_bind_blob(statement, index, value->bytes, (int)value->length, kept);
    default:
        return sqlite3_bind_null(statement, index);
    }
}

static enum store_result bind(struct connection *connection, const struct store_statement *asked,
                              sqlite3_destructor_type kept, sqlite3_stmt **statement)
{
    enum store_result result = prepare(connection, asked->sql, statement);

    if (result != STORE_OK)
        return result;
    if (sqlite3_stmt_busy(*statement)) {
        log_error("sqlite", "a query is asked again while it is read", "sql=%s", asked->sql);
        return STORE_NEVER;
    }
    for (int i = 0; i < asked->count; i++) {
        int rc = bind_value(*statement, i + 1, &asked->values[i], kept);
        if (rc != SQLITE_OK)
            return judge(connection, rc, asked->sql);
    }
    return STORE_OK;
}

static enum store_result start(void *handle, const struct store_statement *asked, void **cursor)
{
    sqlite3_stmt *statement = NULL;
    enum store_result result = bind(handle, asked, SQLITE_TRANSIENT, &statement);

    *cursor = result == STORE_OK ? statement : NULL;
    return result;
}

/* Its texts are there until it has run. */
static enum store_result run(void *handle, const struct store_statement *asked, int64_t *changed)
{
    struct connection *connection = handle;
    sqlite3_stmt *statement = NULL;
    enum store_result result = bind(connection, asked, SQLITE_STATIC, &statement);

    if (result != STORE_OK)
        return result;
    result = judge(connection, sqlite3_step(statement), asked->sql);
    *changed = sqlite3_changes64(connection->db);
    sqlite3_reset(statement);
    return result;
}

/* One by one: what has no set, and what is too little for one. */
static enum store_result run_rows(void *handle, const struct store_set *set)
{
    enum store_result result = STORE_OK;
    int64_t changed;

    for (size_t i = 0; i < set->rows && result == STORE_OK; i++)
        result = run(handle,
                     &(struct store_statement){ .sql = set->sql,
                                                .values = set->values + i * (size_t)set->columns,
                                                .count = set->columns },
                     &changed);
    return result;
}

/* Its statement is kept beside the single one, by the address of the second letter. */
static enum store_result run_set(void *handle, const struct store_set *set)
{
    struct connection *connection = handle;

    if (set->rows < SET_ROWS_MIN)
        return run_rows(handle, set);
    sqlite3_stmt **found = statements_find(&connection->statements, set->sql + 1);
    if (*found == NULL) {
        char *text = sqlite_set_text(set->sql);
        enum store_result result =
            text != NULL ? compile(connection, text, found) : run_rows(handle, set);
        free(text);
        if (*found == NULL)
            return result;
    }
    int rc = sqlite_set_bind(*found, set);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(*found);
    enum store_result result = judge(connection, rc, set->sql);
    sqlite3_reset(*found);
    sqlite3_clear_bindings(*found);
    return result;
}

static enum store_result next(void *cursor, bool *row)
{
    int rc = sqlite3_step(cursor);

    *row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return STORE_OK;
    struct connection unnamed = { .db = sqlite3_db_handle(cursor) };
    return judge(&unnamed, rc, sqlite3_sql(cursor));
}

static void end(void *cursor)
{
    sqlite3_reset(cursor);
}

static bool is_null(void *cursor, int column)
{
    return sqlite3_column_type(cursor, column) == SQLITE_NULL;
}

static int64_t integer(void *cursor, int column)
{
    return sqlite3_column_int64(cursor, column);
}

static double number(void *cursor, int column)
{
    return sqlite3_column_double(cursor, column);
}

static const char *text(void *cursor, int column)
{
    return (const char *)sqlite3_column_text(cursor, column);
}

static const void *bytes(void *cursor, int column, size_t *length)
{
    const void *value = sqlite3_column_blob(cursor, column);

    *length = (size_t)sqlite3_column_bytes(cursor, column);
    return value;
}

/* A store in memory has no name, and no log. */
static bool open_checkpoint(struct connection *connection, int *rc)
{
    const char *path = sqlite3_db_filename(connection->db, "main");

    *rc = SQLITE_OK;
    if (connection->checkpoint == NULL && path != NULL && path[0] != '\0')
        connection->checkpoint = checkpoint_open(path, rc);
    return connection->checkpoint != NULL;
}

/* A reader with an old picture is not waited for: the next time will do. */
static enum store_result tidy(void *handle, const struct store_release *release, bool *more)
{
    struct connection *connection = handle;
    int frames = 0, rc;

    *more = false;
    if (open_checkpoint(connection, &rc))
        rc = checkpoint_turn(connection->checkpoint, release, &frames);
    *more = rc == SQLITE_OK && frames > LOG_FRAMES_MAX;
    if (rc != connection->tidy_rc && outcome(rc) != STORE_OK)
        log_warn("sqlite", "the log is not moved into the file", "code=%d error=%s", rc,
                 sqlite3_errstr(rc));
    connection->tidy_rc = rc;
    return outcome(rc);
}

/* Is the first row of the query this text? */
static bool answers(sqlite3 *db, const char *sql, const char *expected)
{
    sqlite3_stmt *statement = NULL;
    bool same = false;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        const char *found = (const char *)sqlite3_column_text(statement, 0);
        same = found != NULL && strcmp(found, expected) == 0;
        if (!same)
            log_error("sqlite", "not what was expected", "sql=%s answer=%s", sql,
                      found != NULL ? found : "");
    }
    sqlite3_finalize(statement);
    return same;
}

static bool is_sound(const char *path)
{
    sqlite3 *db = NULL;
    bool sound = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
                 answers(db, "PRAGMA integrity_check(1)", "ok");

    sqlite3_close(db);
    return sound;
}

/* One read transaction: a picture of one moment, while writers go on in the log. The online backup
 * interface would begin anew at each commit of another process. */
static bool backup(void *handle, const char *path)
{
    struct connection *connection = handle;
    const char sql[] = "VACUUM INTO ?";
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(connection->db, sql, -1, &statement, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return judge(connection, rc, sql) == STORE_OK && is_sound(path);
}

/* The log can only be given up by the last connection; in exclusive mode the lock that this takes
 * is kept (SQLite, "Write-Ahead Logging", sections 8 and 2.3). */
static bool alone(void *handle)
{
    struct connection *connection = handle;
    bool last;

    sqlite3_busy_handler(connection->db, NULL, NULL);
    last = sqlite3_exec(connection->db, "PRAGMA locking_mode=EXCLUSIVE", NULL, NULL, NULL) ==
               SQLITE_OK &&
           answers(connection->db, "PRAGMA journal_mode=DELETE", "delete");
    sqlite3_busy_handler(connection->db, wait_for_lock, NULL);
    return last;
}

static bool is_open(void *handle)
{
    return sqlite3_get_autocommit(((struct connection *)handle)->db) == 0;
}

static void scrub_begin(void *handle)
{
    sqlite_scrub_begin(((struct connection *)handle)->db);
}

static bool scrub_end(void *handle)
{
    return sqlite_scrub_end(((struct connection *)handle)->db);
}

const struct store_driver store_sqlite = {
    .scheme = STORE_SQLITE_SCHEME,
    .open = open_connection,
    .close = close_connection,
    .error = error,
    .tables = tables,
    .script = run_script,
    .run = run,
    .run_set = run_set,
    .query = start,
    .next = next,
    .cursor_end = end,
    .is_null = is_null,
    .integer = integer,
    .number = number,
    .text = text,
    .bytes = bytes,
    .tidy = tidy,
    .scrub_begin = scrub_begin,
    .scrub_end = scrub_end,
    .backup = backup,
    .alone = alone,
    .is_open = is_open,
    .begin = "BEGIN IMMEDIATE",
    .begin_read = "BEGIN",
};
