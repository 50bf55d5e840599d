/* What remains on the carts, and the batches in which they are restocked. */
#include "collector/api/api_parts.h"
#include "collector/base/settings.h"
#include "collector/call/list.h"
#include "collector/carts/cart_settings.h"
#include "collector/stock/restock.h"
#include "collector/stock/stock_level.h"
#include "common/day.h"

#include "api_stock_sql.h"

#include <stdio.h>
#include <string.h>

static const struct column stock_columns[] = {
    { "cart", CELL_TEXT }, { "stock", CELL_INT },     { "low", CELL_BOOL },
    { "time", CELL_TIME }, { "threshold", CELL_INT },
};
#define STOCK_COLUMNS (sizeof stock_columns / sizeof *stock_columns)

static void stock_fetch(struct store *store, const struct list_request *request,
                        struct list_out *out)
{
    int64_t guilds = api_options(api_of(request->frame))->settings->restock_threshold;
    struct page_key key = { 0 };
    struct store_rows *rows =
        store_query(store, SQL_STOCK_PAGE, "tt", request->after.texts[0], request->cart);
    while (store_next(rows)) {
        int64_t threshold =
            cart_setting_number(store, store_text(rows, 0), CART_SETTING_THRESHOLD, guilds);
        bool low = stock_is_low(store_int(rows, 1), threshold);
        if (request->is_so != 0 && low != (request->is_so == 2))
            continue;
        if (!list_row_begin(out))
            break;
        list_cells(out, rows, 0, 2);
        list_bool(out, low);
        list_cells(out, rows, 2, 1);
        list_int(out, threshold);
        snprintf(key.texts[0], sizeof key.texts[0], "%s", store_text(rows, 0));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list stock = {
    .name = "stock",
    .columns = stock_columns,
    .column_count = STOCK_COLUMNS,
    .key_types = "t",
    .fetch = stock_fetch,
};

static void stock_list(struct api_call *call)
{
    struct list_request request = { .list = &stock };
    if (list_read_cart(call, &request) && list_read_switch(call, "low", &request))
        list_answer(call, &request);
}

static const struct column restock_columns[] = {
    { "number", CELL_INT },     { "status", CELL_TEXT }, { "carts", CELL_OWN },
    { "announced", CELL_TIME }, { "done", CELL_TIME },
};

static void write_carts(struct store *store, int64_t number, struct list_out *out)
{
    struct buffer text = { 0 };
    char time[TIME_TEXT_SIZE];
    struct json_writer json = json_write_to(&text);
    struct store_rows *rows = store_query(store, SQL_RESTOCKS_CARTS, "i", number);
    json_array_begin(&json, NULL);
    while (store_next(rows)) {
        json_object_begin(&json, NULL);
        json_text(&json, "cart", store_text(rows, 0));
        json_int(&json, "stock", store_int(rows, 1));
        time_text(store_int(rows, 2), time);
        json_text(&json, "time", time);
        json_object_end(&json);
    }
    store_rows_end(rows);
    json_array_end(&json);
    list_own_cell(out, &text, "");
    buffer_free(&text);
}

static void write_restock(struct store *store, struct store_rows *rows, struct list_out *out)
{
    list_cells(out, rows, 0, 2);
    write_carts(store, store_int(rows, 4), out);
    list_cells(out, rows, 2, 2);
}

static void restock_fetch(struct store *store, const struct list_request *request,
                          struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows =
        store_query(store, SQL_RESTOCKS_PAGE, "ii", request->after.ints[0], request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        key.ints[0] = store_int(rows, 4);
        write_restock(store, rows, out);
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list restocks = {
    .name = "restocks",
    .columns = restock_columns,
    .column_count = sizeof restock_columns / sizeof *restock_columns,
    .key_types = "i", /* the number, descending */
    .first = { .ints = { INT64_MAX } },
    .row = write_restock,
    .fetch = restock_fetch,
};

static void restocks_list(struct api_call *call)
{
    struct list_request request = { .list = &restocks };
    list_answer(call, &request);
}

static void answer(struct api_call *call, int64_t number)
{
    list_answer_row(call, &restocks, store_query(call->store, SQL_RESTOCKS_ONE, "i", number));
}

/* The open batch has no number yet, and is asked for among the others. */
static void restocks_one(struct api_call *call)
{
    int64_t number = 0;
    page_number_read(call->match.parameters[0], 1, INTEGER_MAX, &number);
    answer(call, number);
}

static void restocks_done(struct api_call *call)
{
    const char *text = call->match.parameters[0];
    enum restock_verdict verdict = RESTOCK_UNKNOWN;
    int64_t number;
    if (page_number_read(text, 1, INTEGER_MAX, &number) == PAGE_NUMBER_OK &&
        store_begin(call->store))
        verdict = restock_done(call->store, number, call->now_ms);
    switch (verdict) {
    case RESTOCK_DONE:
        call_acted(call, "restock-done", text, NULL);
        answer(call, number);
        call_commit(call);
        break;
    case RESTOCK_UNKNOWN:
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        break;
    case RESTOCK_DONE_BEFORE:
        call_problem(call, PROBLEM_RESTOCK_DONE, NULL, text);
        break;
    }
}

static void restocks_announce(struct api_call *call)
{
    struct restock restock = { 0 };
    char number[24];
    if (store_begin(call->store))
        restock_know(&restock, call->store);
    if (restock.entries == 0) {
        call_problem(call, PROBLEM_RESTOCK_EMPTY, NULL, NULL);
        return;
    }
    snprintf(number, sizeof number, "%lld", (long long)restock.number);
    int64_t announced = restock.number;
    restock_announce(&restock, call->store, api_options(api_of(call->frame))->settings->lang,
                     call->now_ms);
    call_acted(call, "restock-announce", number, NULL);
    answer(call, announced);
    call_commit(call);
}

static const struct route routes[] = {
    { "GET", API "/stock", WHO_READS, ROUTE_LIST, "cart low", stock_list },
    { "GET", API "/restocks", WHO_READS, ROUTE_LIST, NULL, restocks_list },
    { "GET", API "/restocks/{n}", WHO_READS, 0, NULL, restocks_one },
    { "POST", API "/restocks/{n}/done", WHO_ACTS, ROUTE_DO_ONCE, NULL, restocks_done },
    { "POST", API "/restocks/announce", WHO_ACTS, ROUTE_DO_ONCE, NULL, restocks_announce },
};
const struct route_table stock_routes = ROUTE_TABLE_OF(routes);
