/* Steps, and what is due. */
#include "collector/orders/dispatch_role.h"
#include "collector/alerts/alert.h"
#include "collector/engine/event_time.h"

#include "dispatch_sql.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS    1000 /* between two looks at orders that wait and carts that have some */
#define SETTLED_MS 1000 /* brokers' clocks differ: what Kafka had then may have come just after */
/* An answer that Kafka has not shown us so long after the offer's end is too late: a partition may
 * have no leader, and its orders wait for no other. */
#define LAG_MS       30000
#define OVER_MAX     500 /* as dispatch_offers_over has it */
#define WAITING_MAX  500 /* as dispatch_waiting has it */
#define TROUBLED_MAX 100 /* as dispatch_troubled has it */
#define CARRIED_MAX  200 /* as dispatch_carried_by has it */
#define SALES_MAX    100 /* as order_sales_waiting has it */

struct id_list {
    char ids[WAITING_MAX][ORDER_ID_SIZE];
    size_t count;
};

void dispatch_role_begin(struct dispatch_role *role, const struct settings *settings,
                         struct store *store, int64_t now_ms)
{
    dispatch_begin(&role->dispatch, settings, store, now_ms);
}

void dispatch_role_free(struct dispatch_role *role)
{
    dispatch_free(&role->dispatch);
}

static struct store *store_of(const struct dispatch_role *role)
{
    return role->dispatch.book.store;
}

void dispatch_role_place(struct dispatch_role *role, struct order *order)
{
    order->dispatch.search_until_ms = role->dispatch.now_ms + role->dispatch.search_ms;
    if (order_book_add(&role->dispatch.book, order, ORDER_STAYS))
        dispatch_offer(&role->dispatch, order);
}

/* ---- steps */

/* What a vendor says of an order. */
enum word { WORD_TAKE, WORD_LEAVE, WORD_DONE, WORD_NO, WORDS };

/* `cancelado` and `fallido` are an earlier agent's ways to say no. */
static enum word word_of(const char *status)
{
    static const char *const words[] = { "preparando",       "entregando", "finalizado",
                                         ORDER_STEP_REFUSED, "cancelado",  "fallido" };
    size_t word = 0;

    while (word < sizeof words / sizeof *words && strcmp(words[word], status) != 0)
        word++;
    if (word == sizeof words / sizeof *words)
        return WORDS;
    return word < WORD_NO ? (enum word)word : WORD_NO;
}

static bool is_new_step(struct dispatch_role *role, const struct event *event)
{
    store_run(store_of(role), SQL_DISPATCH_STEP_MEET, "tttii", event->order, event->cart,
              event->epoch, event->seq, role->dispatch.now_ms);
    return store_status(store_of(role)) == STORE_OK && store_changed(store_of(role)) == 1;
}

static int64_t last_turn(struct dispatch_role *role, const struct event *event)
{
    struct store_rows *rows =
        store_query(store_of(role), SQL_DISPATCH_LAST_TURN, "tt", event->order, event->cart);
    int64_t turn = store_next(rows) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    return turn;
}

/* The cart has not the order: it is told so, once for each offer that it had. The turn of its last
 * offer; 0: it never had one. */
static int64_t tell_late(struct dispatch_role *role, const struct event *event, const char *reason)
{
    struct store *store = store_of(role);
    int64_t turn = last_turn(role, event);
    struct order_notice notice = { event->order, event->cart, turn, reason };

    store_run(store, SQL_DISPATCH_STEP_TELL, "ittt", turn + 1, event->order, event->cart,
              event->epoch);
    if (store_status(store) == STORE_OK && store_changed(store) == 1)
        dispatch_tell_over(&role->dispatch, &notice);
    return turn;
}

/* Whoever answered too late is no fault of anybody's; who never was asked is. */
static bool refuse_late(struct dispatch_role *role, const struct event *event,
                        const struct order *order, struct json_reason *why)
{
    bool is_cancelled = order->state == ORDER_CANCELLED;

    if (tell_late(role, event, is_cancelled ? TELL_CANCELLED : TELL_EXPIRED) > 0)
        return true;
    return json_refuse(why, "order", SAY_REASON_ORDER_ANOTHERS());
}

