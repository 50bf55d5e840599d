/* Opens the outbox's database so that a commit survives a power cut. */
#include "agent/database.h"

#include "common/log.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#define BUSY_MS 2000

/* A small cache, since memory is short on a board and a commit touches a handful of pages. The
 * checkpoints are the caller's, in a quiet moment: one costs two more fsyncs, 40 ms and more on a
 * card, and SQLite would make it inside a sale. Where no moment is quiet, it does at 8 MB.
 *
 * SQLite up to 3.51.2 can lose pages where a writer begins the log anew under a checkpoint (the
 * "WAL-reset" fault). Here one connection of one thread does both, and the lock beside the file
 * keeps other agents away; so readers must never make a checkpoint (try_reader()). */
static const char setup[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                            "PRAGMA wal_autocheckpoint=2000; PRAGMA journal_size_limit=1048576;"
                            "PRAGMA cache_size=-512; PRAGMA temp_store=MEMORY;";

/* A part of the file that the card does not give back is as good as rubbish in it. */
static bool is_unreadable(int extended)
{
    return extended == SQLITE_IOERR_READ || extended == SQLITE_IOERR_SHORT_READ ||
           extended == SQLITE_IOERR_CORRUPTFS;
}

enum database_result database_judge(sqlite3 *db, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return DATABASE_OK;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* each of our statements is right where the tables are as they must be */
        log_error("outbox", "the file is damaged", "error=%s", sqlite3_errmsg(db));
        return DATABASE_DAMAGED;
    case SQLITE_FULL:
        log_error("outbox", "the disk is full", "error=%s", sqlite3_errmsg(db));
        return DATABASE_FULL;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_BUSY:
        log_error("outbox", "the file cannot be used", "code=%d error=%s",
                  sqlite3_extended_errcode(db), sqlite3_errmsg(db));
        return DATABASE_REFUSED;
    case SQLITE_IOERR:
        log_error("outbox", "the disk fails", "code=%d error=%s", sqlite3_extended_errcode(db),
                  sqlite3_errmsg(db));
        return is_unreadable(sqlite3_extended_errcode(db)) ? DATABASE_DAMAGED : DATABASE_BROKEN;
    default:
        log_error("outbox", "the database fails", "code=%d error=%s", sqlite3_extended_errcode(db),
                  sqlite3_errmsg(db));
        return DATABASE_BROKEN;
    }
}

enum database_result database_script(sqlite3 *db, const char *sql)
{
    return database_judge(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

/* The first column of the first row as text compared with `wanted`. */
static enum database_result expect(sqlite3 *db, const char *sql, const char *wanted)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    enum database_result result = database_judge(db, rc);
    const char *found = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    if (result == DATABASE_OK && (found == NULL || strcmp(found, wanted) != 0)) {
        log_error("outbox", "the database is not as it must be", "sql=%s found=%s", sql,
                  found != NULL ? found : "nothing");
        result = DATABASE_DAMAGED;
    }
    sqlite3_finalize(statement);
    return result;
}

static enum database_result open_with(const char *path, int flags, sqlite3 **db)
{
    int rc = sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    enum database_result result = *db != NULL ? database_judge(*db, rc) : DATABASE_BROKEN;

    if (result == DATABASE_OK) {
        sqlite3_busy_timeout(*db, BUSY_MS);
        return DATABASE_OK;
    }
    sqlite3_close(*db);
    *db = NULL;
    return result;
}

enum database_result database_check(sqlite3 *db)
{
    return expect(db, "PRAGMA quick_check(1)", "ok");
}

enum database_result database_open_unchecked(const char *path, sqlite3 **db)
{
    enum database_result result = open_with(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, db);

    if (result != DATABASE_OK)
        return result;
    result = database_script(*db, setup);
    /* A library built otherwise would lose the last sales in a power cut and say nothing. */
    if (result == DATABASE_OK && expect(*db, "PRAGMA synchronous", "2") != DATABASE_OK)
        result = DATABASE_REFUSED;
    if (result == DATABASE_OK && expect(*db, "PRAGMA journal_mode", "wal") != DATABASE_OK)
        result = DATABASE_REFUSED;
    if (result == DATABASE_OK)
        return DATABASE_OK;
    sqlite3_close(*db);
    *db = NULL;
    return result;
}

enum database_result database_open(const char *path, sqlite3 **db)
{
    enum database_result result = database_open_unchecked(path, db);

