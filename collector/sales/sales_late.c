/* Revises closed rows. */
#include "collector/sales/sales_late.h"

#include "collector/effects/outgoing.h"
#include "collector/sales/sales_alerts.h"

#include "sales_sql.h"

#include "common/day.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW_ID_SIZE (DAY_TEXT_SIZE + CART_LENGTH_MAX + 32)

static void remember(struct late_rows *rows, const struct daily_row *row, char *json)
{
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity > 0 ? rows->capacity * 2 : 16;
        rows->rows = realloc(rows->rows, rows->capacity * sizeof *rows->rows);
        if (rows->rows == NULL)
            abort();
    }
    rows->rows[rows->count++] = (struct late_row){ *row, json };
}

void late_keep(struct store *store, struct late_rows *rows, const struct late_revision *revision)
{
    const struct daily_row *row = revision->after;
    struct buffer before = { 0 }, after = { 0 }, receipts = { 0 };

    if (revision->before != NULL)
        daily_row_json(revision->before, &before);
    daily_row_json(row, &after);
    buffer_format(&receipts, "[%s]", revision->receipts != NULL ? revision->receipts : "");
    store_run(store, SQL_REVISION_INSERT, "itiitttt", (int64_t)row->day, row->cart, row->revision,
              revision->cause->time_ms, revision->cause->word, receipts.bytes, before.bytes,
              after.bytes);
    buffer_free(&before);
    buffer_free(&receipts);
    remember(rows, row, after.bytes);
}

int64_t late_close_ms(int32_t day, int64_t grace_ms)
{
    return day_start_ms(day + 1) + grace_ms;
}

/* As the table keeps it: 0 would mean that the row is open. */
static int64_t closed_at(int32_t day, int64_t grace_ms)
{
    int64_t close_ms = late_close_ms(day, grace_ms);

    return close_ms > 0 ? close_ms : 1;
}

/* The row of the table in the log; at info there is a line for each partition (sales_close.c). */
static void tell_closed(const struct daily_row *row)
{
    char day[DAY_TEXT_SIZE];

    day_text(row->day, day);
    log_debug("sales", "row closed",
              "day=%s cart=%s quantity=%lld amount=%lld sales=%lld clients=%lld voided=%lld "
              "unpriced=%lld",
              day, row->cart, (long long)row->quantity, (long long)row->amount,
              (long long)row->sales, (long long)row->clients, (long long)row->voided,
              (long long)row->unpriced);
}

bool late_close_row(struct store *store, struct late_rows *rows, const struct daily_row *row,
                    int64_t grace_ms)
{
    const struct late_cause cause = { .word = "close",
                                      .time_ms = late_close_ms(row->day, grace_ms) };
    struct daily_row after = *row;

    if (!store_run(store, SQL_DAILY_CLOSE, "iit", closed_at(row->day, grace_ms), (int64_t)row->day,
                   row->cart) ||
        store_changed(store) != 1)
        return false;
    after.revision = 1;
    after.closed = true;
    tell_closed(&after);
    late_keep(store, rows,
              &(struct late_revision){ .before = row, .after = &after, .cause = &cause });
    return true;
}

/* The row before the change, closed; false where there is none. */
static bool read_closed(const struct late_write *late, const struct cart_day *day,
                        struct daily_row *row)
{
    bool is = daily_row_read(late->store, day->day, day->cart, row);

    if (is && !row->closed && late_close_row(late->store, late->rows, row, late->cause->grace_ms))
        is = daily_row_read(late->store, day->day, day->cart, row);
    return is;
}

/* Brokers are out of step: what is in Kafka says that it came in time, and the row was closed. */
static void judge_broker(const struct late_write *late, int32_t day)
{
    const struct late_cause *cause = late->cause;
    int64_t behind_ms = late_close_ms(day, cause->grace_ms) - cause->time_ms;

    if (behind_ms > 0)
        sales_tell_broker(late->store, cause->settings,
                          &(struct broker_clock){ cause->part, behind_ms, cause->time_ms });
}

void late_write_row(void *late_write, void *cart_day)
{
    const struct late_write *late = late_write;
    const struct cart_day *day = cart_day;
    struct daily_row before, after;
    bool was = read_closed(late, day, &before);

    store_run(late->store, SQL_DAILY_REVISE, "itiiiiiiii", (int64_t)day->day, day->cart,
              day->quantity, day->amount, day->sales, day->named_clients, day->anonymous,
              day->voided, day->unpriced, closed_at(day->day, late->cause->grace_ms));
    if (!daily_row_read(late->store, day->day, day->cart, &after))
        return;
    judge_broker(late, day->day);
    late_keep(late->store, late->rows,
              &(struct late_revision){ .before = was ? &before : NULL,
                                       .after = &after,
                                       .cause = late->cause,
                                       .receipts = day->receipts.bytes });
}

static void publish(struct store *store, const struct late_row *late)
{
    struct buffer value = { 0 };
    char day[DAY_TEXT_SIZE], key[ROW_ID_SIZE], id[ROW_ID_SIZE];

    day_text(late->row.day, day);
    snprintf(key, sizeof key, "%s/%s", day, late->row.cart);
    snprintf(id, sizeof id, "%s/%s/%lld", day, late->row.cart, (long long)late->row.revision);
    daily_row_json_whole(store, &late->row, late->json, &value);
    outgoing_add(store, &(struct outgoing){ .id = id,
                                            .topic = TOPIC_DAILY_SALES,
                                            .key = key,
                                            .key_length = strlen(key),
                                            .value = value.bytes,
                                            .value_length = value.length,
                                            .type = "daily-sales" });
    buffer_free(&value);
}

void late_rows_publish(struct late_rows *rows, struct store *store)
{
    for (size_t i = 0; i < rows->count; i++)
        publish(store, &rows->rows[i]);
    late_rows_forget(rows);
}

void late_rows_forget(struct late_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->rows[i].json);
    free(rows->rows);
    *rows = (struct late_rows){ 0 };
}