/* The cart that has the order moves it on. */
static void move_on(struct dispatch_role *role, struct order *order, enum word word, int64_t at_ms)
{
    static const enum order_state states[WORDS] = {
        [WORD_TAKE] = ORDER_PREPARING, [WORD_LEAVE] = ORDER_DELIVERING, [WORD_DONE] = ORDER_DONE
    };
    struct dispatch *dispatch = &role->dispatch;

    if (word == WORD_NO && order->state == ORDER_DELIVERING) {
        dispatch_fail(dispatch, order, ORDER_NOBODY_THERE, at_ms);
    } else if (word == WORD_NO) {
        dispatch_give_back(dispatch, order, OFFER_GIVEN_BACK, at_ms);
        dispatch_offer(dispatch, order);
    } else if (order_book_move(&dispatch->book, order, states[word], at_ms)) {
        if (word == WORD_DONE)
            candidates_note(&dispatch->candidates, order->cart, -1, -order->quantity);
    }
}

/* The cart that has the open offer answers; a vendor may have gone on before anybody heard. */
static void answer(struct dispatch_role *role, struct order *order, enum word word, int64_t at_ms)
{
    struct dispatch *dispatch = &role->dispatch;

    if (word == WORD_NO) {
        dispatch_offer_over(dispatch, order, OFFER_REFUSED, at_ms);
        dispatch_offer(dispatch, order);
        return;
    }
    dispatch_take(dispatch, order, at_ms);
    if (word != WORD_TAKE)
        move_on(role, order, word, at_ms);
}

static bool has_order(const struct order *order, const char *cart)
{
    return strcmp(order->cart, cart) == 0 && order->cart[0] != '\0';
}

static int64_t last_change_ms(const struct order *order)
{
    return order->dispatch.offered[0] != '\0' ? order->dispatch.offered_ms
                                              : order->times[order->state];
}

static bool judge(struct dispatch_role *role, const struct event *event, int64_t append_ms,
                  struct json_reason *why)
{
    enum word word = word_of(event->status);
    struct order order;

    if (!order_book_read(store_of(role), event->order, &order)) {
        tell_late(role, event, TELL_EXPIRED);
        return json_refuse(why, "order", SAY_REASON_ORDER_UNKNOWN());
    }
    int64_t at_ms = later(event_time_ms(event, event->ts_ms, append_ms), last_change_ms(&order));
    if (strcmp(order.dispatch.offered, event->cart) == 0)
        answer(role, &order, word, at_ms);
    else if (!has_order(&order, event->cart))
        return refuse_late(role, event, &order, why);
    else if (order.state < ORDER_DONE)
        move_on(role, &order, word, at_ms);
    else
        log_debug("orders", "a step that changes nothing", "id=%s status=%s step=%s", order.id,
                  order_state_names[order.state], event->status);
    return true;
}

bool dispatch_role_step(struct dispatch_role *role, const struct event *event, int64_t append_ms,
                        struct json_reason *why)
{
    if (word_of(event->status) == WORDS)
        return json_refuse(
            why, "status",
            SAY_REASON_STEP(ORDER_STEPS_FIRST ", " ORDER_STEPS_LAST, ORDER_STEP_REFUSED));
    if (!order_id_is_valid(event->order))
        return json_refuse(why, "order", SAY_REASON_ORDER_UNKNOWN());
    if (!is_new_step(role, event)) {
        log_debug("orders", "a step that was met before", "id=%s cart=%s seq=%lld", event->order,
                  event->cart, (long long)event->seq);
        return true;
    }
    return judge(role, event, append_ms, why);
}

/* ---- what is due */

/* Something is to be judged by what is settled. In due() that is not known: what may be. */
static bool may_be_settled(const struct dispatch_role *role, struct store *store, int64_t now_ms)
{
    int64_t settled_ms = now_ms - SETTLED_MS;

    if (store_has(store, SQL_DISPATCH_OFFER_IS_OVER, "i", now_ms))
        return true;
    if (now_ms < role->look_ms)
        return false;
    return store_has(store, SQL_ORDER_SALE_WAITS, "i", settled_ms) ||
           store_has(store, SQL_DISPATCH_TROUBLED, "i", settled_ms);
}

enum role_due dispatch_role_due(struct dispatch_role *role, struct store *store,
                                const struct role_time *time)
{
    if (role->look_ms > time->now_ms + LOOK_MS)
        role->look_ms = 0; /* the clock was set back */
    if (!role->has_adopted)
        return ROLE_DUE;
    if (may_be_settled(role, store, time->now_ms))
        return ROLE_DUE_WATERMARK;
    bool looks = time->now_ms >= role->look_ms;
    return looks && store_has(store, SQL_DISPATCH_WAITS, "") ? ROLE_DUE : ROLE_NOTHING_DUE;
}

