/* Running totals: a row per sale and void, added to in its transaction. */
#include "agent/outbox_head.h"
#include "agent/outbox_parts.h"

#include "totals_sql.h"

#include "common/log.h"

#include <stdio.h>

#define TEXT_SIZE  128
#define PRUNED_MAX 256 /* rows at once: two pages, also where the disk is full */

enum column { SEQ, RECEIPT, VOIDED, QUANTITY, AMOUNT, CHECKSUM };

static int64_t checksum_of(const struct outbox_totals *totals)
{
    char text[TEXT_SIZE];
    int length = snprintf(text, sizeof text, "%lld %lld %lld %lld %lld", (long long)totals->seq,
                          (long long)totals->receipt, (long long)totals->voided,
                          (long long)totals->quantity, (long long)totals->amount);

    return outbox_checksum(text, (size_t)length);
}

/* False where it is not what was written; one of an earlier release is taken at its word. */
static bool take_row(sqlite3_stmt *row, struct outbox_totals *totals)
{
    *totals =
        (struct outbox_totals){ sqlite3_column_int64(row, SEQ), sqlite3_column_int64(row, RECEIPT),
                                sqlite3_column_int64(row, VOIDED),
                                sqlite3_column_int64(row, QUANTITY),
                                sqlite3_column_int64(row, AMOUNT) };
    return sqlite3_column_count(row) <= CHECKSUM ||
           (sqlite3_column_type(row, CHECKSUM) == SQLITE_INTEGER &&
            (sqlite3_column_int64(row, CHECKSUM) == OUTBOX_NO_CHECKSUM ||
             sqlite3_column_int64(row, CHECKSUM) == checksum_of(totals)));
}

enum looked { LOOKED_NONE, LOOKED_FOUND, LOOKED_DAMAGED };

/* A file of an earlier release that is only read has no such table, which is no failure. */
static enum looked look(sqlite3 *db, const char *sql, int64_t upto_seq,
                        struct outbox_totals *totals)
{
    sqlite3_stmt *row = NULL;
    enum looked looked = LOOKED_NONE;

    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK &&
        (sqlite3_bind_parameter_count(row) == 0 ||
         sqlite3_bind_int64(row, 1, upto_seq) == SQLITE_OK) &&
        sqlite3_step(row) == SQLITE_ROW)
        looked = take_row(row, totals) ? LOOKED_FOUND : LOOKED_DAMAGED;
    sqlite3_finalize(row);
    if (looked == LOOKED_DAMAGED)
        log_error("outbox", "running totals are not what was written: no counts", NULL);
    return looked;
}

static bool find(struct outbox *outbox, int64_t upto_seq)
{
    return look(outbox->db, SQL_TOTALS_BEGIN, 0, &outbox->totals_begin) == LOOKED_FOUND &&
           look(outbox->db, SQL_TOTALS_UPTO, upto_seq, &outbox->totals) == LOOKED_FOUND;
}

/* What an agent of an earlier release has added since is not in them. */
void outbox_totals_read(struct outbox *outbox)
{
    const struct outbox_head *head = &outbox->head;

    outbox->has_totals = head->effects_seq >= head->last_seq && find(outbox, head->last_seq);
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

    return database_run(outbox->db, BIND(outbox, TOTALS_KEEP, "iiiiii", totals->seq,
                                         totals->receipt, totals->voided, totals->quantity,
                                         totals->amount, checksum_of(totals)));
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

    outbox->has_totals = *after_seq >= before_oldest && find(outbox, *after_seq);
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

    if (outbox->has_totals && look(outbox->db, SQL_TOTALS_UPTO, upto_seq, &upto) == LOOKED_DAMAGED)
        outbox_totals_lose(outbox); /* they begin anew when it is opened again */
    if (!outbox->has_totals)
        return false;
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

bool outbox_read_head(struct outbox *outbox)
{
    bool found = outbox_head_read(outbox->db, &outbox->head);

    outbox_totals_read(outbox);
    return found;
}
