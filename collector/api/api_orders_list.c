/* The list of orders, newest first. */
#include "collector/call/list.h"
#include "collector/orders/order_book.h"

#include "orders_sql.h"

#include "common/day.h"

#include <stdio.h>

static const struct column columns[] = {
    { "id", CELL_TEXT },      { "product", CELL_TEXT }, { "price", CELL_INT },
    { "quantity", CELL_INT }, { "email", CELL_TEXT },   { "lat", CELL_NUMBER },
    { "lon", CELL_NUMBER },   { "cart", CELL_TEXT },    { "status", CELL_TEXT },
    { "history", CELL_OWN },
};
#define PLAIN_COLUMNS (sizeof columns / sizeof *columns - 1)

static void write_history(struct list_out *out, const struct order *order)
{
    struct buffer text = { 0 }, table = { 0 };
    struct json_writer json = json_write_to(&text);
    char time[TIME_TEXT_SIZE];
    order_write_history(order, &json, NULL);
    buffer_text(&table, "");
    for (enum order_state state = 0; state < ORDER_STATES; state++) {
        if (order->times[state] == ORDER_NEVER)
            continue;
        time_text(order->times[state], time);
        buffer_format(&table, "%s%s %s", table.length > 0 ? ", " : "", order_state_names[state],
                      time);
    }
    list_own_cell(out, &text, table.bytes);
    buffer_free(&text);
    buffer_free(&table);
}

/* The only state of the set; negative where there are more, or it is all. */
static int64_t only_state(int64_t set)
{
    for (int64_t state = 0; state < ORDER_STATES; state++)
        if (set == (int64_t)1 << state)
            return state;
    return -1;
}

/* Before `to`, wherever the page before ended. */
static struct store_rows *query_page(struct store *store, const struct list_request *request)
{
    bool is_past = request->after.ints[0] < request->times.to;
    int64_t before_ms = is_past ? request->after.ints[0] : request->times.to;
    const char *before_id = is_past ? request->after.texts[1] : "";
    int64_t only = only_state(request->sets[0]);
    struct buffer states = { 0 };
    struct store_rows *rows;
    list_write_set(order_state_names, request->sets[0], &states);
    if (only >= 0)
        rows = store_query(store, SQL_ORDERS_PAGE_BY_STATUS, "tititti", order_state_names[only],
                           before_ms, before_id, request->times.from, request->cart, request->whom,
                           request->limit + 1);
    else
        rows = store_query(store, SQL_ORDERS_PAGE, "itittti", before_ms, before_id,
                           request->times.from, states.bytes, request->cart, request->whom,
                           request->limit + 1);
    buffer_free(&states);
    return rows;
}

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    struct order order;
    struct store_rows *rows = query_page(store, request);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, PLAIN_COLUMNS);
        order_book_fill(rows, &order);
        write_history(out, &order);
        key.ints[0] = order.times[ORDER_RECEIVED];
        snprintf(key.texts[1], sizeof key.texts[1], "%s", order.id);
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list orders = {
    .name = "orders",
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
    .key_types = "it",
    .first = { .ints = { INT64_MAX } },
    .fetch = fetch,
};

static void orders_list(struct api_call *call)
{
    struct list_request request = { .list = &orders };
    if (!list_read_words(call, "status", order_state_names, &request.sets[0]) ||
        !list_read_cart(call, &request) || !list_read_span(call, &request) ||
        !list_read_whom(call, "email", &request))
        return;
    list_bound_times(&request);
    list_answer(call, &request);
}

static const struct route routes[] = {
    { "GET", API "/orders", WHO_READS, ROUTE_TABLE | ROUTE_PERSONS | ROUTE_SEARCH,
      "status from to cart email", orders_list },
};
const struct route_table orders_list_routes = ROUTE_TABLE_OF(routes);