static void read_ids(struct store_rows *rows, struct id_list *list, size_t max)
{
    list->count = 0;
    while (list->count < max && store_next(rows))
        text_put(list->ids[list->count++], ORDER_ID_SIZE, store_text(rows, 0));
    store_rows_end(rows);
}

/* Offers that nobody answered. */
static void end_offers(struct dispatch_role *role, int64_t settled_ms)
{
    struct dispatch *dispatch = &role->dispatch;
    struct id_list list;
    struct order order;

    read_ids(store_query(store_of(role), SQL_DISPATCH_OFFERS_OVER, "i", settled_ms), &list,
             OVER_MAX);
    for (size_t i = 0; i < list.count; i++) {
        if (!order_book_read(store_of(role), list.ids[i], &order) ||
            order.dispatch.offered[0] == '\0')
            continue;
        dispatch_offer_over(dispatch, &order, OFFER_UNANSWERED, dispatch->now_ms);
    }
}

/* Those that wait, some hundred at a time: an order that no cart can have keeps none behind it. */
static void offer_waiting(struct dispatch_role *role)
{
    struct id_list list = { .count = 0 };
    struct order order;
    struct store_rows *rows =
        store_query(store_of(role), SQL_DISPATCH_WAITING, "it", role->from_ms, role->from_id);

    while (list.count < WAITING_MAX && store_next(rows)) {
        text_put(list.ids[list.count++], ORDER_ID_SIZE, store_text(rows, 0));
        role->from_ms = store_int(rows, 1);
    }
    store_rows_end(rows);
    bool is_last = list.count < WAITING_MAX;
    text_put(role->from_id, sizeof role->from_id, is_last ? "" : list.ids[list.count - 1]);
    if (is_last)
        role->from_ms = 0;
    for (size_t i = 0; i < list.count; i++)
        if (order_book_read(store_of(role), list.ids[i], &order))
            dispatch_offer(&role->dispatch, &order);
}

/* A cart that cannot be counted on for all that it has. */
struct troubled {
    char cart[CART_LENGTH_MAX + 1];
    bool is_gone;
    int64_t stock;
};

static void warn(struct dispatch_role *role, struct order *order, const struct troubled *troubled)
{
    struct saying says = troubled->is_gone ? SAY_ALERT_ORDER_FAILED_GONE(order->cart, order->id)
                                           : SAY_ALERT_ORDER_FAILED_STOCK(order->cart, order->id);

    dispatch_warn(&role->dispatch, order, &says);
}

static size_t read_carried(struct dispatch_role *role, const char *cart, struct order *orders)
{
    struct id_list list;
    size_t count = 0;

    read_ids(store_query(store_of(role), SQL_DISPATCH_CARRIED_BY, "t", cart), &list, CARRIED_MAX);
    for (size_t i = 0; i < list.count; i++)
        if (order_book_read(store_of(role), list.ids[i], &orders[count]))
            count++;
    return count;
}

/* What is being prepared is given back, as far as needed, the last one first; of what is on its way
 * an operator is told. */
static void relieve(struct dispatch_role *role, const struct troubled *troubled)
{
    struct order *orders = calloc(CARRIED_MAX, sizeof *orders);
    int64_t pieces = 0;

    if (orders == NULL)
        abort();
    size_t count = read_carried(role, troubled->cart, orders);
    for (size_t i = 0; i < count; i++)
        pieces += orders[i].quantity;
    for (size_t i = 0; i < count; i++) {
        if (orders[i].state != ORDER_PREPARING || (!troubled->is_gone && pieces <= troubled->stock))
            continue;
        pieces -= orders[i].quantity;
        dispatch_give_back(&role->dispatch, &orders[i], OFFER_TAKEN_BACK, role->dispatch.now_ms);
    }
    for (size_t i = 0; i < count; i++)
        if (orders[i].state == ORDER_DELIVERING && (troubled->is_gone || pieces > troubled->stock))
            warn(role, &orders[i], troubled);
    free(orders);
}

