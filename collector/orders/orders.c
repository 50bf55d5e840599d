/* The role `orders`: places what was requested and moves it through its states (contract,
 * section 5, "orders").
 *
 * It keeps no order in memory: whatever the API has cancelled meanwhile is read with the row. In
 * `auto` without a pause an order comes into all four states in the transaction that places it,
 * each with its own record and mail; with a pause the row says when it moves on. In `dispatch` it
 * is offered to carts, and their vendors move it (dispatch_role.h). */
#include "collector/base/settings.h"
#include "collector/engine/event_time.h"
#include "collector/engine/role.h"
#include "collector/orders/dispatch_role.h"
#include "collector/orders/order_book.h"
#include "collector/people/erased.h"

#include "dispatch_sql.h"
#include "orders_sql.h"

#include "common/clock.h"
#include "common/log.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DUE_MAX 500 /* as the statement orders_due has it */
/* A tick that comes this late still dates a change by when it was due; later ones, after a pause of
 * the collector, by when it was made. */
#define LATE_MS_MAX 1000

struct orders {
    struct order_book book; /* of the batch in hand */
    const struct settings *settings;
    struct dispatch_role dispatch; /* where it dispatches */
    bool dispatches, has_left;     /* what dispatch left is taken on by `auto` once */
    int64_t step_ms, now_ms;
    struct erased erased;
};

struct due_order {
    char id[ORDER_ID_SIZE];
    int64_t due_ms;
};

static void *open_orders(const struct settings *settings)
{
    struct orders *orders = calloc(1, sizeof *orders);

    if (orders == NULL)
        abort();
    orders->settings = settings;
    orders->dispatches = order_is_dispatched(settings);
    orders->step_ms = settings->order_step_ms;
    orders->book.lang = settings->lang;
    return orders;
}

static void close_orders(void *state)
{
    struct orders *orders = state;

    erased_free(&orders->erased);
    dispatch_role_free(&orders->dispatch);
    free(orders);
}

static void begin(void *state, struct store *store, int64_t now_ms)
{
    struct orders *orders = state;

    orders->book.store = store;
    orders->now_ms = now_ms;
    erased_read(&orders->erased, store);
    if (orders->dispatches)
        dispatch_role_begin(&orders->dispatch, orders->settings, store, now_ms);
}

static void end(void *state)
{
    (void)state;
}

static void forget(void *state)
{
    struct orders *orders = state;

    orders->has_left = false;
    orders->dispatch.has_adopted = false;
}

/* What was ordered before the buyer was erased is read again without the buyer. */
static void hide_buyer(const struct orders *orders, struct order *order)
{
    const struct erased_person *person = erased_find(&orders->erased, PERSON_MAIL, order->email);

    if (person == NULL || order->times[ORDER_RECEIVED] > person->erased_ms)
        return;
    order->email[0] = order->place[0] = '\0';
    order->lat = order->lon = NAN;
}

static void place(struct orders *orders, struct order *order)
{
    int64_t received_ms = order->times[ORDER_RECEIVED];
    bool at_once = orders->step_ms == 0;

    hide_buyer(orders, order);
    if (orders->dispatches) {
        dispatch_role_place(&orders->dispatch, order);
        return;
    }
    for (enum order_state state = ORDER_PREPARING; at_once && state <= ORDER_DONE; state++)
        order->times[state] = later(orders->now_ms, received_ms);
    if (at_once)
        order->state = ORDER_DONE;
    order_book_add(&orders->book, order,
                   at_once ? ORDER_STAYS
                           : later(received_ms, orders->now_ms - LATE_MS_MAX) + orders->step_ms);
}

/* What a vendor does with an order. A repetition, or what another step has overtaken, is no error
 * of the vendor's: it changes nothing. False where it is wrong. */
static bool step(struct orders *orders, const struct event *event, int64_t append_ms,
                 struct json_reason *why)
{
    enum order_state to = order_state_from_name(event->status);
    struct order order;

