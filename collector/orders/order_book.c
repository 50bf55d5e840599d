/* Rows of orders, and what every change queues to others. */
#include "collector/orders/order_book.h"
#include "collector/alerts/alert.h"
#include "collector/base/lang.h"
#include "collector/effects/mail.h"
#include "collector/effects/outgoing.h"

#include "orders_sql.h"

#include "common/json_write.h"
#include "common/log.h"
#include "common/text.h"

#include <stdio.h>
#include <string.h>

#define TOLD_ID_SIZE (ORDER_ID_SIZE + 32)
#define FIRST_TIME   9 /* column of the first state's time */
#define PLACE        (FIRST_TIME + ORDER_STATES)
#define FIRST_OWN    (PLACE + 2) /* of the columns of struct order_dispatch */

static void tell_kafka(struct store *store, const struct order *order, enum order_state state)
{
    struct buffer value = { 0 };
    char id[TOLD_ID_SIZE];

    snprintf(id, sizeof id, "%s/%s", order->id, order_state_names[state]);
    order_write_change(order, state, &value);
    outgoing_add(store, &(struct outgoing){ .id = id,
                                            .topic = TOPIC_ORDER_PROCESSING,
                                            .key = order->id,
                                            .key_length = strlen(order->id),
                                            .value = value.bytes,
                                            .value_length = value.length,
                                            .type = "order" });
    buffer_free(&value);
}

/* An order that no cart has moves by itself, as it did when it was first read. */
static void tell_buyer(struct store *store, const struct order *order, enum order_state state)
{
    bool has_cart = order->cart[0] != '\0';
    struct buffer parameters = { 0 };
    struct json_writer json = json_write_to(&parameters);
    char id[TOLD_ID_SIZE];

    snprintf(id, sizeof id, "order/%s/%s", order->id, order_state_names[state]);
    json_object_begin(&json, NULL);
    json_text(&json, "order", order->id);
    json_text(&json, "product", order->product);
    json_int(&json, "quantity", order->quantity);
    json_int(&json, "price", order->price);
    json_text(&json, "status", order_state_names[state]);
    json_object_end(&json);
    mail_add(store,
             &(struct mail){ .id = id,
                             .recipient = order->email,
                             .reader = MAIL_STRANGER,
                             .template = "order",
                             .parameters = parameters.bytes,
                             .order = order->id,
                             .cause_ms = order->times[has_cart ? state : ORDER_RECEIVED] },
             order->times[state]);
    buffer_free(&parameters);
}

static void raise_failed(const struct order_book *book, const struct order *order)
{
    alert_raise(book->store, &(struct alert){ .kind = ALERT_ORDER_FAILED,
                                              .subject = order->id,
                                              .cart = text_or_null(order->cart),
                                              .says = SAY_ALERT_ORDER_FAILED(
                                                  order->id, order->quantity, order->product),
                                              .lang = lang_from_name(book->lang),
                                              .at_ms = order->times[ORDER_FAILED] });
}

static void tell(const struct order_book *book, const struct order *order, enum order_state state)
{
    tell_kafka(book->store, order, state);
    tell_buyer(book->store, order, state);
    if (state == ORDER_FAILED)
        raise_failed(book, order);
    log_info("orders", "changed", "id=%s status=%s cart=%s", order->id, order_state_names[state],
             text_or_null(order->cart));
}

bool order_book_add(const struct order_book *book, const struct order *order, int64_t next_ms)
{
    const int64_t *times = order->times;

    store_run(book->store, SQL_ORDER_INSERT, "ttiitnnttiooooootio", order->id, order->product,
              order->price, order->quantity, order->email, order->lat, order->lon,
              text_or_null(order->cart), order_state_names[order->state], times[ORDER_RECEIVED],
              times[ORDER_PREPARING], times[ORDER_DELIVERING], times[ORDER_DONE],
              times[ORDER_CANCELLED], times[ORDER_FAILED], next_ms, text_or_null(order->place),
              (int64_t)order->pickup, order->dispatch.search_until_ms);
    if (store_status(book->store) != STORE_OK || store_changed(book->store) != 1)
        return false;
    for (enum order_state state = 0; state < ORDER_STATES; state++)
        if (times[state] != ORDER_NEVER)
            tell(book, order, state);
    return true;
}

