/* Copies first, then takes away in one transaction: a power cut between the two makes a second copy
 * of the same events, which the centre counts once. */
#include "agent/outbox_split.h"
#include "agent/outbox_draft.h"
#include "agent/outbox_plate.h"

#include "outbox_sql.h"
#include "totals_sql.h"

#include "common/log.h"

#include <stdio.h>
#include <string.h>

struct split {
    sqlite3 *db;
    struct outbox_drafts drafts;
    int64_t acked_seq, upto_seq;
    int64_t receipt; /* the last one up to there; 0: none */
};

static bool read_event(sqlite3_stmt *row, int column, struct event *event)
{
    struct json_reason why;

    return sqlite3_column_text(row, column) != NULL &&
           event_read((const char *)sqlite3_column_text(row, column),
                      (size_t)sqlite3_column_bytes(row, column), event, &why);
}

/* SQLite looks for the plate as the agent writes it, which is quick; what it does not find is read.
 */
int64_t outbox_split_upto(sqlite3 *db, const char *plate, char other[CART_LENGTH_MAX + 1])
{
    char member[CART_LENGTH_MAX + sizeof "\"cart\":\"\""];
    sqlite3_stmt *rows = NULL;
    struct event event;
    int64_t upto = 0;

    snprintf(member, sizeof member, "\"cart\":\"%s\"", plate);
    database_bind(db, &rows, SQL_EVENTS_OF_OTHERS, "t", member);
    while (rows != NULL && upto == 0 && sqlite3_step(rows) == SQLITE_ROW)
        if (read_event(rows, 1, &event) && strcmp(event.cart, plate) != 0)
            upto = sqlite3_column_int64(rows, 0);
    sqlite3_finalize(rows);
    snprintf(other, CART_LENGTH_MAX + 1, "%s", upto > 0 ? event.cart : "");
    return upto;
}

static enum database_result copy_rows(struct split *split)
{
    sqlite3_stmt *rows = NULL;
    struct event event;
    int rc = SQLITE_ERROR;

    database_bind(split->db, &rows, SQL_EVENTS_WAITING_UPTO, "i", split->upto_seq);
    while (rows != NULL && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        outbox_drafts_take(&split->drafts, (const char *)sqlite3_column_text(rows, 0),
                           (size_t)sqlite3_column_bytes(rows, 0));
        if (read_event(rows, 0, &event) && event.type == EVENT_SALE)
            split->receipt = event.receipt;
    }
    sqlite3_finalize(rows);
    return rc == SQLITE_DONE ? DATABASE_OK : database_judge(split->db, rc);
}

/* The receipts go, too: `today` is the plate's own, and so is what it may take back. The totals
 * begin behind them when the file is opened. */
static enum database_result take_away(struct split *split)
{
    sqlite3_stmt *events = NULL, *receipts = NULL, *head = NULL;
    enum database_result result = database_script(split->db, "BEGIN IMMEDIATE");

    if (result == DATABASE_OK)
        result = database_run(
            split->db, database_bind(split->db, &events, SQL_SPLIT_EVENTS, "i", split->upto_seq));
    if (result == DATABASE_OK)
        result = database_run(split->db, database_bind(split->db, &receipts, SQL_SPLIT_RECEIPTS,
                                                       "i", split->receipt));
    if (result == DATABASE_OK)
        result = database_run(
            split->db, database_bind(split->db, &head, SQL_SPLIT_HEAD, "i", split->upto_seq));
    sqlite3_finalize(events);
    sqlite3_finalize(receipts);
    sqlite3_finalize(head);
    if (result == DATABASE_OK)
        result = database_script(split->db, SQL_TOTALS_CLEAR);
    if (result == DATABASE_OK)
        result = database_script(split->db, "COMMIT");
    if (result != DATABASE_OK)
        sqlite3_exec(split->db, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

bool outbox_split(sqlite3 *db, const char *outbox, int64_t wall_ms)
{
    char plate[CART_LENGTH_MAX + 1], other[CART_LENGTH_MAX + 1];
    struct split split = { .db = db };

    if (outbox_plate_named(db, plate))
        return true;
    outbox_plate_read(db, plate);
    split.upto_seq = plate[0] != '\0' ? outbox_split_upto(db, plate, other) : 0;
    if (split.upto_seq == 0)
        return true;
    outbox_drafts_begin(&split.drafts, outbox);
    enum database_result result = copy_rows(&split);
    if (result != DATABASE_OK)
        split.drafts.result = result;
    bool copied = outbox_drafts_end(&split.drafts, -1, wall_ms);
    if (copied && take_away(&split) == DATABASE_OK) {
        log_warn("outbox", "events of other plates left the outbox", "plate=%s upto_seq=%lld",
                 plate, (long long)split.upto_seq);
        return true;
    }
    log_error("outbox", "events of other plates cannot be set aside", "plate=%s upto_seq=%lld",
              plate, (long long)split.upto_seq);
    return false;
}
