/* The list of orders, newest first, and what an operator does with one that looks for its cart. */
#include "collector/api/api_parts.h"
#include "collector/base/settings.h"
#include "collector/call/list.h"
#include "collector/carts/cart_row.h"
#include "collector/orders/dispatch.h"

#include "orders_sql.h"

#include "common/day.h"

#include <stdio.h>

static const struct column columns[] = {
    { "id", CELL_TEXT },      { "product", CELL_TEXT }, { "price", CELL_INT },
    { "quantity", CELL_INT }, { "email", CELL_TEXT },   { "lat", CELL_NUMBER },
    { "lon", CELL_NUMBER },   { "cart", CELL_TEXT },    { "status", CELL_TEXT },
    { "history", CELL_OWN },  { "place", CELL_TEXT },   { "pickup", CELL_BOOL },
    { "held", CELL_BOOL },    { "turn", CELL_INT },     { "failed_reason", CELL_TEXT },
    { "offers", CELL_OWN },
};
#define PLAIN_COLUMNS 9  /* the first of them, as the first of the row */
#define PLACE_COLUMN  15 /* of the row: place, pickup, held, turn */
#define REASON_COLUMN 24

static void write_history(struct store *store, struct list_out *out, const struct order *order)
{
    struct buffer text = { 0 }, table = { 0 };
    struct json_writer json = json_write_to(&text);
    struct order_history history;
    char time[TIME_TEXT_SIZE];
    order_book_history(store, order, &history);
    order_history_write(&history, &json, NULL);
    buffer_text(&table, "");
    for (size_t i = 0; i < history.count; i++) {
        time_text(history.changes[i].at_ms, time);
        buffer_format(&table, "%s%s %s", table.length > 0 ? ", " : "",
                      order_state_names[history.changes[i].state], time);
    }
    list_own_cell(out, &text, table.bytes);
    buffer_free(&text);
    buffer_free(&table);
}

/* In a table: "NEAR01 refused, NEXT02 accepted". */
static void write_offers(struct store *store, struct list_out *out, const struct order *order)
{
    struct buffer text = { 0 }, table = { 0 };
    struct json_writer json = json_write_to(&text);
    const cJSON *offer;

    dispatch_write_offers(store, order, &json, NULL);
    cJSON *offers = cJSON_Parse(text.bytes);
    buffer_text(&table, "");
    cJSON_ArrayForEach(offer, offers)
    {
        const char *cart = cJSON_GetStringValue(cJSON_GetObjectItem(offer, "cart"));
        const char *outcome = cJSON_GetStringValue(cJSON_GetObjectItem(offer, "outcome"));
        buffer_format(&table, "%s%s %s", table.length > 0 ? ", " : "", cart,
                      outcome != NULL ? outcome : "open");
    }
    list_own_cell(out, &text, table.bytes);
    cJSON_Delete(offers);
    buffer_free(&text);
    buffer_free(&table);
}

