/* Locks, opens and, where it must be, sets aside the outbox's file. */
#include "agent/outbox_file.h"
#include "agent/database.h"
#include "agent/outbox_aside.h"
#include "agent/outbox_head.h"
#include "agent/outbox_plate.h"
#include "agent/outbox_rescue.h"
#include "agent/outbox_schema.h"
#include "agent/outbox_split.h"
#include "agent/page_file.h"
#include "agent/room.h"
#include "agent/salvage.h"

#include "outbox_sql.h"

#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PATH_SIZE 4096

struct outbox_file {
    int fd; /* -1: nothing can be written, and there is no lock to hold */
};

struct outbox_file *outbox_file_lock(const char *path)
{
    char lock_path[PATH_SIZE];

    snprintf(lock_path, sizeof lock_path, "%s.lock", path);
    int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EROFS || errno == EACCES))
        fd = open(lock_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && (room_is_writable(path) || access(path, R_OK) != 0)) {
        log_error("outbox", "cannot make the lock", "path=%s error=%s", lock_path, strerror(errno));
        return NULL;
    }
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        log_error("outbox", "another agent has this outbox", "path=%s", path);
        close(fd);
        return NULL;
    }
    struct outbox_file *file = malloc(sizeof *file);
    if (file == NULL)
        abort();
    file->fd = fd;
    return file;
}

void outbox_file_unlock(struct outbox_file *file)
{
    if (file == NULL)
        return;
    if (file->fd >= 0)
        close(file->fd);
    free(file);
}

static bool set_aside_damaged(const char *path, int64_t wall_ms, struct outbox_damage *damage)
{
    char aside[ASIDE_PATH_SIZE];

    outbox_rescue(path, path, wall_ms, damage);
    damage->found = true;
    const struct aside as = { .kind = damage->whole ? ASIDE_WHOLE : ASIDE_DAMAGED,
                              .wall_ms = wall_ms };
    if (!outbox_aside_move(path, &as, aside))
        return false;
    log_error("outbox", "a damaged file was set aside, a new epoch begins",
              "path=%s epoch=%s rows=%lld", aside, damage->epoch, (long long)damage->rows);
    return true;
}

bool outbox_file_is_cut(const char *path)
{
    struct page_file *pages = page_file_open(path);
    bool is_cut = pages != NULL && page_file_log_is_cut(pages);

    page_file_close(pages);
    if (is_cut)
        log_error("outbox", "the log beside the file is damaged amid its commits", "path=%s", path);
    return is_cut;
}

/* Counters behind the rows would use numbers twice, so the file is as good as damaged. */
static enum database_result look_over(sqlite3 *db)
{
    sqlite3_stmt *row = NULL;
    int rc = sqlite3_prepare_v2(db, SQL_HEAD_FITS, -1, &row, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(row);
    enum database_result result = database_judge(db, rc);
    if (result == DATABASE_OK && sqlite3_column_int(row, 0) == 0) {
        log_error("outbox", "the counters do not fit the rows", NULL);
        result = DATABASE_DAMAGED;
    }
    sqlite3_finalize(row);
    return result;
}

/* One that is not what was written, as the rows have it. */
static enum database_result mend_head(sqlite3 *db, struct outbox_damage *damage)
{
    struct outbox_head head;

    if (!outbox_head_read(db, &head))
        return DATABASE_DAMAGED;
    damage->head = head.mended;
    return head.mended == HEAD_SOUND ? DATABASE_OK : outbox_head_mend(db, &head);
}

/* A new file gets its epoch here, and its plate. */
static enum database_result open_sound(const char *path, const char *cart,
                                       struct outbox_damage *damage, sqlite3 **db)
{
    enum database_result result = database_open(path, db);
    char epoch[EPOCH_LENGTH_MAX + 1];
    sqlite3_stmt *insert = NULL;

