/* Opens without a trace, and walks two sorted lists of tables. */
#include "common/sqlite_look.h"

#include "sqlite_look_sql.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096

/* The last connection that closes moves the log into the file, unless it is told not to. Told so it
 * would also leave an empty log behind where there was none. */
static int keep_log(const char *path, sqlite3 *db)
{
    char log[PATH_SIZE];
    struct stat status;

    snprintf(log, sizeof log, "%s-wal", path);
    if (stat(log, &status) != 0 || status.st_size == 0)
        return SQLITE_OK;
    return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

int sqlite_look_open(const char *path, sqlite3 **db)
{
    if (access(path, F_OK) != 0 && errno == ENOENT)
        path = ":memory:";
    /* Not read-only: such a connection leaves its log behind. */
    int rc = sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    return rc == SQLITE_OK ? keep_log(path, *db) : rc;
}

static const char *name_of(sqlite3_stmt *row)
{
    return (const char *)sqlite3_column_text(row, 0);
}

static int walk(sqlite3_stmt *ours, sqlite3_stmt *theirs, struct sqlite_difference *difference)
{
    int one = sqlite3_step(ours), other = sqlite3_step(theirs);

    while (one == SQLITE_ROW || other == SQLITE_ROW) {
        int order = one != SQLITE_ROW     ? 1
                    : other != SQLITE_ROW ? -1
                                          : strcmp(name_of(ours), name_of(theirs));
        difference->objects += order <= 0;
        difference->strange += order < 0;
        difference->missing += order > 0;
        if (order <= 0)
            one = sqlite3_step(ours);
        if (order >= 0)
            other = sqlite3_step(theirs);
    }
    return one != SQLITE_DONE ? one : other;
}

int sqlite_look_compare(sqlite3 *db, sqlite3 *model, struct sqlite_difference *difference)
{
    sqlite3_stmt *ours = NULL, *theirs = NULL;
    int rc = sqlite3_prepare_v2(db, SQL_OBJECTS, -1, &ours, NULL);

    *difference = (struct sqlite_difference){ 0 };
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(model, SQL_OBJECTS, -1, &theirs, NULL);
    if (rc == SQLITE_OK)
        rc = walk(ours, theirs, difference);
    sqlite3_finalize(ours);
    sqlite3_finalize(theirs);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int sqlite_look_numbered(sqlite3 *db, int *numbered)
{
    sqlite3_stmt *row = NULL;
    int rc = sqlite3_prepare_v2(db, SQL_NUMBERED, -1, &row, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(row);
    if (rc == SQLITE_ROW)
        *numbered = sqlite3_column_int(row, 0);
    sqlite3_finalize(row);
    return rc == SQLITE_ROW ? SQLITE_OK : rc;
}
