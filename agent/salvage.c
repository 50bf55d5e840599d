/* Reads on behind a hole: from each number that cannot be read to the next. */
#include "agent/salvage.h"
#include "agent/database.h"

#include "outbox_sql.h"

#include "common/event.h"

#include <string.h>

#define PROBES_MAX         20000000 /* numbers that are tried in holes: some minutes on a board */
#define PROBES_BLINDLY_MAX 100000   /* of them behind the last row, where the head is lost */

struct salvage {
    const struct salvage_calls *calls;
    void *owner;
    struct salvage_report *report;
    int64_t next_seq;            /* where the reading goes on */
    int64_t head_seq, acked_seq; /* of the head; -1: it cannot be read */
    int64_t probes;
    bool ended; /* by the caller */
};

static void read_head(sqlite3 *db, struct salvage *salvage)
{
    sqlite3_stmt *row = NULL;

    salvage->head_seq = salvage->acked_seq = -1;
    if (sqlite3_prepare_v2(db, SQL_HEAD_NUMBERS, -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW) {
        salvage->head_seq = sqlite3_column_int64(row, 0);
        salvage->acked_seq = sqlite3_column_int64(row, 1);
    } else {
        salvage->report->damaged = true;
    }
    sqlite3_finalize(row);
}

static bool is_its_event(const char *bytes, size_t length, int64_t seq)
{
    struct json_reason why;
    struct event event;

    return bytes != NULL && event_read(bytes, length, &event, &why) && event.seq == seq;
}

static void tell_hole(struct salvage *salvage, int64_t first_seq, int64_t last_seq)
{
    if (first_seq > last_seq)
        return;
    salvage->report->missing += last_seq - first_seq + 1;
    salvage->calls->hole(salvage->owner, first_seq, last_seq);
}

/* From which number on all must be there: only what was acknowledged is ever removed. */
static int64_t expected_seq(const struct salvage *salvage, int64_t seq)
{
    if (salvage->report->last_seq > 0)
        return salvage->report->last_seq + 1;
    return salvage->acked_seq >= 0 ? salvage->acked_seq + 1 : seq;
}

static void take_row(struct salvage *salvage, sqlite3_stmt *row)
{
    struct salvage_report *report = salvage->report;
    int64_t seq = sqlite3_column_int64(row, 0);
    const char *bytes = (const char *)sqlite3_column_text(row, 1);
    size_t length = (size_t)sqlite3_column_bytes(row, 1);

    salvage->next_seq = seq + 1;
    if (!is_its_event(bytes, length, seq)) {
        report->damaged = true;
        return;
    }
    tell_hole(salvage, expected_seq(salvage, seq), seq - 1);
    if (report->rows++ == 0)
        report->first_seq = seq;
    report->last_seq = seq;
    salvage->ended = !salvage->calls->row(salvage->owner, bytes, length);
}

static bool may_probe(const struct salvage *salvage)
{
    if (salvage->probes >= PROBES_MAX)
        return false;
    if (salvage->head_seq >= 0)
        return salvage->next_seq <= salvage->head_seq;
    return salvage->next_seq <= salvage->report->last_seq + PROBES_BLINDLY_MAX;
}

/* All rows from next_seq on, up to the first that cannot be read. True at the end of the rows. */
static bool read_stretch(struct salvage *salvage, sqlite3_stmt *rows)
{
    int rc;

    sqlite3_bind_int64(rows, 1, salvage->next_seq);
    while ((rc = sqlite3_step(rows)) == SQLITE_ROW && !salvage->ended)
        take_row(salvage, rows);
    sqlite3_reset(rows);
    return rc == SQLITE_DONE || salvage->ended;
}

static bool read_rows(sqlite3 *db, struct salvage *salvage)
{
    sqlite3_stmt *rows = NULL;

    if (database_judge(db, sqlite3_prepare_v2(db, SQL_EVENTS_FROM, -1, &rows, NULL)) != DATABASE_OK)
        return false;
    while (!read_stretch(salvage, rows)) {
        salvage->report->damaged = true;
        salvage->next_seq++;
        salvage->probes++;
        if (!may_probe(salvage))
            break;
    }
    sqlite3_finalize(rows);
    if (!salvage->ended)
        tell_hole(salvage, expected_seq(salvage, salvage->head_seq + 1), salvage->head_seq);
    return true;
}

bool salvage_events(const char *path, const struct salvage_calls *calls, void *owner,
                    struct salvage_report *report)
{
    struct salvage salvage = { .calls = calls, .owner = owner, .report = report, .next_seq = 1 };
    sqlite3 *db = NULL;

    *report = (struct salvage_report){ 0 };
    if (database_open_reader(path, &db) != DATABASE_OK)
        return false;
    sqlite3_exec(db, "BEGIN", NULL, NULL, NULL); /* head and rows of one moment */
    read_head(db, &salvage);
    bool read = read_rows(db, &salvage);
    sqlite3_close(db);
    return read;
}
