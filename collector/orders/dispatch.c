/* The acts. */
#include "collector/orders/dispatch.h"
#include "collector/alerts/alert.h"
#include "collector/base/geo.h"
#include "collector/base/settings.h"
#include "collector/effects/command.h"

#include "dispatch_sql.h"

#include "common/json_write.h"
#include "common/log.h"
#include "common/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TOLD_MS      INT64_C(86400000) /* a word about an order that a cart has, or had */
#define COMMAND_SIZE 65
#define NOT_KNOWN    (-1)

bool order_is_dispatched(const struct settings *settings)
{
    return settings->orders != NULL && strcmp(settings->orders, "dispatch") == 0;
}

void dispatch_begin(struct dispatch *dispatch, const struct settings *settings, struct store *store,
                    int64_t now_ms)
{
    dispatch->book = (struct order_book){ store, settings->lang };
    dispatch->candidates.orders_max = settings->orders_per_cart;
    dispatch->now_ms = now_ms;
    dispatch->offer_ms = settings->offer_s * 1000;
    dispatch->search_ms = settings->dispatch_s * 1000;
    candidates_forget(&dispatch->candidates);
}

void dispatch_free(struct dispatch *dispatch)
{
    candidates_free(&dispatch->candidates);
}

/* A cart for an order, and how it lies to the buyer. */
struct way {
    const char *cart;
    int64_t distance_m, bearing_deg; /* NOT_KNOWN */
    int64_t expires_ms;
};

static void measure(const struct dispatch *dispatch, const struct order *order, struct way *way)
{
    struct store_rows *rows =
        store_query(dispatch->book.store, SQL_DISPATCH_CART_PLACE, "t", way->cart);

    way->distance_m = way->bearing_deg = NOT_KNOWN;
    if (store_next(rows) && !isnan(order->lat)) {
        double lat = store_number(rows, 0), lon = store_number(rows, 1);
        way->distance_m = llround(geo_distance_m(lat, lon, order->lat, order->lon));
        way->bearing_deg = llround(geo_bearing_deg(lat, lon, order->lat, order->lon)) % 360;
    }
    store_rows_end(rows);
}

static void write_place(const struct order *order, struct json_writer *json)
{
    json_bool(json, "taken", true);
    if (order->place[0] != '\0')
        json_text(json, "place", order->place);
    if (order->pickup || isnan(order->lat))
        return;
    json_number(json, "lat", order->lat);
    json_number(json, "lon", order->lon);
}

/* An offer, or, with `taken`, what a cart that has the order is to know: where the buyer is stands
 * in that alone. */
static void send_offer(const struct dispatch *dispatch, const struct order *order,
                       const struct way *way, const char *kind)
{
    struct buffer members = { 0 };
    struct json_writer json = json_write_to(&members);
    char id[COMMAND_SIZE];

    json_object_begin(&json, NULL);
    json_text(&json, "order", order->id);
    json_int(&json, "turn", order->dispatch.turn);
    json_text(&json, "product", order->product);
    json_int(&json, "quantity", order->quantity);
    json_int(&json, "price", order->price);
    json_bool(&json, "pickup", order->pickup);
    if (way->distance_m != NOT_KNOWN) {
        json_int(&json, "distance_m", way->distance_m);
        json_int(&json, "bearing_deg", way->bearing_deg);
    }
    if (strcmp(kind, "taken") == 0)
        write_place(order, &json);
    else
        json_int(&json, "offer_s", dispatch->offer_ms / 1000);
    json_object_end(&json);
    snprintf(id, sizeof id, "%s/%s/%lld", kind, order->id, (long long)order->dispatch.turn);
    command_add(dispatch->book.store,
                &(struct command){ .id = id,
                                   .cart = way->cart,
                                   .name = wire_command_name(COMMAND_ORDER_OFFER),
                                   .members = members.bytes,
                                   .expires_ms = way->expires_ms });
    buffer_free(&members);
}

/* Of a turn that an order had there is one cart; who never had one is named. */
void dispatch_tell_over(const struct dispatch *dispatch, const struct order_notice *notice)
{
    struct buffer members = { 0 };
    struct json_writer json = json_write_to(&members);
    char id[COMMAND_SIZE];

    if (notice->turn > 0)
        snprintf(id, sizeof id, "cancel/%s/%lld", notice->order, (long long)notice->turn);
    else
        snprintf(id, sizeof id, "cancel/%s/0/%s", notice->order, notice->cart);
    json_object_begin(&json, NULL);
    json_text(&json, "order", notice->order);
    json_int(&json, "turn", notice->turn);
    json_text(&json, "reason", notice->reason);
    json_object_end(&json);
    command_add(dispatch->book.store,
                &(struct command){ .id = id,
                                   .cart = notice->cart,
                                   .name = wire_command_name(COMMAND_ORDER_CANCEL),
                                   .members = members.bytes,
                                   .expires_ms = dispatch->now_ms + TOLD_MS });
    buffer_free(&members);
    log_info("orders", "told a cart that it is over", "id=%s cart=%s turn=%lld reason=%s",
             notice->order, notice->cart, (long long)notice->turn, notice->reason);
}