    if (result != DATABASE_OK)
        return result;
    result = database_check(*db);
    if (result == DATABASE_OK)
        return DATABASE_OK;
    sqlite3_close(*db);
    *db = NULL;
    return result;
}

/* Reads the first page, and so the log beside the file; SQLite's answer. */
static int try_reader(const char *path, const char *vfs, const char *pragma, sqlite3 **db)
{
    int rc = sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                             vfs);

    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(*db, BUSY_MS);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_wal_autocheckpoint(*db, 0);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(*db, pragma, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(*db, "PRAGMA schema_version", NULL, NULL, NULL);
    return rc;
}

/* A name of which SQLite's rules for URIs change nothing. */
static char *uri_of(const char *path, const char *options)
{
    sqlite3_str *uri = sqlite3_str_new(NULL);

    sqlite3_str_appendall(uri, "file:");
    for (const unsigned char *at = (const unsigned char *)path; *at != '\0'; at++)
        sqlite3_str_appendf(uri, strchr("?#%", *at) != NULL ? "%%%02X" : "%c", *at);
    sqlite3_str_appendall(uri, options);
    return sqlite3_str_finish(uri);
}

static bool has_log(const char *path)
{
    char *log = sqlite3_mprintf("%s-wal", path);
    struct stat file;
    bool there = log != NULL && stat(log, &file) == 0 && file.st_size > 0;

    sqlite3_free(log);
    return there;
}

/* Where nothing can be written there is no place for the index of the log (-shm). Without a log the
 * file is all; else the index is kept in memory, which SQLite does for who is alone with the file:
 * nobody writes to a card that is mounted read-only. */
static int try_read_only(const char *path, sqlite3 **db)
{
    bool log = has_log(path);
    char *uri = uri_of(path, log ? "" : "?immutable=1");
    int rc = SQLITE_NOMEM;

    if (uri != NULL)
        rc = try_reader(uri, log ? "unix-none" : NULL,
                        log ? "PRAGMA locking_mode=EXCLUSIVE" : "SELECT 1", db);
    sqlite3_free(uri);
    return rc;
}

enum database_result database_open_reader(const char *path, sqlite3 **db)
{
    int rc = try_reader(path, NULL, "SELECT 1", db);

    if ((rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_READONLY) {
        sqlite3_close(*db);
        rc = try_read_only(path, db);
    }
    enum database_result result = *db != NULL ? database_judge(*db, rc) : DATABASE_BROKEN;
    if (result == DATABASE_OK)
        return DATABASE_OK;
    sqlite3_close(*db);
    *db = NULL;
    return result;
}

static int bind_one(sqlite3_stmt *statement, int index, char type, va_list *values)
{
    int64_t integer;
    double number;
    const char *text;

    switch (type) {
    case 'i':
        return sqlite3_bind_int64(statement, index, va_arg(*values, int64_t));
    case 'o':
        integer = va_arg(*values, int64_t);
        return integer < 0 ? sqlite3_bind_null(statement, index)
                           : sqlite3_bind_int64(statement, index, integer);
    case 'n':
        number = va_arg(*values, double);
        return isnan(number) ? sqlite3_bind_null(statement, index)
                             : sqlite3_bind_double(statement, index, number);
    default:
        text = va_arg(*values, const char *);
        return sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
    }
}

sqlite3_stmt *database_bind(sqlite3 *db, sqlite3_stmt **statement, const char *sql,
                            const char *types, ...)
{
    int rc = SQLITE_OK;
    va_list values;

    if (*statement == NULL)
        rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    va_start(values, types);
    for (int i = 0; rc == SQLITE_OK && types[i] != '\0'; i++)
        rc = bind_one(*statement, i + 1, types[i], &values);
    va_end(values);
    if (rc == SQLITE_OK)
        return *statement;
    database_judge(db, rc);
    return NULL;
}

enum database_result database_run(sqlite3 *db, sqlite3_stmt *statement)
{
    if (statement == NULL) /* as database_bind() has said */
        return sqlite3_errcode(db) == SQLITE_ERROR ? DATABASE_DAMAGED : DATABASE_BROKEN;
    enum database_result result = database_judge(db, sqlite3_step(statement));
    sqlite3_reset(statement);
    return result;
}

enum database_result database_checkpoint(sqlite3 *db)
{
    return database_judge(
        db, sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL));
}
