/* The end of a day: one sentence over all carts, and a row for each. */
#include "collector/call/list.h"
#include "collector/sales/closing.h"

#include "common/day.h"
#include "common/event.h"

#include <stdio.h>
#include <string.h>

#define ROWS_AT_ONCE 100

static const struct column columns[] = {
    { "cart", CELL_TEXT },       { "quantity", CELL_INT }, { "amount", CELL_INT },
    { "sales", CELL_INT },       { "closed", CELL_TIME },  { "waiting", CELL_INT },
    { "last_heard", CELL_TIME }, { "complete", CELL_OWN }, { "missing", CELL_INT },
    { "reason", CELL_TEXT },     { "todo", CELL_TEXT },
};

static void write_time(struct list_out *out, int64_t wall_ms)
{
    char text[TIME_TEXT_SIZE];

    if (wall_ms != EVENT_ABSENT)
        time_text(wall_ms, text);
    list_text(out, wall_ms != EVENT_ABSENT ? text : NULL);
}

static void write_row(const struct list_request *request, const struct closing_row *row,
                      struct list_out *out)
{
    struct buffer complete = { 0 }, todo = { 0 };

    buffer_text(&complete, row->complete);
    closing_todo_text(row, request->lang, &todo);
    list_text(out, row->cart);
    list_int(out, row->quantity);
    list_int(out, row->amount);
    list_int(out, row->sales);
    write_time(out, row->closed_ms);
    if (row->waiting != EVENT_ABSENT)
        list_int(out, row->waiting);
    else
        list_text(out, NULL);
    write_time(out, row->heard_ms);
    list_own_cell(out, &complete, strcmp(row->complete, "null") == 0 ? NULL : row->complete);
    list_int(out, row->missing);
    list_text(out, closing_todo_name(row->todo));
    list_text(out, todo.bytes);
    buffer_free(&complete);
    buffer_free(&todo);
}

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct closing_page page = { .day = (int32_t)request->days.first };
    struct closing_row rows[ROWS_AT_ONCE];
    struct page_key key = { 0 };
    size_t count;

    /* A stranger's cursor may be longer than any plate. */
    memcpy(page.after, request->after.texts[0], sizeof page.after - 1);
    while ((count = closing_read(store, &page, rows, ROWS_AT_ONCE)) > 0)
        for (size_t i = 0; i < count; i++) {
            if (!list_row_begin(out))
                return;
            write_row(request, &rows[i], out);
            memcpy(key.texts[0], rows[i].cart, sizeof rows[i].cart);
            list_row_end(out, &key);
        }
}

static void head(struct store *store, const struct list_request *request, struct json_writer *json)
{
    char day[DAY_TEXT_SIZE];
    struct closing_sum sum;

    closing_sum(store, (int32_t)request->days.first, request->lang, &sum);
    day_text((int32_t)request->days.first, day);
    json_text(json, "day", day);
    json_text(json, "sentence", sum.text.bytes);
    json_int(json, "carts", sum.carts);
    json_int(json, "agree", sum.agree);
    buffer_free(&sum.text);
}

static const struct list closing = {
    .name = "closing",
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
    .key_types = "t",
    .head = head,
    .fetch = fetch,
};

static void sales_closing(struct api_call *call)
{
    struct list_request request = { .list = &closing };
    const char *text = request_query(call->request, "day");
    int32_t day = day_of_ms(call->now_ms);

    if (text != NULL && !page_day_read(text, &day)) {
        call_problem(call, PROBLEM_BAD_PARAMETER, "day", "2026-09-18");
        return;
    }
    request.days = (struct list_days){ day, day };
    list_answer(call, &request);
}

static const struct route routes[] = {
    { "GET", API "/closing", WHO_READS, ROUTE_TABLE | ROUTE_WORKER, "day", sales_closing },
};
const struct route_table closing_routes = ROUTE_TABLE_OF(routes);