static void end_row(const struct dispatch *dispatch, const struct order *order, const char *outcome,
                    int64_t at_ms)
{
    store_run(dispatch->book.store, SQL_DISPATCH_OFFER_END, "titi", outcome, at_ms, order->id,
              order->dispatch.turn);
}

static void add_row(const struct dispatch *dispatch, const struct order *order,
                    const struct way *way, const char *outcome)
{
    const struct order_dispatch *own = &order->dispatch;

    store_run(dispatch->book.store, SQL_DISPATCH_OFFER_INSERT, "titioot", order->id, own->turn,
              way->cart, own->offered_ms, own->until_ms, way->distance_m, outcome);
}

/* The row of the order names no offer any more. */
static void close_offer(struct order *order)
{
    order->dispatch.offered[0] = '\0';
    order->dispatch.offered_ms = order->dispatch.until_ms = ORDER_NEVER;
}

static const char *const why_words[] = {
    [CANDIDATE_NEAREST] = "nearest", [CANDIDATE_AGAIN] = "again"
};

static bool offer_to(struct dispatch *dispatch, struct order *order,
                     const struct candidate_found *found)
{
    struct order_dispatch *own = &order->dispatch;
    struct way way = { .cart = found->cart->cart,
                       .expires_ms = dispatch->now_ms + dispatch->offer_ms };

    own->turn++;
    text_put(own->offered, sizeof own->offered, way.cart);
    own->offered_ms = dispatch->now_ms;
    own->until_ms = way.expires_ms;
    if (!order_book_save(&dispatch->book, order))
        return false;
    measure(dispatch, order, &way);
    way.distance_m = found->distance_m;
    add_row(dispatch, order, &way, NULL);
    send_offer(dispatch, order, &way, "offer");
    candidates_note(&dispatch->candidates, way.cart, 1, order->quantity);
    log_info("orders", "offered", "id=%s turn=%lld cart=%s distance_m=%lld why=%s able=%zu",
             order->id, (long long)own->turn, way.cart, (long long)way.distance_m,
             why_words[found->why], found->able);
    return true;
}

static bool waits(const struct order *order)
{
    return order->state == ORDER_RECEIVED && !order->dispatch.held &&
           order->dispatch.offered[0] == '\0' && order->dispatch.search_until_ms != ORDER_NEVER;
}

bool dispatch_offer(struct dispatch *dispatch, struct order *order)
{
    int64_t now_ms = dispatch->now_ms;

    if (!waits(order))
        return false;
    if (order->dispatch.search_until_ms <= now_ms) {
        dispatch_fail(dispatch, order, ORDER_NO_CART, now_ms);
        return true;
    }
    struct candidate_found found =
        candidates_find(&dispatch->candidates, dispatch->book.store, order, now_ms);
    if (found.cart == NULL)
        return false;
    return offer_to(dispatch, order, &found);
}

static void log_over(const struct order *order, const char *cart, const char *outcome)
{
    log_info("orders", "offer over", "id=%s turn=%lld cart=%s outcome=%s", order->id,
             (long long)order->dispatch.turn, cart, outcome);
}

/* Of the cart that has the offer or the order. */
static void tell_cart(const struct dispatch *dispatch, const struct order *order,
                      const char *reason)
{
    bool has = order->cart[0] != '\0';
    struct order_notice notice = { .order = order->id,
                                   .cart = has ? order->cart : order->dispatch.offered,
                                   .turn = order->dispatch.turn,
                                   .reason = reason };

    dispatch_tell_over(dispatch, &notice);
}

/* The offer's end, but for the order's row. */
static void end_offer(struct dispatch *dispatch, struct order *order, const char *outcome,
                      int64_t at_ms)
{
    bool is_taken = strcmp(outcome, OFFER_TAKEN_BACK) == 0;

    end_row(dispatch, order, outcome, at_ms);
    log_over(order, order->dispatch.offered, outcome);
    if (is_taken)
        tell_cart(dispatch, order, TELL_TAKEN_BACK);
    candidates_note(&dispatch->candidates, order->dispatch.offered, -1, -order->quantity);
    close_offer(order);
}

void dispatch_offer_over(struct dispatch *dispatch, struct order *order, const char *outcome,
                         int64_t at_ms)
{
    end_offer(dispatch, order, outcome, at_ms);
    order_book_save(&dispatch->book, order);
}

/* It is the cart's, which is told where it goes. */
static bool hand_over(struct dispatch *dispatch, struct order *order, const char *cart,
                      int64_t at_ms)
{
    struct way way = { .cart = order->cart, .expires_ms = dispatch->now_ms + TOLD_MS };

    text_put(order->cart, sizeof order->cart, cart);
    close_offer(order);
    order->dispatch.search_until_ms = ORDER_NEVER;
    order->dispatch.held = false;
    if (!order_book_move(&dispatch->book, order, ORDER_PREPARING, at_ms))
        return false;
    measure(dispatch, order, &way);
    send_offer(dispatch, order, &way, "taken");
    return true;
}

