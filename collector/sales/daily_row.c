/* Reads a row of the daily sales and writes it as JSON. */
#include "collector/sales/daily_row.h"

#include "daily_row_sql.h"

#include "common/day.h"
#include "common/json_write.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

bool daily_row_read(struct store *store, int32_t day, const char *cart, struct daily_row *row)
{
    struct store_rows *rows = store_query(store, SQL_DAILY_ROW, "it", (int64_t)day, cart);

    if (!store_next(rows))
        return false;
    *row = (struct daily_row){ .day = day,
                               .quantity = store_int(rows, 0),
                               .amount = store_int(rows, 1),
                               .sales = store_int(rows, 2),
                               .clients = store_int(rows, 3),
                               .voided = store_int(rows, 4),
                               .unpriced = store_int(rows, 5),
                               .revision = store_int(rows, 6),
                               .closed = store_int(rows, 7) > 0 };
    snprintf(row->cart, sizeof row->cart, "%s", cart);
    store_rows_end(rows);
    return true;
}

void daily_row_json(const struct daily_row *row, struct buffer *out)
{
    struct json_writer json = json_write_to(out);
    char day[DAY_TEXT_SIZE];

    day_text(row->day, day);
    json_object_begin(&json, NULL);
    json_text(&json, "day", day);
    json_text(&json, "cart", row->cart);
    json_int(&json, "quantity", row->quantity);
    json_int(&json, "amount", row->amount);
    json_int(&json, "sales", row->sales);
    json_int(&json, "clients", row->clients);
    json_number(&json, "average",
                row->clients > 0 ? (double)row->quantity / (double)row->clients : NAN);
    json_int(&json, "voided", row->voided);
    json_int(&json, "unpriced", row->unpriced);
    json_int(&json, "revision", row->revision);
    json_text(&json, "status", row->closed ? "closed" : "open");
    json_object_end(&json);
}

static void write_gap(struct json_writer *json, struct store_rows *rows)
{
    json_object_begin(json, NULL);
    json_text(json, "epoch", store_text(rows, 0));
    json_int(json, "from", store_int(rows, 1));
    json_int(json, "to", store_int(rows, 2));
    json_object_end(json);
}

static void write_first_gaps(struct store *store, const struct daily_row *row,
                             struct json_writer *json)
{
    struct store_rows *rows = store_query(store, SQL_DAILY_GAPS, "tii", row->cart,
                                          (int64_t)row->day, (int64_t)DAILY_MISSING_MAX + 1);
    int count = 0;

    json_array_begin(json, "missing");
    for (; store_next(rows); count++)
        if (count < DAILY_MISSING_MAX)
            write_gap(json, rows);
    store_rows_end(rows);
    json_array_end(json);
    if (count > DAILY_MISSING_MAX)
        json_bool(json, "missing_more", true);
}

void daily_row_json_whole(struct store *store, const struct daily_row *row, const char *object,
                          struct buffer *out)
{
    const char *complete = daily_complete(store, row->cart, row->day);
    struct json_writer json = json_write_to(out);

    json_object_begin(&json, NULL);
    json_members(&json, object);
    json_raw(&json, "complete", complete, strlen(complete));
    write_first_gaps(store, row, &json);
    json_object_end(&json);
}

void daily_missing(struct store *store, const char *cart, int64_t day, struct buffer *json,
                   struct buffer *table)
{
    struct json_writer writer = json_write_to(json);
    struct store_rows *rows = store_query(store, SQL_DAILY_GAPS, "tii", cart, day, INT64_MAX);

    json_array_begin(&writer, NULL);
    buffer_text(table, "");
    while (store_next(rows)) {
        write_gap(&writer, rows);
        buffer_format(table, "%s%s:%" PRId64 "-%" PRId64, table->length > 0 ? " " : "",
                      store_text(rows, 0), store_int(rows, 1), store_int(rows, 2));
    }
    store_rows_end(rows);
    json_array_end(&writer);
}
