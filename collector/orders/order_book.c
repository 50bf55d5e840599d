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

#define CHANGE_ID_SIZE (ORDER_ID_SIZE + 40)
#define TOLD_ID_SIZE   (CHANGE_ID_SIZE + 8)
#define FIRST_TIME     9 /* column of the first state's time */
#define PLACE          (FIRST_TIME + ORDER_STATES)
#define FIRST_OWN      (PLACE + 2) /* of the columns of struct order_dispatch */

/* Where an order comes into a state once more, since a cart gave it back, it is another change. */
static void change_id(const struct order *order, enum order_state state, char id[CHANGE_ID_SIZE])
{
    bool again = order->dispatch.returns > 0 && state <= ORDER_PREPARING;

    if (again)
        snprintf(id, CHANGE_ID_SIZE, "%s/%s/%lld", order->id, order_state_names[state],
                 (long long)order->dispatch.turn);
    else
        snprintf(id, CHANGE_ID_SIZE, "%s/%s", order->id, order_state_names[state]);
}

static void tell_kafka(struct store *store, const struct order *order,
                       const struct order_change *change)
{
    struct buffer value = { 0 };
    char id[CHANGE_ID_SIZE];

    change_id(order, change->state, id);
    order_write_change(order, change, &value);
    outgoing_add(store, &(struct outgoing){ .id = id,
                                            .topic = TOPIC_ORDER_PROCESSING,
                                            .key = order->id,
                                            .key_length = strlen(order->id),
                                            .value = value.bytes,
                                            .value_length = value.length,
                                            .type = "order" });
    buffer_free(&value);
}

/* That a cart gave it back is no news to the buyer, nor is that the same one takes it again. */
static bool is_news(struct store *store, const struct order *order, enum order_state state)
{
    if (order->dispatch.returns == 0 || state > ORDER_PREPARING)
        return true;
    return state == ORDER_PREPARING &&
           !store_has(store, SQL_ORDER_HAD_LAST, "tt", order->id, order->cart);
}

/* An order of `auto`, which no cart has, moves by itself, as it did when it was first read. */
static int64_t cause_ms(const struct order *order, const struct order_change *change)
{
    bool moved =
        order->cart[0] != '\0' || order->dispatch.turn > 0 || order->dispatch.failed[0] != '\0';

    return moved ? change->at_ms : order->times[ORDER_RECEIVED];
}

static void tell_buyer(struct store *store, const struct order *order,
                       const struct order_change *change)
{
    struct buffer parameters = { 0 };
    struct json_writer json = json_write_to(&parameters);
    char told[CHANGE_ID_SIZE], id[TOLD_ID_SIZE];

    change_id(order, change->state, told);
    snprintf(id, sizeof id, "order/%s", told);
    json_object_begin(&json, NULL);
    json_text(&json, "order", order->id);
    json_text(&json, "product", order->product);
    json_int(&json, "quantity", order->quantity);
    json_int(&json, "price", order->price);
    json_text(&json, "status", order_state_names[change->state]);
    if (order->pickup)
        json_text(&json, "way", "pickup");
    if (order->dispatch.failed[0] != '\0')
        json_text(&json, "reason", order->dispatch.failed);
    json_object_end(&json);
    mail_add(store,
             &(struct mail){ .id = id,
                             .recipient = order->email,
                             .reader = MAIL_STRANGER,
                             .template = "order",
                             .parameters = parameters.bytes,
                             .order = order->id,
                             .cause_ms = cause_ms(order, change) },
             change->at_ms);
    buffer_free(&parameters);
}

static struct saying failure_of(const struct order *order)
{
    if (strcmp(order->dispatch.failed, ORDER_NOBODY_THERE) == 0)
        return SAY_ALERT_ORDER_FAILED_NOBODY(order->cart, order->id, order->quantity,
                                             order->product);
    return SAY_ALERT_ORDER_FAILED(order->id, order->quantity, order->product);
}

static void raise_failed(const struct order_book *book, const struct order *order, int64_t at_ms)
{
    alert_raise(book->store, &(struct alert){ .kind = ALERT_ORDER_FAILED,
                                              .subject = order->id,
                                              .cart = text_or_null(order->cart),
                                              .says = failure_of(order),
                                              .lang = lang_from_name(book->lang),
                                              .at_ms = at_ms });
}

static void tell(const struct order_book *book, const struct order *order,
                 const struct order_change *change)
{
    tell_kafka(book->store, order, change);
    if (is_news(book->store, order, change->state))
        tell_buyer(book->store, order, change);
    if (change->state == ORDER_FAILED)
        raise_failed(book, order, change->at_ms);
    else if (change->state >= ORDER_DONE && order->dispatch.warned)
        alert_end(book->store, ALERT_ORDER_FAILED, order->id, change->at_ms);
    log_info("orders", "changed", "id=%s status=%s cart=%s", order->id,
             order_state_names[change->state], text_or_null(order->cart));
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
            tell(book, order, &(struct order_change){ state, times[state] });
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
    tell(book, order, &(struct order_change){ to, order->times[to] });
    return true;
}

bool order_book_save(const struct order_book *book, const struct order *order)
{
    return save(book, order, order->state, ORDER_STAYS);
}

bool order_book_return(const struct order_book *book, struct order *order, int64_t at_ms)
{
    int64_t turn = order->dispatch.turn;

    store_run(book->store, SQL_ORDER_CHANGE_INSERT, "titti", order->id, turn,
              order_state_names[ORDER_PREPARING], order->cart, order->times[ORDER_PREPARING]);
    store_run(book->store, SQL_ORDER_CHANGE_INSERT, "titti", order->id, turn,
              order_state_names[ORDER_RECEIVED], (const char *)NULL, at_ms);
    order->cart[0] = '\0';
    order->times[ORDER_PREPARING] = ORDER_NEVER;
    order->state = ORDER_RECEIVED;
    order->dispatch.returns++;
    if (!save(book, order, ORDER_PREPARING, ORDER_STAYS))
        return false;
    tell(book, order, &(struct order_change){ ORDER_RECEIVED, at_ms });
    return true;
}

void order_book_history(struct store *store, const struct order *order,
                        struct order_history *history)
{
    history->count = 0;
    order_history_add(history, ORDER_RECEIVED, order->times[ORDER_RECEIVED]);
    if (order->dispatch.returns > 0) {
        struct store_rows *rows = store_query(store, SQL_ORDER_CHANGES, "t", order->id);
        while (store_next(rows))
            order_history_add(history, order_state_from_name(store_text(rows, 0)),
                              store_int(rows, 1));
        store_rows_end(rows);
    }
    order_history_add_own(history, order, ORDER_PREPARING);
}

void order_book_write_history(struct store *store, const struct order *order,
                              struct json_writer *json, const char *key)
{
    struct order_history history;

    order_book_history(store, order, &history);
    order_history_write(&history, json, key);
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