static void relieve_all(struct dispatch_role *role, int64_t settled_ms)
{
    struct store_rows *rows = store_query(store_of(role), SQL_DISPATCH_TROUBLED, "i", settled_ms);
    struct troubled list[TROUBLED_MAX];
    size_t count = 0;

    while (count < TROUBLED_MAX && store_next(rows)) {
        struct troubled *troubled = &list[count++];
        text_put(troubled->cart, sizeof troubled->cart, store_text(rows, 0));
        troubled->is_gone = store_int(rows, 1) != 0;
        troubled->stock = store_int(rows, 2);
    }
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++)
        relieve(role, &list[i]);
}

/* ---- sales that name an order */

struct named_sale {
    char order[ORDER_ID_SIZE], cart[CART_LENGTH_MAX + 1], epoch[EPOCH_LENGTH_MAX + 1];
    int64_t seq;
};

static bool is_kept(struct dispatch_role *role, const struct named_sale *sale)
{
    return store_has(store_of(role), SQL_ORDER_SALE_KEPT, "t", sale->order);
}

/* It counts as a sale whatever is said here. */
static void tell_second(struct dispatch_role *role, const struct named_sale *sale,
                        const struct order *order)
{
    char subject[ORDER_ID_SIZE + CART_LENGTH_MAX + 1];
    struct saying says = order->cart[0] != '\0'
                             ? SAY_ALERT_ORDER_FAILED_SECOND(order->id, order->cart, sale->cart)
                             : SAY_ALERT_ORDER_FAILED_STRAY(order->id, sale->cart);

    snprintf(subject, sizeof subject, "%.*s/%.*s", ORDER_ID_SIZE - 1, sale->order, CART_LENGTH_MAX,
             sale->cart);
    alert_raise(store_of(role), &(struct alert){ .kind = ALERT_ORDER_FAILED,
                                                 .subject = subject,
                                                 .cart = sale->cart,
                                                 .says = says,
                                                 .lang = lang_from_name(role->dispatch.book.lang),
                                                 .at_ms = role->dispatch.now_ms });
}

/* The first true sale of the cart that has ended the order keeps it; each other one is told of. */
static void judge_sale(struct dispatch_role *role, const struct named_sale *sale)
{
    const char *outcome = "unknown";
    struct order order;

    if (order_book_read(store_of(role), sale->order, &order) && order.dispatch.turn > 0) {
        bool keeps = order.state == ORDER_DONE && strcmp(order.cart, sale->cart) == 0 &&
                     !is_kept(role, sale);
        outcome = keeps ? "kept" : "second";
        if (!keeps)
            tell_second(role, sale, &order);
    }
    store_run(store_of(role), SQL_ORDER_SALE_JUDGE, "tttti", outcome, sale->order, sale->cart,
              sale->epoch, sale->seq);
    log_info("orders", "a sale of an order", "id=%s cart=%s seq=%lld outcome=%s", sale->order,
             sale->cart, (long long)sale->seq, outcome);
}

static void judge_sales(struct dispatch_role *role, int64_t settled_ms)
{
    struct store_rows *rows = store_query(store_of(role), SQL_ORDER_SALES_WAITING, "i", settled_ms);
    struct named_sale list[SALES_MAX];
    size_t count = 0;

    while (count < SALES_MAX && store_next(rows)) {
        struct named_sale *sale = &list[count++];
        text_put(sale->order, sizeof sale->order, store_text(rows, 0));
        text_put(sale->cart, sizeof sale->cart, store_text(rows, 1));
        text_put(sale->epoch, sizeof sale->epoch, store_text(rows, 2));
        sale->seq = store_int(rows, 3);
    }
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++)
        judge_sale(role, &list[i]);
}

/* First what ends, whatever order it is of; then what waits is offered, the oldest first. */
void dispatch_role_tick(struct dispatch_role *role, const struct role_time *time)
{
    int64_t applied_ms = time->watermark_ms < time->now_ms ? time->watermark_ms : time->now_ms;

    if (!role->has_adopted)
        store_run(store_of(role), SQL_DISPATCH_ADOPT, "i", time->now_ms + role->dispatch.search_ms);
    role->has_adopted = true;
    role->look_ms = time->now_ms + LOOK_MS;
    end_offers(role, later(applied_ms, time->now_ms - LAG_MS));
    if (applied_ms > 0) {
        judge_sales(role, applied_ms - SETTLED_MS);
        relieve_all(role, applied_ms - SETTLED_MS);
    }
    offer_waiting(role);
}
