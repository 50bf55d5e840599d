/* Columns, their checksum, and what the rows say in their place. */
#include "agent/outbox_head.h"
#include "agent/outbox_parts.h"
#include "agent/outbox_plate.h"

#include "outbox_sql.h"

#include "common/log.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TEXT_SIZE 1024 /* of all columns, with twice the room that they need */

static void copy_text(char *target, size_t size, sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    snprintf(target, size, "%s", text != NULL ? text : "");
}

static int64_t integer_or_absent(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? EVENT_ABSENT
                                                           : sqlite3_column_int64(row, column);
}

static bool begin(sqlite3 *db, const char *sql, sqlite3_stmt **row)
{
    return sqlite3_prepare_v2(db, sql, -1, row, NULL) == SQLITE_OK &&
           sqlite3_step(*row) == SQLITE_ROW;
}

/* A file of an earlier release that is only read has no such columns, which is no failure. */
static void read_effects(sqlite3 *db, struct outbox_head *head)
{
    sqlite3_stmt *row = NULL;

    head->clock_zero_ms = head->effects_seq = EVENT_ABSENT;
    if (begin(db, SQL_HEAD_EFFECTS, &row)) {
        head->clock_zero_ms = integer_or_absent(row, 0);
        head->effects_seq = integer_or_absent(row, 1);
    }
    sqlite3_finalize(row);
}

static bool read_columns(sqlite3 *db, struct outbox_head *head)
{
    sqlite3_stmt *row = NULL;
    bool found = begin(db, SQL_HEAD_READ, &row);

    *head = (struct outbox_head){ .mended = HEAD_SOUND };
    if (found) {
        copy_text(head->epoch, sizeof head->epoch, row, 0);
        head->session = sqlite3_column_int64(row, 1);
        head->last_seq = sqlite3_column_int64(row, 2);
        head->last_receipt = sqlite3_column_int64(row, 3);
        head->acked_seq = sqlite3_column_int64(row, 4);
        head->stock = integer_or_absent(row, 5);
        head->has_fix = sqlite3_column_type(row, 6) != SQLITE_NULL;
        head->lat = sqlite3_column_double(row, 6);
        head->lon = sqlite3_column_double(row, 7);
        head->fix_ms = sqlite3_column_int64(row, 8);
        copy_text(head->clock_boot, sizeof head->clock_boot, row, 9);
        head->damaged = sqlite3_column_type(row, 10) != SQLITE_NULL;
        copy_text(head->damaged_epoch, sizeof head->damaged_epoch, row, 10);
        head->damaged_rows = sqlite3_column_int64(row, 11);
    }
    sqlite3_finalize(row);
    read_effects(db, head);
    outbox_plate_named(db, head->cart);
    return found;
}

static int64_t checksum_of(const struct outbox_head *head)
{
    char text[TEXT_SIZE];
    int length =
        snprintf(text, sizeof text, "%s %s %lld %lld %lld %lld %lld %.17g %.17g %lld %s %lld %lld ",
                 head->epoch, head->cart, (long long)head->session, (long long)head->last_seq,
                 (long long)head->last_receipt, (long long)head->acked_seq, (long long)head->stock,
                 head->has_fix ? head->lat : 0.0, head->has_fix ? head->lon : 0.0,
                 head->has_fix ? (long long)head->fix_ms : -1LL, head->clock_boot,
                 (long long)head->clock_zero_ms, (long long)head->effects_seq);

    length += snprintf(text + length, sizeof text - (size_t)length, "%d %s %lld", head->damaged,
                       head->damaged_epoch, (long long)head->damaged_rows);
    return outbox_checksum(text, (size_t)length);
}

/* False where it is to be taken at its word: an earlier release has written it, or made the file. A
 * row of which it cannot be read is damaged: none fits it. */
static bool read_checksum(sqlite3 *db, int64_t *checksum)
{
    sqlite3_stmt *row = NULL;
    bool has = sqlite3_prepare_v2(db, SQL_HEAD_CHECKSUM, -1, &row, NULL) == SQLITE_OK;
    bool there =
        has && sqlite3_step(row) == SQLITE_ROW && sqlite3_column_type(row, 0) == SQLITE_INTEGER;

    *checksum = there ? sqlite3_column_int64(row, 0) : OUTBOX_NO_CHECKSUM;
    sqlite3_finalize(row);
    return has && (!there || *checksum != OUTBOX_NO_CHECKSUM);
}

static int64_t highest_receipt(sqlite3 *db)
{
    sqlite3_stmt *row = NULL;
    int64_t receipt = begin(db, SQL_RECEIPTS_HIGHEST, &row) ? sqlite3_column_int64(row, 0) : 0;

    sqlite3_finalize(row);
    return receipt;
}

