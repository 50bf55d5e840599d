/* What several files of the outbox do: judge a result, write the head, take the next
 * row, and the questions that more than one of them has. */
#include "agent/outbox_head.h"
#include "agent/outbox_parts.h"
#include "agent/outbox_plate.h"
#include "agent/outbox_split.h"

#include "outbox_sql.h"

enum outbox_result outbox_outcome(struct outbox *outbox, enum database_result result)
{
    if (result == DATABASE_OK)
        return OUTBOX_OK;
    if (result == DATABASE_FULL || result == DATABASE_REFUSED)
        return OUTBOX_FULL;
    outbox->broken = true;
    return OUTBOX_BROKEN;
}

enum database_result outbox_write_head(struct outbox *outbox, const struct outbox_head *head)
{
    return outbox_head_write(outbox->db, &outbox->statements[HEAD_WRITE], head);
}

bool outbox_next_row(struct outbox *outbox, sqlite3_stmt *rows)
{
    int rc = rows != NULL ? sqlite3_step(rows) : SQLITE_ERROR;

    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        database_judge(outbox->db, rc);
        outbox->broken = true;
    }
    return rc == SQLITE_ROW;
}

int64_t outbox_count(struct outbox *outbox, int64_t after_seq, int64_t upto_seq)
{
    sqlite3_stmt *row = BIND(outbox, EVENTS_COUNT, "ii", after_seq, upto_seq);
    int64_t count = outbox_next_row(outbox, row) ? sqlite3_column_int64(row, 0) : 0;

    sqlite3_reset(row);
    return count;
}

bool outbox_is_one_plates(struct outbox *outbox)
{
    char plate[CART_LENGTH_MAX + 1], other[CART_LENGTH_MAX + 1];

    if (outbox_plate_named(outbox->db, plate))
        return true;
    outbox_plate_read(outbox->db, plate);
    return outbox_split_upto(outbox->db, plate, other) == 0;
}

bool outbox_receipt(struct outbox *outbox, int64_t receipt, struct receipt_row *found)
{
    sqlite3_stmt *row = BIND(outbox, RECEIPT_READ, "i", receipt);
    bool there = outbox_next_row(outbox, row);

    if (there) {
        bool priced = sqlite3_column_type(row, 2) != SQLITE_NULL;
        found->day = sqlite3_column_int(row, 0);
        found->quantity = sqlite3_column_int64(row, 1);
        found->amount = priced ? sqlite3_column_int64(row, 2) : EVENT_ABSENT;
        found->voided = sqlite3_column_int(row, 3) != 0;
    }
    sqlite3_reset(row);
    return there;
}
