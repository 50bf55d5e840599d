/* The day's end in the outbox. It is kept where what the centre has set is kept, so that it took no
 * step of the schema; an agent that does not know it leaves it alone. */
#include "agent/outbox_parts.h"

#include "outbox_commands_sql.h"

#include "common/log.h"

#define CLOSED_MS "closed_ms"

int64_t outbox_day_read(sqlite3 *db)
{
    sqlite3_stmt *row = NULL;
    int64_t closed_ms = EVENT_ABSENT;

    /* A file that can only be read may be older than its table. */
    if (sqlite3_prepare_v2(db, SQL_CONFIG_READ, -1, &row, NULL) == SQLITE_OK &&
        sqlite3_bind_text(row, 1, CLOSED_MS, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW)
        closed_ms = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return closed_ms;
}

enum database_result outbox_day_reopen(struct outbox *outbox)
{
    sqlite3_stmt *forget = NULL;
    enum database_result result = database_run(
        outbox->db, database_bind(outbox->db, &forget, SQL_CONFIG_FORGET, "t", CLOSED_MS));

    sqlite3_finalize(forget);
    return result;
}

static enum database_result keep(struct outbox *outbox, int64_t closed_ms)
{
    sqlite3_stmt *write = NULL;
    enum database_result result =
        database_run(outbox->db, database_bind(outbox->db, &write, SQL_CONFIG_WRITE, "ti",
                                               CLOSED_MS, closed_ms));

    sqlite3_finalize(write);
    return result;
}

enum outbox_result outbox_close_day(struct outbox *outbox, int64_t closed_ms)
{
    enum database_result result = DATABASE_OK;

    if (!outbox->read_only)
        result = keep(outbox, closed_ms);
    if (result == DATABASE_FULL || result == DATABASE_REFUSED)
        log_warn("outbox", "the disk is full: the day's end is forgotten at the next start", NULL);
    else if (result != DATABASE_OK)
        return outbox_outcome(outbox, result);
    outbox->closed_ms = closed_ms;
    return OUTBOX_OK;
}

int64_t outbox_closed_ms(const struct outbox *outbox)
{
    return outbox->closed_ms;
}