/* As if all events that are there were committed anew: whole ones, each by its own word. */
static bool read_rows(sqlite3 *db, struct outbox_head *head, int64_t *oldest_seq)
{
    sqlite3_stmt *rows = NULL;
    struct json_reason why;
    struct event event;
    int64_t count = 0, highest = 0;
    int rc = SQLITE_ERROR;

    database_bind(db, &rows, SQL_EVENTS_FROM, "i", (int64_t)0);
    while (rows != NULL && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        struct outbox_row row;
        outbox_row_take(rows, &row);
        if (count++ == 0)
            *oldest_seq = row.seq;
        highest = row.seq;
        if (!outbox_row_is_event(&row, NULL) || !event_read(row.bytes, row.length, &event, &why))
            continue;
        outbox_effects_advance(head, &event);
        snprintf(head->epoch, sizeof head->epoch, "%s", event.epoch);
        snprintf(head->cart, sizeof head->cart, "%s", event.cart);
    }
    sqlite3_finalize(rows);
    head->last_seq = head->effects_seq = highest;
    return rc == SQLITE_DONE && count > 0;
}

static bool mend(sqlite3 *db, struct outbox_head *head, int64_t checksum)
{
    struct outbox_head rows = *head,
                       told = { .stock = EVENT_ABSENT, .clock_zero_ms = EVENT_ABSENT };
    int64_t oldest_seq = 0;

    rows.last_receipt = highest_receipt(db);
    told.last_receipt = rows.last_receipt;
    head->mended = HEAD_REWOUND;
    if (!read_rows(db, &rows, &oldest_seq) || !epoch_is_valid(rows.epoch))
        return false;
    if (checksum_of(&rows) == checksum) {
        *head = rows;
        head->mended = HEAD_MENDED;
        log_warn("outbox", "the head was not what was written: its rows tell it", "last_seq=%lld",
                 (long long)head->last_seq);
        return true;
    }
    read_rows(db, &told, &oldest_seq);
    told.session = rows.session > 0 ? rows.session : 1;
    told.acked_seq = oldest_seq - 1;
    told.mended = HEAD_REWOUND;
    *head = told;
    log_error("outbox", "the head is not what was written: all that is kept is sent again",
              "first_seq=%lld last_seq=%lld", (long long)oldest_seq, (long long)head->last_seq);
    return true;
}

bool outbox_head_read(sqlite3 *db, struct outbox_head *head)
{
    int64_t checksum = 0;

    if (!read_columns(db, head))
        return false;
    if (read_checksum(db, &checksum) && checksum != checksum_of(head))
        return mend(db, head, checksum);
    return epoch_is_valid(head->epoch);
}

enum database_result outbox_head_write(sqlite3 *db, sqlite3_stmt **statement,
                                       const struct outbox_head *head)
{
    double none = NAN;

    return database_run(
        db, database_bind(db, statement, SQL_HEAD_WRITE, "iiiionnotooi", head->session,
                          head->last_seq, head->last_receipt, head->acked_seq, head->stock,
                          head->has_fix ? head->lat : none, head->has_fix ? head->lon : none,
                          head->has_fix ? head->fix_ms : EVENT_ABSENT,
                          head->clock_boot[0] != '\0' ? head->clock_boot : NULL,
                          head->clock_zero_ms, head->effects_seq, checksum_of(head)));
}

enum database_result outbox_head_mend(sqlite3 *db, const struct outbox_head *head)
{
    sqlite3_stmt *identity = NULL, *write = NULL;
    enum database_result result = database_script(db, "BEGIN IMMEDIATE");

    if (result == DATABASE_OK)
        result = database_run(db, database_bind(db, &identity, SQL_HEAD_MEND, "ttti", head->epoch,
                                                head->cart[0] != '\0' ? head->cart : NULL,
                                                head->damaged ? head->damaged_epoch : NULL,
                                                head->damaged_rows));
    if (result == DATABASE_OK)
        result = outbox_head_write(db, &write, head);
    if (result == DATABASE_OK)
        result = database_script(db, "COMMIT");
    if (result != DATABASE_OK)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_finalize(identity);
    sqlite3_finalize(write);
    return result;
}

void outbox_effects_advance(struct outbox_head *head, const struct event *event)
{
    if (head->effects_seq == head->last_seq)
        head->effects_seq = event->seq;
    head->last_seq = event->seq;
    if (event->type == EVENT_SALE)
        head->last_receipt = event->receipt;
    if (event->stock != EVENT_ABSENT)
        head->stock = event->stock;
    if (event->type == EVENT_CLOCK) {
        snprintf(head->clock_boot, sizeof head->clock_boot, "%s", event->boot);
        head->clock_zero_ms = event->ts_ms - event->boot_ms;
    }
    if (event->type == EVENT_LOCATION) {
        head->has_fix = true;
        head->lat = event->lat;
        head->lon = event->lon;
        head->fix_ms = event->ts_ms;
    }
}
