/* Running totals: a row per sale and void, added to in its transaction. */
#include "agent/outbox_parts.h"

#include "totals_sql.h"

#define PRUNED_MAX 256 /* rows at once: two pages, also where the disk is full */

static void take_row(sqlite3_stmt *row, struct outbox_totals *totals)
{
    *totals = (struct outbox_totals){ sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
                                      sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3),
                                      sqlite3_column_int64(row, 4) };
}

/* A file of an earlier release that is only read has no such table, which is no failure. */
static bool look(sqlite3 *db, const char *sql, int64_t upto_seq, struct outbox_totals *totals)
{
    sqlite3_stmt *row = NULL;
    bool there = sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK &&
                 (sqlite3_bind_parameter_count(row) == 0 ||
                  sqlite3_bind_int64(row, 1, upto_seq) == SQLITE_OK) &&
                 sqlite3_step(row) == SQLITE_ROW;

    if (there)
        take_row(row, totals);
    sqlite3_finalize(row);
    return there;
}

/* What an agent of an earlier release has added since is not in them. */
void outbox_totals_read(struct outbox *outbox)
{
    const struct outbox_head *head = &outbox->head;

    outbox->has_totals = head->effects_seq >= head->last_seq &&
                         look(outbox->db, SQL_TOTALS_BEGIN, 0, &outbox->totals_begin) &&
                         look(outbox->db, SQL_TOTALS_UPTO, head->last_seq, &outbox->totals);
}

/* A void of a sale from before they begin takes nothing back: at the centre, too, both must be in
 * the range that is compared. False where the receipt is not known any more. */
static bool take_back(struct outbox *outbox, int64_t receipt)
{
    struct outbox_totals *totals = &outbox->totals;
    struct receipt_row row;

    if (receipt <= outbox->totals_begin.receipt)
        return true;
    if (!outbox_receipt(outbox, receipt, &row))
        return false;
    totals->voided++;
    totals->quantity -= row.quantity;
    totals->amount -= row.amount != EVENT_ABSENT ? row.amount : 0;
    return true;
}

static enum database_result keep(struct outbox *outbox)
{
    const struct outbox_totals *totals = &outbox->totals;

    return database_run(outbox->db, BIND(outbox, TOTALS_KEEP, "iiiii", totals->seq, totals->receipt,
                                         totals->voided, totals->quantity, totals->amount));
}

enum database_result outbox_totals_sale(struct outbox *outbox, const struct event *sale)
{
    struct outbox_totals *totals = &outbox->totals;

    if (!outbox->has_totals)
        return DATABASE_OK;
    totals->seq = sale->seq;
    totals->receipt = sale->receipt;
    totals->quantity += sale->quantity;
    totals->amount += sale->amount != EVENT_ABSENT ? sale->amount : 0;
    return keep(outbox);
}

enum database_result outbox_totals_void(struct outbox *outbox, const struct event *event,
                                        int receipts)
{
    if (receipts > 0 && outbox->has_totals && !take_back(outbox, event->receipt))
        outbox_totals_lose(outbox);
    if (!outbox->has_totals)
        return DATABASE_OK;
    outbox->totals.seq = event->seq;
    return keep(outbox);
}

void outbox_totals_lose(struct outbox *outbox)
{
    outbox->has_totals = false;
}

enum database_result outbox_totals_begin(struct outbox *outbox, int64_t after_seq,
                                         int64_t after_receipt)
{
    enum database_result result = database_script(outbox->db, SQL_TOTALS_CLEAR);

    outbox->totals = (struct outbox_totals){ .seq = after_seq, .receipt = after_receipt };
    outbox->totals_begin = outbox->totals;
    outbox->has_totals = result == DATABASE_OK;
    return result == DATABASE_OK ? keep(outbox) : result;
}

/* The receipt before the first sale after `after_seq`. */
static int64_t receipt_before(struct outbox *outbox, int64_t after_seq)
{
    int64_t receipt = outbox->head.last_receipt;
    sqlite3_stmt *row = NULL;
    struct json_reason why;
    struct event sale;

    database_bind(outbox->db, &row, SQL_TOTALS_FIRST_SALE, "i", after_seq);
    if (outbox_next_row(outbox, row) &&
        event_read((const char *)sqlite3_column_text(row, 0), (size_t)sqlite3_column_bytes(row, 0),
                   &sale, &why))
        receipt = sale.receipt - 1;
    sqlite3_finalize(row);
    return receipt;
}

static int64_t oldest_event(struct outbox *outbox)
{
    int64_t oldest = outbox->head.last_seq + 1;
    sqlite3_stmt *row = NULL;

    database_bind(outbox->db, &row, SQL_TOTALS_OLDEST_EVENT, "");
    if (outbox_next_row(outbox, row) && sqlite3_column_type(row, 0) != SQLITE_NULL)
        oldest = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return oldest;
}

enum database_result outbox_totals_resume(struct outbox *outbox, int64_t *after_seq)
{
    int64_t before_oldest = oldest_event(outbox) - 1;

    outbox->has_totals = *after_seq >= before_oldest &&
                         look(outbox->db, SQL_TOTALS_BEGIN, 0, &outbox->totals_begin) &&
                         look(outbox->db, SQL_TOTALS_UPTO, *after_seq, &outbox->totals);
    if (outbox->has_totals)
        return DATABASE_OK;
    *after_seq = before_oldest;
    return outbox_totals_begin(outbox, before_oldest, receipt_before(outbox, before_oldest));
}

enum database_result outbox_totals_prune(struct outbox *outbox)
{
    return database_run(outbox->db, BIND(outbox, TOTALS_PRUNE, "i", (int64_t)PRUNED_MAX));
}

bool outbox_counts(struct outbox *outbox, int64_t upto_seq, struct outbox_counts *counts)
{
    const struct outbox_totals *begin = &outbox->totals_begin;
    struct outbox_totals upto = *begin;

    if (!outbox->has_totals)
        return false;
    look(outbox->db, SQL_TOTALS_UPTO, upto_seq, &upto);
    *counts = (struct outbox_counts){
        .from = begin->seq + 1,
        .upto = upto.seq > begin->seq ? upto.seq : 0,
        .made = outbox->totals.seq > begin->seq ? outbox->totals.seq : 0,
        .receipts = upto.receipt - begin->receipt,
        .voided = upto.voided,
        .quantity = upto.quantity,
        .amount = upto.amount,
    };
    return true;
}
