/* Revises closed rows. */
#include "collector/sales_late.h"

#include "collector/outgoing.h"

#include "sales_sql.h"

#include "common/day.h"

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

void late_write_row(void *late_write, const struct cart_day *day)
{
    const struct late_write *late = late_write;
    struct daily_row before, after;
    bool was = daily_row_read(late->store, day->day, day->cart, &before);
    int64_t closed = late->cause->time_ms > 0 ? late->cause->time_ms : 1;

    store_run(late->store, SQL_DAILY_REVISE, "itiiiiiiii", (int64_t)day->day, day->cart,
              day->quantity, day->amount, day->sales, day->named_clients, day->anonymous,
              day->voided, day->unpriced, closed);
    if (!daily_row_read(late->store, day->day, day->cart, &after))
        return;
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