static void write_row(struct store *store, struct store_rows *rows, struct list_out *out)
{
    struct order order;

    order_book_fill(rows, &order);
    list_cells(out, rows, 0, PLAIN_COLUMNS);
    write_history(store, out, &order);
    list_cells(out, rows, PLACE_COLUMN, 4);
    list_cells(out, rows, REASON_COLUMN, 1);
    write_offers(store, out, &order);
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
        order_book_fill(rows, &order);
        write_row(store, rows, out);
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
    .row = write_row,
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

/* The order of the path, in a transaction that writes; false where the answer is a problem now. */
static bool begin_act(struct api_call *call, struct dispatch *dispatch, struct order *order)
{
    const struct settings *settings = api_options(api_of(call->frame))->settings;
    const char *id = call->match.parameters[0];

    if (!store_begin(call->store))
        return false;
    dispatch_begin(dispatch, settings, call->store, call->now_ms);
    if (order_id_is_valid(id) && order_book_read(call->store, id, order))
        return true;
    if (store_status(call->store) == STORE_OK)
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
    return false;
}

/* Answers with the order as it is now, or says in which state it cannot be. */
static void end_act(struct api_call *call, const struct order *order, bool done, const char *action)
{
    if (store_status(call->store) != STORE_OK)
        return; /* the frame answers */
    if (!done) {
        call_problem(call, PROBLEM_ORDER_STATE, NULL, order_state_names[order->state]);
        return;
    }
    call_acted(call, action, order->id, order->cart[0] != '\0' ? order->cart : NULL);
    list_answer_row(call, &orders, store_query(call->store, SQL_ORDER_READ, "t", order->id));
    call_commit(call);
}

static bool read_cart(struct api_call *call, char cart[CART_LENGTH_MAX + 1])
{
    struct json_reason why = { 0 };
    const char *typed;
    cJSON *body = call_body(call);

    if (body == NULL)
        return false;
    bool good =
        json_get_text(body, "cart", JSON_REQUIRED, 1, CART_TYPED_MAX, &typed, &why) &&
        (cart_from_person(typed, cart) || json_refuse(&why, "cart", SAY_REASON_PLATE("cart")));
    cJSON_Delete(body);
    if (!good)
        call_refuse(call, &why);
    return good;
}

/* False, and answered, where the order would be taken back from it at once. */
static bool can_have(struct api_call *call, const struct order *order, const char *cart)
{
    switch (dispatch_cart_can(call->store, order, cart)) {
    case DISPATCH_NO_CART:
        call_invalid(call, "cart", SAY_REASON_CART_UNKNOWN(cart));
        return false;
    case DISPATCH_GONE:
        call_invalid(call, "cart", SAY_REASON_ORDER_CART_GONE(cart));
        return false;
    case DISPATCH_NO_STOCK:
        call_invalid(call, "cart", SAY_REASON_ORDER_CART_STOCK(cart));
        return false;
    case DISPATCH_CAN:
        return true;
    }
    return false;
}

static void orders_assign(struct api_call *call)
{
    struct dispatch dispatch = { .now_ms = 0 };
    char cart[CART_LENGTH_MAX + 1];
    struct order order;

    if (!read_cart(call, cart) || !begin_act(call, &dispatch, &order))
        return;
    cart_known_as(call->store, cart);
    bool dispatches = order_is_dispatched(api_options(api_of(call->frame))->settings);
    if (can_have(call, &order, cart))
        end_act(call, &order, dispatches && dispatch_assign(&dispatch, &order, cart),
                "order-assign");
    dispatch_free(&dispatch);
}

static void change(struct api_call *call, bool (*act)(struct dispatch *, struct order *),
                   const char *action)
{
    struct dispatch dispatch = { .now_ms = 0 };
    struct order order;

    if (!begin_act(call, &dispatch, &order))
        return;
    bool dispatches = order_is_dispatched(api_options(api_of(call->frame))->settings);
    end_act(call, &order, dispatches && act(&dispatch, &order), action);
    dispatch_free(&dispatch);
}

static void orders_release(struct api_call *call)
{
    change(call, dispatch_release, "order-release");
}

static void orders_hold(struct api_call *call)
{
    change(call, dispatch_hold, "order-hold");
}

static const struct route routes[] = {
    { "GET", API "/orders", WHO_READS, ROUTE_TABLE | ROUTE_PERSONS | ROUTE_SEARCH,
      "status from to cart", orders_list },
    /* Who may not see a buyer's address may not ask by it either. */
    { "POST", API "/orders/find", WHO_ACTS, ROUTE_FOUND_TABLE | ROUTE_PERSONS | ROUTE_SEARCH,
      "status from to cart email", orders_list },
    { "POST", API "/orders/{id}/assign", WHO_ACTS, ROUTE_ACT_ONCE, NULL, orders_assign },
    { "POST", API "/orders/{id}/release", WHO_ACTS, ROUTE_DO_ONCE, NULL, orders_release },
    { "POST", API "/orders/{id}/hold", WHO_ACTS, ROUTE_DO_ONCE, NULL, orders_hold },
};
const struct route_table orders_list_routes = ROUTE_TABLE_OF(routes);
