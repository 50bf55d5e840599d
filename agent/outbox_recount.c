/* A start of the day that is told late: what was sold since counts on the days that the centre has
 * it on. An instant decides, and a receipt keeps its day only; so its event is looked at again. */
#include "agent/outbox_parts.h"

#include "outbox_commands_sql.h"
#include "outbox_sql.h"

#include "common/day.h"

#include <stdio.h>
#include <string.h>

#define BOOTS_MAX 64 /* the newest ones whose time is known; sales of older ones stay */

struct boots {
    size_t count;
    struct {
        char boot[sizeof((struct event *)NULL)->boot];
        int64_t zero_ms; /* when it began, by its `clock` event */
    } rows[BOOTS_MAX];
};

static void add_boot(struct boots *boots, const char *boot, int64_t zero_ms)
{
    if (boots->count == BOOTS_MAX || boot[0] == '\0' || zero_ms == EVENT_ABSENT)
        return;
    snprintf(boots->rows[boots->count].boot, sizeof boots->rows->boot, "%s", boot);
    boots->rows[boots->count++].zero_ms = zero_ms;
}

static bool read_row(sqlite3_stmt *rows, struct event *event)
{
    struct json_reason why;

    return event_read((const char *)sqlite3_column_text(rows, 0),
                      (size_t)sqlite3_column_bytes(rows, 0), event, &why);
}

/* The boot that is now is in the head, too, whose event may be pruned. */
static void find_boots(struct outbox *outbox, struct boots *boots)
{
    sqlite3_stmt *rows = NULL;
    struct event event;

    add_boot(boots, outbox->head.clock_boot, outbox->head.clock_zero_ms);
    database_bind(outbox->db, &rows, SQL_CLOCKS_NEWEST, "i", (int64_t)BOOTS_MAX);
    while (outbox_next_row(outbox, rows))
        if (read_row(rows, &event))
            add_boot(boots, event.boot, event.ts_ms - event.boot_ms);
    sqlite3_finalize(rows);
}

/* When the centre has it that the sale was made, where that explains the day that it has here. */
static bool instant_of(const struct boots *boots, const struct event *sale, int32_t day,
                       int64_t *instant_ms)
{
    *instant_ms = sale->ts_ms;
    for (size_t i = 0; sale->boot_ms != EVENT_ABSENT && i < boots->count; i++) {
        int64_t said_ms = boots->rows[i].zero_ms + sale->boot_ms;
        if (strcmp(boots->rows[i].boot, sale->boot) == 0 && day_of_ms(said_ms) == day) {
            *instant_ms = said_ms;
            return true;
        }
    }
    return day_of_ms(sale->ts_ms) == day;
}

static bool day_of_receipt(struct outbox *outbox, int64_t receipt, int32_t *day)
{
    sqlite3_stmt *row = BIND(outbox, RECEIPT_READ, "i", receipt);
    bool found = outbox_next_row(outbox, row);

    if (found)
        *day = sqlite3_column_int(row, 0);
    sqlite3_reset(row);
    return found;
}

static enum database_result move(struct outbox *outbox, int64_t receipt, int32_t day)
{
    sqlite3_stmt *update = NULL;
    enum database_result result =
        database_run(outbox->db, database_bind(outbox->db, &update, SQL_RECEIPT_MOVE, "ii", receipt,
                                               (int64_t)day));

    sqlite3_finalize(update);
    return result;
}

static enum database_result recount_sale(struct outbox *outbox, const struct boots *boots,
                                         const struct day_start *change, const struct event *sale)
{
    int64_t instant_ms;
    int32_t day;

    if (!day_of_receipt(outbox, sale->receipt, &day) || day < change->first_day - 1 ||
        !instant_of(boots, sale, day, &instant_ms))
        return DATABASE_OK;
    int32_t now_day = day_of_ms_after(change, instant_ms);
    return now_day == day ? DATABASE_OK : move(outbox, sale->receipt, now_day);
}

enum database_result outbox_recount_days(struct outbox *outbox, const struct day_start *change)
{
    struct boots boots = { .count = 0 };
    enum database_result result = DATABASE_OK;
    sqlite3_stmt *rows = NULL;
    struct event event;

    find_boots(outbox, &boots);
    database_bind(outbox->db, &rows, SQL_SALES_ALL, "");
    while (result == DATABASE_OK && outbox_next_row(outbox, rows))
        if (read_row(rows, &event))
            result = recount_sale(outbox, &boots, change, &event);
    sqlite3_finalize(rows);
    return outbox->broken ? DATABASE_BROKEN : result;
}