    if (result != DATABASE_OK)
        return result;
    epoch_make(epoch);
    result = outbox_schema_bring_up(*db);
    if (result == DATABASE_OK)
        result = database_run(*db, database_bind(*db, &insert, SQL_HEAD_INSERT, "ttit", epoch,
                                                 damage->found ? damage->epoch : NULL, damage->rows,
                                                 cart));
    sqlite3_finalize(insert);
    if (result == DATABASE_OK)
        result = mend_head(*db, damage);
    if (result == DATABASE_OK)
        result = look_over(*db);
    if (result == DATABASE_OK)
        return DATABASE_OK;
    sqlite3_close(*db);
    *db = NULL;
    return result;
}

static bool has_waiting(sqlite3 *db)
{
    sqlite3_stmt *row = NULL;
    bool waits = sqlite3_prepare_v2(db, SQL_HEAD_NUMBERS, -1, &row, NULL) == SQLITE_OK &&
                 sqlite3_step(row) == SQLITE_ROW &&
                 sqlite3_column_int64(row, 0) > sqlite3_column_int64(row, 1);

    sqlite3_finalize(row);
    return waits;
}

/* Closing empties the log, so that one file is all of it. */
static bool set_aside_former(sqlite3 *db, const char *path, int64_t wall_ms)
{
    char aside[ASIDE_PATH_SIZE], plate[CART_LENGTH_MAX + 1];
    const struct aside as = { has_waiting(db) ? ASIDE_FORMER : ASIDE_SENT, plate, wall_ms };

    outbox_plate_read(db, plate);
    sqlite3_close(db);
    if (!outbox_aside_move(path, &as, aside))
        return false;
    log_warn("outbox", "the outbox of another plate was set aside, a new epoch begins",
             "path=%s plate=%s", aside, plate);
    return true;
}

/* True where the file is the cart's, or nobody's: then it is from now on. One with other plates'
 * events that cannot leave it is nobody's to go on with: it waits as a former one (former.h). */
static bool goes_on(sqlite3 *db, const char *path, const char *cart, int64_t wall_ms)
{
    char plate[CART_LENGTH_MAX + 1];

    if (!outbox_split(db, path, wall_ms))
        return false;
    outbox_plate_read(db, plate);
    return plate[0] == '\0' || strcmp(plate, cart) == 0;
}

sqlite3 *outbox_file_open(const char *path, const char *cart, int64_t wall_ms,
                          struct outbox_damage *damage)
{
    sqlite3 *db = NULL;
    char reason[SCHEMA_REASON_SIZE];

    if (outbox_schema_refuses(path, reason)) {
        log_error("outbox", reason, "path=%s", path);
        return NULL;
    }
    if (outbox_file_is_cut(path) && !set_aside_damaged(path, wall_ms, damage))
        return NULL;
    enum database_result result = open_sound(path, cart, damage, &db);
    if (result == DATABASE_DAMAGED) /* a card may fail to read once */
        result = open_sound(path, cart, damage, &db);
    if (result == DATABASE_DAMAGED && set_aside_damaged(path, wall_ms, damage))
        result = open_sound(path, cart, damage, &db);
    if (result == DATABASE_OK && !goes_on(db, path, cart, wall_ms)) {
        bool is_aside = set_aside_former(db, path, wall_ms);
        db = NULL;
        result = is_aside ? open_sound(path, cart, damage, &db) : DATABASE_REFUSED;
    }
    if (result == DATABASE_OK)
        result = outbox_plate_write(db, cart);
    if (result == DATABASE_OK)
        return db;
    sqlite3_close(db);
    return NULL;
}

/* The answer of a question that has one row; "" where it cannot be read. */
static void ask(sqlite3 *db, const char *sql, char *answer, size_t size)
{
    sqlite3_stmt *row = NULL;

    answer[0] = '\0';
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW && sqlite3_column_text(row, 0) != NULL)
        snprintf(answer, size, "%s", (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
}

bool outbox_file_verify(sqlite3 *db, char *wrong, size_t size)
{
    char numbers[8];

    ask(db, "PRAGMA integrity_check(1)", wrong, size);
    if (strcmp(wrong, "ok") != 0) {
        if (wrong[0] == '\0')
            snprintf(wrong, size, "it cannot be read: %s", sqlite3_errmsg(db));
        return false;
    }
    wrong[0] = '\0';
    ask(db, SQL_NUMBERS_FIT, numbers, sizeof numbers);
    if (strcmp(numbers, "1") == 0)
        return true;
    snprintf(wrong, size, "numbers are missing among the events");
    return false;
}
