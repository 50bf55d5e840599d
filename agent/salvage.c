/* Reads by SQLite for as long as all is well, and then by pages. */
#include "agent/salvage.h"
#include "agent/database.h"
#include "agent/outbox_head.h"
#include "agent/outbox_schema.h"
#include "agent/salvage_walk.h"

#include "outbox_sql.h"

#include "common/event.h"
#include "common/log.h"

#include <stdio.h>

struct salvage {
    const struct salvage_calls *calls;
    void *owner;
    struct salvage_report *report;
    bool only_waiting;
    bool has_head;
    int64_t head_seq; /* of the head: the last number */
    bool ended;       /* by the caller */
};

/* Of one that is not what was written only what the rows say counts. */
static void read_head(sqlite3 *db, struct salvage *salvage)
{
    struct outbox_head head;
    bool makes_sense = outbox_head_read(db, &head);

    if (head.mended == HEAD_REWOUND || head.epoch[0] == '\0')
        return;
    salvage->has_head = true;
    salvage->head_seq = head.last_seq;
    salvage->report->acked_seq = head.acked_seq;
    if (makes_sense)
        snprintf(salvage->report->epoch, sizeof salvage->report->epoch, "%s", head.epoch);
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
    if (salvage->report->rows > 0)
        return salvage->report->last_seq + 1;
    return salvage->has_head ? salvage->report->acked_seq + 1 : seq;
}

static int64_t begin_after(const struct salvage *salvage)
{
    if (salvage->report->rows > 0)
        return salvage->report->last_seq;
    return salvage->only_waiting && salvage->has_head ? salvage->report->acked_seq : 0;
}

static void give_out(struct salvage *salvage, const struct outbox_row *row)
{
    struct salvage_report *report = salvage->report;

    tell_hole(salvage, expected_seq(salvage, row->seq), row->seq - 1);
    if (report->rows++ == 0)
        report->first_seq = row->seq;
    report->last_seq = row->seq;
    salvage->ended = !salvage->calls->row(salvage->owner, row->bytes, row->length);
}

/* Is it the row that must come next? The first may be any up to the first that waits. */
static bool is_next(const struct salvage *salvage, const struct outbox_row *row)
{
    bool in_order = salvage->report->rows > 0 ? row->seq == salvage->report->last_seq + 1
                                              : row->seq <= salvage->report->acked_seq + 1;

    return in_order && outbox_row_is_event(row, salvage->report->epoch);
}

/* False at the first row that SQLite does not give as it must be, or the caller ended it. */
static bool read_in_order(sqlite3 *db, struct salvage *salvage)
{
    sqlite3_stmt *rows = NULL;
    struct outbox_row row;
    int rc = sqlite3_prepare_v2(db, SQL_EVENTS_FROM, -1, &rows, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int64(rows, 1, begin_after(salvage));
    if (rc == SQLITE_OK)
        rc = sqlite3_step(rows);
    while (rc == SQLITE_ROW && !salvage->ended) {
        outbox_row_take(rows, &row);
        if (!is_next(salvage, &row))
            break;
        give_out(salvage, &row);
        rc = sqlite3_step(rows);
    }
    sqlite3_finalize(rows);
    return rc == SQLITE_DONE && expected_seq(salvage, 1) == salvage->head_seq + 1;
}

/* True where that was all. */
static bool read_by_sqlite(const char *path, struct salvage *salvage)
{
    sqlite3 *db = NULL;
    bool whole = false;

    if (database_open_reader(path, &db) != DATABASE_OK)
        return false;
    if (outbox_schema_lend(db) == DATABASE_OK) {
        sqlite3_exec(db, "BEGIN", NULL, NULL, NULL); /* head and rows of one moment */
        read_head(db, salvage);
        whole =
            salvage->has_head && salvage->report->epoch[0] != '\0' && read_in_order(db, salvage);
    }
    sqlite3_close(db);
    return whole;
}

static void read_by_pages(struct page_file *pages, struct salvage *salvage)
{
    struct salvage_report *report = salvage->report;
    struct salvage_walk *walk = salvage_walk_open(pages, report->epoch, begin_after(salvage));
    struct outbox_row row;

    report->damaged = true;
    snprintf(report->epoch, sizeof report->epoch, "%s", salvage_walk_epoch(walk));
    while (!salvage->ended && salvage_walk_next(walk, &row))
        give_out(salvage, &row);
    salvage_walk_close(walk);
    if (!salvage->ended && salvage->has_head)
        tell_hole(salvage, expected_seq(salvage, 1), salvage->head_seq);
}

static bool read_all(const char *path, struct salvage *salvage)
{
    *salvage->report = (struct salvage_report){ .acked_seq = -1 };
    bool whole = read_by_sqlite(path, salvage);
    /* Only now: to close it would take the locks of what SQLite has open. */
    struct page_file *pages = page_file_open(path);
    if (pages == NULL) {
        log_error("outbox", "the file cannot be read", "path=%s", path);
        return false;
    }
    if (!salvage->ended && (!whole || page_file_log_is_cut(pages)))
        read_by_pages(pages, salvage);
    page_file_close(pages);
    return salvage->has_head || salvage->report->rows > 0;
}

bool salvage_events(const char *path, const struct salvage_calls *calls, void *owner,
                    struct salvage_report *report)
{
    struct salvage salvage = { .calls = calls, .owner = owner, .report = report };

    return read_all(path, &salvage);
}

bool salvage_waiting(const char *path, const struct salvage_calls *calls, void *owner,
                     struct salvage_report *report)
{
    struct salvage salvage = {
        .calls = calls, .owner = owner, .report = report, .only_waiting = true
    };

    return read_all(path, &salvage);
}
