/* How long ago events were acknowledged, so that the centre can have a week of them again.
 *
 * A board has no clock that may be believed: it boots in 1970, a receiver says 2034. So no clock is
 * asked at all: what counts is the time that the agent has run with this file, by the monotonic
 * clock, noted once an hour. What it was off, and what had not been noted when its power went, does
 * not count: rows may stay longer than a week, never shorter. */
#include "agent/outbox_parts.h"

#include "outbox_age_sql.h"

#include "common/log.h"

#define NOTE_MS  3600000LL
#define RETRY_MS 60000 /* after a note that the disk did not take */

static void read_notes(struct outbox *outbox)
{
    sqlite3_stmt *statement = NULL;
    sqlite3_stmt *row =
        database_bind(outbox->db, &statement, SQL_AGE_READ, "i", OUTBOX_KEPT_MS_MIN);

    if (row != NULL && outbox_next_row(outbox, row)) {
        outbox->ran_ms = sqlite3_column_int64(row, 0);
        outbox->aged_seq = sqlite3_column_int64(row, 1);
    }
    sqlite3_finalize(statement);
}

static enum database_result note(struct outbox *outbox, int64_t ran_ms)
{
    sqlite3_stmt *statement = NULL, *old = NULL;
    enum database_result result =
        database_run(outbox->db, database_bind(outbox->db, &statement, SQL_AGE_NOTE, "ii", ran_ms,
                                               outbox->head.acked_seq));

    if (result == DATABASE_OK)
        result = database_run(
            outbox->db, database_bind(outbox->db, &old, SQL_AGE_FORGET, "i", OUTBOX_KEPT_MS_MIN));
    sqlite3_finalize(statement);
    sqlite3_finalize(old);
    return result;
}

void outbox_age(struct outbox *outbox, int64_t mono_ms)
{
    if (outbox->read_only || outbox->broken)
        return;
    if (!outbox->ages) {
        outbox->ages = true;
        outbox->noted_mono_ms = mono_ms;
        read_notes(outbox);
        return;
    }
    int64_t elapsed_ms = mono_ms - outbox->noted_mono_ms;
    if (elapsed_ms < NOTE_MS)
        return;
    enum outbox_result result = outbox_outcome(outbox, note(outbox, outbox->ran_ms + elapsed_ms));
    outbox->noted_mono_ms = result == OUTBOX_OK ? mono_ms : mono_ms - NOTE_MS + RETRY_MS;
    if (result == OUTBOX_OK)
        read_notes(outbox);
}

int64_t outbox_may_go(const struct outbox *outbox)
{
    return outbox->aged_seq < outbox->head.acked_seq ? outbox->aged_seq : outbox->head.acked_seq;
}

void outbox_tell_early(struct outbox *outbox)
{
    sqlite3_stmt *row = NULL;

    if (outbox->early_told)
        return;
    if (sqlite3_prepare_v2(outbox->db, SQL_EVENTS_OLDEST, -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW &&
        sqlite3_column_int64(row, 0) > outbox_may_go(outbox) + 1) {
        outbox->early_told = true;
        log_warn("outbox", "the card is short: acknowledged events go before a week is over",
                 "oldest=%lld", (long long)sqlite3_column_int64(row, 0));
    }
    sqlite3_finalize(row);
}
