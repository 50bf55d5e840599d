/* Receipts, and the audit of what is missing of them. */
#include "collector/call/list.h"

#include "api_sales_sql.h"

#include <stdio.h>

static const struct column sales_columns[] = {
    { "cart", CELL_TEXT },  { "epoch", CELL_TEXT },  { "receipt", CELL_INT },
    { "time", CELL_TIME },  { "client", CELL_TEXT }, { "quantity", CELL_INT },
    { "amount", CELL_INT }, { "stock", CELL_INT },   { "lat", CELL_NUMBER },
    { "lon", CELL_NUMBER }, { "voided", CELL_BOOL }, { "day", CELL_DAY },
};
#define RECEIPT_COLUMNS                                                                            \
    (sizeof sales_columns / sizeof *sales_columns - 2) /* all but the cart's                       \
                                                        */

/* A day's outbox, and which of its events may be sales of that day. */
struct outbox_day {
    int64_t day, source, first_seq, end_seq; /* the last one's, and one more */
};

/* False once the page is full. */
static bool add_sales(struct store *store, const struct list_request *request,
                      const struct outbox_day *of, struct store_rows *outbox, struct list_out *out)
{
    struct page_key key = { .ints = { of->day, of->source } };
    struct store_rows *rows = store_query(
        store, SQL_SALES_OF_DAY, "iiiiiitii", of->source, of->first_seq, of->end_seq, of->day,
        request->times.from, request->times.to, request->whom, request->is_so, request->limit + 1);
    bool fits = true;
    while (store_next(rows) && (fits = list_row_begin(out))) {
        list_cells(out, outbox, 0, 2);
        list_cells(out, rows, 0, RECEIPT_COLUMNS);
        key.ints[2] = store_int(rows, (int)RECEIPT_COLUMNS);
        list_row_end(out, &key);
    }
    store_rows_end(rows);
    return fits;
}

static void sales_fetch(struct store *store, const struct list_request *request,
                        struct list_out *out)
{
    const int64_t *after = request->after.ints;
    bool goes_on = after[0] <= request->days.last, is_one = request->cart[0] != '\0';
    int64_t last_day = goes_on ? after[0] : request->days.last;
    int64_t last_source = goes_on ? after[1] : INT64_MAX;
    struct store_rows *rows = store_query(store, is_one ? SQL_SALES_DAYS_OF_CART : SQL_SALES_DAYS,
                                          is_one ? "iiit" : "iii", last_day, last_source,
                                          request->days.first, request->cart);
    bool fits = true;
    while (fits && store_next(rows)) {
        struct outbox_day of = { store_int(rows, 2), store_int(rows, 3), store_int(rows, 4),
                                 store_int(rows, 5) + 1 };
        if (goes_on && of.day == after[0] && of.source == after[1])
            of.end_seq = after[2];
        fits = add_sales(store, request, &of, rows, out);
    }
    store_rows_end(rows);
}

static const struct list sales = {
    .name = "sales",
    .columns = sales_columns,
    .column_count = sizeof sales_columns / sizeof *sales_columns,
    .key_types = "iii", /* day, source, seq; all descending */
    .first = { .ints = { INT64_MAX, INT64_MAX, INT64_MAX } },
    .fetch = sales_fetch,
};

static void sales_list(struct api_call *call)
{
    struct list_request request = { .list = &sales };
    if (list_read_cart(call, &request) && list_read_span(call, &request) &&
        list_read_whom(call, "client", &request) && list_read_switch(call, "voided", &request))
        list_answer(call, &request);
}

static const struct column audit_columns[] = {
    { "cart", CELL_TEXT },           { "epoch", CELL_TEXT },     { "highest", CELL_INT },
    { "missing", CELL_OWN },         { "duplicates", CELL_INT }, { "set_aside", CELL_INT },
    { "highest_receipt", CELL_INT },
};

static void write_gaps(struct store *store, int64_t source, struct list_out *out)
{
    struct buffer text = { 0 }, table = { 0 };
    struct json_writer json = json_write_to(&text);
    struct store_rows *rows = store_query(store, SQL_AUDIT_GAPS, "i", source);
    json_array_begin(&json, NULL);
    buffer_text(&table, "");
    while (store_next(rows)) {
        int64_t from = store_int(rows, 0), to = store_int(rows, 1);
        json_object_begin(&json, NULL);
        json_int(&json, "from", from);
        json_int(&json, "to", to);
        json_object_end(&json);
        buffer_format(&table, "%s%lld-%lld", table.length > 0 ? " " : "", (long long)from,
                      (long long)to);
    }
    store_rows_end(rows);
    json_array_end(&json);
    list_own_cell(out, &text, table.bytes);
    buffer_free(&text);
    buffer_free(&table);
}

static void audit_fetch(struct store *store, const struct list_request *request,
                        struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows =
        store_query(store, SQL_AUDIT_PAGE, "ttti", request->after.texts[0], request->after.texts[1],
                    request->cart, request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, 3);
        write_gaps(store, store_int(rows, 6), out);
        list_cells(out, rows, 3, 3);
        snprintf(key.texts[0], sizeof key.texts[0], "%s", store_text(rows, 0));
        snprintf(key.texts[1], sizeof key.texts[1], "%s", store_text(rows, 1));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list audit = {
    .name = "audit",
    .columns = audit_columns,
    .column_count = sizeof audit_columns / sizeof *audit_columns,
    .key_types = "tt",
    .fetch = audit_fetch,
};

static void sales_audit(struct api_call *call)
{
    struct list_request request = { .list = &audit };
    if (list_read_cart(call, &request))
        list_answer(call, &request);
}

static const struct route routes[] = {
    { "GET", API "/sales", WHO_READS_OWN, ROUTE_TABLE | ROUTE_PERSONS | ROUTE_SUMS,
      "cart from to voided", sales_list },
    { "POST", API "/sales/find", WHO_READS_OWN, ROUTE_FOUND_TABLE | ROUTE_PERSONS | ROUTE_SUMS,
      "cart from to client voided", sales_list },
    { "GET", API "/audit", WHO_READS, ROUTE_LIST, "cart", sales_audit },
};
const struct route_table sales_routes = ROUTE_TABLE_OF(routes);