    if (!order_state_is_step(to))
        return json_refuse(why, "status", SAY_REASON_STEP(ORDER_STEPS_FIRST, ORDER_STEPS_LAST));
    if (!order_book_read(orders->book.store, event->order, &order))
        return json_refuse(why, "order", SAY_REASON_ORDER_UNKNOWN());
    if (order.cart[0] != '\0' && strcmp(order.cart, event->cart) != 0)
        return json_refuse(why, "order", SAY_REASON_ORDER_ANOTHERS());
    snprintf(order.cart, sizeof order.cart, "%s", event->cart);
    int64_t at_ms = later(event_time_ms(event, event->ts_ms, append_ms), order.times[order.state]);
    if (!order_book_move(&orders->book, &order, to, at_ms))
        log_debug("orders", "a step that changes nothing", "id=%s status=%s step=%s", order.id,
                  order_state_names[order.state], event->status);
    return true;
}

static void apply_step(struct orders *orders, const struct kafka_record *record)
{
    struct json_reason why;
    struct event event;
    bool good = event_read(record->value, record->value_length, &event, &why);

    if (good && event.type == EVENT_ORDER)
        good = orders->dispatches
                   ? dispatch_role_step(&orders->dispatch, &event, record->append_ms, &why)
                   : step(orders, &event, record->append_ms, &why);
    else if (good)
        good = json_refuse(&why, "type", SAY_REASON_EVENT_TOPIC());
    if (!good)
        outgoing_dead_letter(orders->book.store, record, &why);
}

static void apply(void *state, const struct kafka_record *record)
{
    struct orders *orders = state;
    struct json_reason why = { 0 };
    struct order order;

    if (strcmp(record->topic, TOPIC_ORDER_STEPS) == 0)
        apply_step(orders, record);
    else if (order_read_request(record->value, record->value_length, record->append_ms, &order,
                                &why))
        place(orders, &order);
    else
        outgoing_dead_letter(orders->book.store, record, &why);
}

static enum role_due due(void *state, struct store *store, const struct role_time *time)
{
    struct orders *orders = state;

    if (orders->dispatches) {
        enum role_due due = dispatch_role_due(&orders->dispatch, store, time);
        if (due != ROLE_NOTHING_DUE)
            return due;
    } else if (!orders->has_left) {
        return ROLE_DUE;
    }
    return store_has(store, SQL_ORDERS_ANY_DUE, "i", time->now_ms) ? ROLE_DUE : ROLE_NOTHING_DUE;
}

static size_t read_due(struct orders *orders, struct due_order *list)
{
    struct store_rows *rows = store_query(orders->book.store, SQL_ORDERS_DUE, "i", orders->now_ms);
    size_t count = 0;

    while (count < DUE_MAX && store_next(rows)) {
        snprintf(list[count].id, sizeof list[count].id, "%s", store_text(rows, 0));
        list[count++].due_ms = store_int(rows, 1);
    }
    store_rows_end(rows);
    return count;
}

/* Every state whose time has come. */
static void move_on(struct orders *orders, const struct due_order *due_order)
{
    int64_t due_ms = due_order->due_ms;
    struct order order;

    if (!order_book_read(orders->book.store, due_order->id, &order))
        return;
    while (due_ms <= orders->now_ms && order.state < ORDER_DONE) {
        int64_t at_ms = orders->now_ms - due_ms < LATE_MS_MAX ? due_ms : orders->now_ms;
        int64_t step_ms = later(orders->step_ms, 1);
        if (!order_book_step(&orders->book, &order, at_ms, at_ms + step_ms))
            return;
        due_ms = at_ms + step_ms;
    }
}

static void tick(void *state, const struct role_time *time)
{
    struct orders *orders = state;
    struct due_order list[DUE_MAX];

    if (!orders->dispatches && !orders->has_left)
        store_run(orders->book.store, SQL_DISPATCH_LEAVE, "i", time->now_ms);
    orders->has_left = true;
    size_t count = read_due(orders, list);
    for (size_t i = 0; i < count; i++)
        move_on(orders, &list[i]);
    if (orders->dispatches)
        dispatch_role_tick(&orders->dispatch, time);
}

static const char *const topics[] = { TOPIC_ORDER_REQUESTS, TOPIC_ORDER_STEPS, NULL };

const struct role_calls role_orders = {
    .name = "orders",
    .topics = topics,
    .open = open_orders,
    .close = close_orders,
    .begin = begin,
    .apply = apply,
    .end = end,
    .forget = forget,
    .due = due,
    .tick = tick,
};