void dispatch_take(struct dispatch *dispatch, struct order *order, int64_t at_ms)
{
    char cart[CART_LENGTH_MAX + 1];

    text_put(cart, sizeof cart, order->dispatch.offered);
    end_row(dispatch, order, OFFER_ACCEPTED, at_ms);
    log_over(order, cart, OFFER_ACCEPTED);
    hand_over(dispatch, order, cart, at_ms);
}

void dispatch_give_back(struct dispatch *dispatch, struct order *order, const char *outcome,
                        int64_t at_ms)
{
    end_row(dispatch, order, outcome, at_ms);
    log_over(order, order->cart, outcome);
    tell_cart(dispatch, order, TELL_TAKEN_BACK);
    candidates_note(&dispatch->candidates, order->cart, -1, -order->quantity);
    order->dispatch.search_until_ms = dispatch->now_ms + dispatch->search_ms;
    order_book_return(&dispatch->book, order, at_ms);
}

void dispatch_fail(struct dispatch *dispatch, struct order *order, const char *reason,
                   int64_t at_ms)
{
    if (order->cart[0] != '\0') {
        tell_cart(dispatch, order, TELL_TAKEN_BACK);
        candidates_note(&dispatch->candidates, order->cart, -1, -order->quantity);
    }
    text_put(order->dispatch.failed, sizeof order->dispatch.failed, reason);
    order->dispatch.search_until_ms = ORDER_NEVER;
    order_book_move(&dispatch->book, order, ORDER_FAILED, at_ms);
}

void dispatch_warn(struct dispatch *dispatch, struct order *order, const struct saying *says)
{
    if (order->dispatch.warned)
        return;
    order->dispatch.warned = true;
    order_book_save(&dispatch->book, order);
    alert_raise(dispatch->book.store, &(struct alert){ .kind = ALERT_ORDER_FAILED,
                                                       .subject = order->id,
                                                       .cart = order->cart,
                                                       .says = *says,
                                                       .lang = lang_from_name(dispatch->book.lang),
                                                       .at_ms = dispatch->now_ms });
}

bool dispatch_assign(struct dispatch *dispatch, struct order *order, const char *cart)
{
    int64_t now_ms = dispatch->now_ms;
    struct way way = { .cart = cart };
    bool is_offered = order->dispatch.offered[0] != '\0';

    if ((order->state != ORDER_RECEIVED && order->state != ORDER_PREPARING) ||
        strcmp(order->cart, cart) == 0)
        return false;
    if (is_offered)
        end_offer(dispatch, order, OFFER_TAKEN_BACK, now_ms);
    if (order->state == ORDER_PREPARING)
        dispatch_give_back(dispatch, order, OFFER_TAKEN_BACK, now_ms);
    order->dispatch.turn++;
    order->dispatch.offered_ms = now_ms;
    measure(dispatch, order, &way);
    add_row(dispatch, order, &way, OFFER_ASSIGNED);
    log_info("orders", "assigned", "id=%s turn=%lld cart=%s", order->id,
             (long long)order->dispatch.turn, cart);
    return hand_over(dispatch, order, cart, now_ms);
}

bool dispatch_release(struct dispatch *dispatch, struct order *order)
{
    int64_t now_ms = dispatch->now_ms;
    if (order->state == ORDER_PREPARING) {
        dispatch_give_back(dispatch, order, OFFER_TAKEN_BACK, now_ms);
        return store_status(dispatch->book.store) == STORE_OK;
    }
    if (order->state != ORDER_RECEIVED ||
        (!order->dispatch.held && order->dispatch.offered[0] == '\0'))
        return false;
    if (order->dispatch.offered[0] != '\0')
        end_offer(dispatch, order, OFFER_TAKEN_BACK, now_ms);
    order->dispatch.held = false;
    order->dispatch.search_until_ms = now_ms + dispatch->search_ms;
    log_info("orders", "released", "id=%s", order->id);
    return order_book_save(&dispatch->book, order);
}

bool dispatch_hold(struct dispatch *dispatch, struct order *order)
{
    int64_t now_ms = dispatch->now_ms;
    if (order->state != ORDER_RECEIVED || order->dispatch.held)
        return false;
    if (order->dispatch.offered[0] != '\0')
        end_offer(dispatch, order, OFFER_TAKEN_BACK, now_ms);
    order->dispatch.held = true;
    order->dispatch.search_until_ms = ORDER_NEVER;
    log_info("orders", "held", "id=%s", order->id);
    return order_book_save(&dispatch->book, order);
}

bool dispatch_cancel(struct dispatch *dispatch, struct order *order)
{
    int64_t now_ms = dispatch->now_ms;
    bool has_cart =
        order->dispatch.turn > 0 && (order->cart[0] != '\0' || order->dispatch.offered[0] != '\0');

    if (!order_may_move(order->state, ORDER_CANCELLED))
        return false;
    if (has_cart) {
        end_row(dispatch, order, OFFER_CANCELLED, now_ms);
        tell_cart(dispatch, order, TELL_CANCELLED);
    }
    close_offer(order);
    order->dispatch.held = false;
    order->dispatch.search_until_ms = ORDER_NEVER;
    return order_book_move(&dispatch->book, order, ORDER_CANCELLED, now_ms);
}
