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

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    const struct page_key *after = &request->after;
    struct page_key key = { 0 };
    struct order order;
    struct store_rows *rows = request->group >= 0
                                  ? store_query(store, SQL_ORDERS_PAGE_BY_STATUS, "titi",
                                                order_state_names[request->group], after->ints[0],
                                                after->texts[1], request->limit + 1)
                                  : store_query(store, SQL_ORDERS_PAGE, "iti", after->ints[0],
                                                after->texts[1], request->limit + 1);
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
    struct list_request request = { .list = &orders, .group = -1 };
    if (list_read_word(call, "status", order_state_names, &request.group))
        list_answer(call, &request);
}

static const struct route routes[] = {
    { "GET", API "/orders", WHO_READS, ROUTE_TABLE | ROUTE_PERSONS, "status", orders_list },
};
const struct route_table orders_list_routes = ROUTE_TABLE_OF(routes);
