/* What events change beside their own rows: the head, receipts with their days, orders. */
#include "agent/outbox_parts.h"

#include "outbox_sql.h"

#include "common/day.h"
#include "common/log.h"

#include <stdio.h>
#include <string.h>

static void local_day(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    sqlite3_result_int(context, day_of_ms(sqlite3_value_int64(values[0])));
}

enum database_result outbox_effects_prepare(sqlite3 *db)
{
    return database_judge(
        db, sqlite3_create_function(db, "local_day", 1, SQLITE_UTF8, NULL, local_day, NULL, NULL));
}

/* Where the day of a sale is decided as at the centre: by its boot's `clock` event if its own time
 * is by no right clock; where there was none yet, by its own time, until there is. */
struct sale_date {
    int32_t day;
    const char *boot; /* NULL: it stays on that day */
    int64_t boot_ms;  /* EVENT_ABSENT then */
};

static struct sale_date date_of(const struct outbox_head *head, const struct event *sale)
{
    bool right = sale->boot[0] == '\0' || sale->boot_ms == EVENT_ABSENT;
    bool said =
        !right && head->clock_zero_ms != EVENT_ABSENT && strcmp(head->clock_boot, sale->boot) == 0;

    if (right || said)
        return (struct sale_date){
            day_of_ms(said ? head->clock_zero_ms + sale->boot_ms : sale->ts_ms), NULL, EVENT_ABSENT
        };
    return (struct sale_date){ day_of_ms(sale->ts_ms), sale->boot, sale->boot_ms };
}

static enum database_result keep_sale(struct outbox *outbox, const struct outbox_head *head,
                                      const struct event *sale)
{
    struct sale_date date = date_of(head, sale);
    enum database_result result = database_run(
        outbox->db, BIND(outbox, RECEIPT_INSERT, "iiioto", sale->receipt, (int64_t)date.day,
                         sale->quantity, sale->amount, date.boot, date.boot_ms));

    return result == DATABASE_OK ? outbox_totals_sale(outbox, sale) : result;
}

static enum database_result keep_void(struct outbox *outbox, const struct event *event)
{
    enum database_result result =
        database_run(outbox->db, BIND(outbox, RECEIPT_VOID, "i", event->receipt));

    if (result != DATABASE_OK)
        return result;
    return outbox_totals_void(outbox, event, sqlite3_changes(outbox->db));
}

static enum database_result date_boot(struct outbox *outbox, const struct event *clock)
{
    return database_run(outbox->db,
                        BIND(outbox, BOOT_DATE, "ti", clock->boot, clock->ts_ms - clock->boot_ms));
}

enum database_result outbox_effects_keep(struct outbox *outbox, const struct outbox_head *head,
                                         const struct event *event)
{
    switch (event->type) {
    case EVENT_SALE:
        return keep_sale(outbox, head, event);
    case EVENT_VOID:
        return keep_void(outbox, event);
    case EVENT_ORDER:
        return outbox_orders_step(outbox, event);
    case EVENT_CLOCK:
        return date_boot(outbox, event);
    default:
        return DATABASE_OK;
    }
}

static enum database_result date_sale_again(struct outbox *outbox, const struct outbox_head *head,
                                            const struct event *sale)
{
    struct sale_date date = date_of(head, sale);

    if (sale->boot[0] == '\0')
        return DATABASE_OK;
    return database_run(outbox->db, BIND(outbox, RECEIPT_DATE, "iito", sale->receipt,
                                         (int64_t)date.day, date.boot, date.boot_ms));
}

/* An event that has its row and its receipt already; its day is the same if it is dated twice. */
static enum database_result keep_again(struct outbox *outbox, struct outbox_head *head,
                                       const struct event *event)
{
    enum database_result result;

    if (event->type == EVENT_VOID)
        return outbox_totals_void(outbox, event, 1);
    if (event->type == EVENT_CLOCK) {
        snprintf(head->clock_boot, sizeof head->clock_boot, "%s", event->boot);
        head->clock_zero_ms = event->ts_ms - event->boot_ms;
        return date_boot(outbox, event);
    }
    result = date_sale_again(outbox, head, event);
    return result == DATABASE_OK ? outbox_totals_sale(outbox, event) : result;
}

static enum database_result keep_rows_again(struct outbox *outbox, struct outbox_head *head,
                                            int64_t after_seq)
{
    enum database_result result = DATABASE_OK;
    sqlite3_stmt *rows = NULL;
    struct json_reason why;
    struct event event;

    database_bind(outbox->db, &rows, SQL_EVENTS_AGAIN, "i", after_seq);
    while (result == DATABASE_OK && outbox_next_row(outbox, rows))
        if (event_read((const char *)sqlite3_column_text(rows, 0),
                       (size_t)sqlite3_column_bytes(rows, 0), &event, &why))
            result = keep_again(outbox, head, &event);
        else
            outbox_totals_lose(outbox);
    sqlite3_finalize(rows);
    return outbox->broken ? DATABASE_BROKEN : result;
}

static enum database_result catch_up(struct outbox *outbox, struct outbox_head *head)
{
    int64_t after_seq = head->effects_seq;
    enum database_result result = outbox_totals_resume(outbox, &after_seq);

    head->clock_zero_ms = EVENT_ABSENT; /* it may be of another boot than clock_boot */
    if (result == DATABASE_OK)
        result = keep_rows_again(outbox, head, after_seq);
    if (result == DATABASE_OK && !outbox->has_totals)
        result = outbox_totals_begin(outbox, head->last_seq, head->last_receipt);
    head->effects_seq = head->last_seq;
    return result == DATABASE_OK ? outbox_write_head(outbox, head) : result;
}

void outbox_effects_catch_up(struct outbox *outbox)
{
    struct outbox_head head = outbox->head;

    if (outbox->read_only || outbox->has_totals)
        return;
    enum database_result result = database_script(outbox->db, "BEGIN IMMEDIATE");
    if (result == DATABASE_OK)
        result = catch_up(outbox, &head);
    if (result == DATABASE_OK)
        result = database_script(outbox->db, "COMMIT");
    if (result == DATABASE_OK) {
        outbox->head = head;
        return;
    }
    sqlite3_exec(outbox->db, "ROLLBACK", NULL, NULL, NULL);
    outbox_totals_lose(outbox);
    log_warn("outbox", "what an earlier release wrote is not made up for yet: no counts", NULL);
}