static int64_t time_or_never(struct store_rows *rows, int column)
{
    return store_is_null(rows, column) ? ORDER_NEVER : store_int(rows, column);
}

static void fill_dispatch(struct store_rows *rows, struct order_dispatch *dispatch)
{
    int column = FIRST_OWN;

    dispatch->held = store_int(rows, column++) != 0;
    dispatch->turn = store_int(rows, column++);
    dispatch->returns = store_int(rows, column++);
    text_put(dispatch->offered, sizeof dispatch->offered, store_text(rows, column++));
    dispatch->offered_ms = time_or_never(rows, column++);
    dispatch->until_ms = time_or_never(rows, column++);
    dispatch->search_until_ms = time_or_never(rows, column++);
    text_put(dispatch->failed, sizeof dispatch->failed, store_text(rows, column++));
    dispatch->warned = store_int(rows, column) != 0;
}

void order_book_fill(struct store_rows *rows, struct order *order)
{
    *order = (struct order){ 0 };
    text_put(order->id, sizeof order->id, store_text(rows, 0));
    text_put(order->product, sizeof order->product, store_text(rows, 1));
    order->price = store_int(rows, 2);
    order->quantity = store_int(rows, 3);
    text_put(order->email, sizeof order->email, store_text(rows, 4));
    order->lat = store_number(rows, 5);
    order->lon = store_number(rows, 6);
    text_put(order->cart, sizeof order->cart, store_text(rows, 7));
    order->state = order_state_from_name(store_text(rows, 8));
    for (int i = 0; i < ORDER_STATES; i++)
        order->times[i] = time_or_never(rows, FIRST_TIME + i);
    text_put(order->place, sizeof order->place, store_text(rows, PLACE));
    order->pickup = store_int(rows, PLACE + 1) != 0;
    fill_dispatch(rows, &order->dispatch);
}

bool order_book_read(struct store *store, const char *id, struct order *order)
{
    struct store_rows *rows = store_query(store, SQL_ORDER_READ, "t", id);
    bool found = store_next(rows);

    if (found)
        order_book_fill(rows, order);
    store_rows_end(rows);
    return found;
}

/* False where the row is in another state than `from` by now. */
static bool save(const struct order_book *book, const struct order *order, enum order_state from,
                 int64_t next_ms)
{
    const struct order_dispatch *dispatch = &order->dispatch;
    const int64_t *times = order->times;

    store_run(book->store, SQL_ORDER_UPDATE, "ttooooooiiitoootitt", text_or_null(order->cart),
              order_state_names[order->state], times[ORDER_PREPARING], times[ORDER_DELIVERING],
              times[ORDER_DONE], times[ORDER_CANCELLED], times[ORDER_FAILED], next_ms,
              (int64_t)dispatch->held, dispatch->turn, dispatch->returns,
              text_or_null(dispatch->offered), dispatch->offered_ms, dispatch->until_ms,
              dispatch->search_until_ms, text_or_null(dispatch->failed), (int64_t)dispatch->warned,
              order->id, order_state_names[from]);
    return store_status(book->store) == STORE_OK && store_changed(book->store) == 1;
}

/* Moves it and says when it moves on by itself. */
static bool move(const struct order_book *book, struct order *order, enum order_state to,
                 int64_t next_ms)
{
    enum order_state from = order->state;

    order->state = to;
    if (!save(book, order, from, next_ms)) {
        order->state = from;
        order->times[to] = ORDER_NEVER;
        return false;
    }
    tell(book, order, to);
    return true;
}

bool order_book_move(const struct order_book *book, struct order *order, enum order_state to,
                     int64_t at_ms)
{
    if (!order_may_move(order->state, to))
        return false;
    order->times[to] = at_ms;
    return move(book, order, to, ORDER_STAYS);
}

bool order_book_step(const struct order_book *book, struct order *order, int64_t at_ms,
                     int64_t next_ms)
{
    enum order_state to = order->state + 1;

    if (order->state >= ORDER_DONE)
        return false;
    order->times[to] = at_ms;
    return move(book, order, to, to == ORDER_DONE ? ORDER_STAYS : next_ms);
}
