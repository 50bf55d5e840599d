/* Writes an order for its reader. */
#include "collector/api/order_view.h"

#include "collector/base/geo.h"
#include "collector/orders/dispatch.h"

#include "orders_sql.h"

#include "common/text.h"

#include <math.h>
#include <string.h>

/* A cart that is pushed through the streets: half as far again as a bird flies would be too much in
 * a grid of blocks, whose mean is 4/pi of it; on foot, with a load. */
#define WAY_PER_DISTANCE 1.3
#define WAY_M_PER_S      1.2
#define OLD_FIX_MS       (10 * 60 * 1000LL) /* says no more how long it takes */

/* Where a cart is, as its buyer may know it. */
struct cart_place {
    double lat, lon; /* NAN: not known, or not to be shown */
    int64_t fix_ms;
};

/* While the cart brings the order, and only then; to who comes and fetches it, once it is made. */
static bool shows_cart(const struct order *order)
{
    bool is_made = order->pickup && order->state == ORDER_PREPARING;
    return order->cart[0] != '\0' && (is_made || order->state == ORDER_DELIVERING);
}

static struct cart_place find_cart(const struct order_view *view)
{
    struct cart_place place = { NAN, NAN, 0 };
    if (!shows_cart(view->order))
        return place;
    struct store_rows *rows = store_query(view->store, SQL_ORDER_POSITION, "t", view->order->cart);
    if (store_next(rows))
        place =
            (struct cart_place){ store_number(rows, 0), store_number(rows, 1), store_int(rows, 2) };
    store_rows_end(rows);
    return place;
}

static void write_position(const struct cart_place *place, struct json_writer *json)
{
    if (isnan(place->lat)) {
        json_null(json, "position");
        return;
    }
    json_object_begin(json, "position");
    json_number(json, "lat", place->lat);
    json_number(json, "lon", place->lon);
    json_time(json, "time", place->fix_ms);
    json_object_end(json);
}

static void write_whole(struct json_writer *json, const char *key, double value)
{
    if (isnan(value))
        json_null(json, key);
    else
        json_int(json, key, llround(value));
}

/* How far the cart is, and how long it takes. */
static void write_way(const struct order_view *view, const struct cart_place *place,
                      struct json_writer *json)
{
    const struct order *order = view->order;
    bool known = !isnan(place->lat) && !isnan(order->lat);
    double distance_m =
        known ? geo_distance_m(place->lat, place->lon, order->lat, order->lon) : NAN;
    bool comes = !order->pickup && place->fix_ms + OLD_FIX_MS >= view->now_ms;
    write_whole(json, "distance_m", distance_m);
    write_whole(json, "eta_s", comes ? distance_m * WAY_PER_DISTANCE / WAY_M_PER_S : NAN);
}

static void write_owners(const struct order_view *view, struct json_writer *json)
{
    const struct order *order = view->order;
    struct cart_place place = find_cart(view);
    json_text(json, "email", order->email);
    json_number(json, "lat", order->lat);
    json_number(json, "lon", order->lon);
    json_text(json, "place", text_or_null(order->place));
    json_text(json, "cart", text_or_null(order->cart));
    write_position(&place, json);
    write_way(view, &place, json);
}

static void write_search(const struct order_view *view, struct json_writer *json)
{
    json_bool(json, "held", view->order->dispatch.held);
    json_int(json, "turn", view->order->dispatch.turn);
    dispatch_write_offers(view->store, view->order, json, "offers");
}

static void write_nothing(struct json_writer *json)
{
    static const char *const hidden[] = { "email", "lat",      "lon",        "place",
                                          "cart",  "position", "distance_m", "eta_s" };
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        json_null(json, hidden[i]);
}

void order_view_write(const struct order_view *view, struct json_writer *json)
{
    const struct order *order = view->order;
    json_object_begin(json, NULL);
    json_text(json, "id", order->id);
    json_text(json, "product", order->product);
    json_int(json, "price", order->price);
    json_int(json, "quantity", order->quantity);
    json_bool(json, "pickup", order->pickup);
    json_text(json, "status", order_state_names[order->state]);
    json_text(json, "failed_reason", text_or_null(order->dispatch.failed));
    if (view->reader == ORDER_READER_ANYBODY)
        write_nothing(json);
    else
        write_owners(view, json);
    if (view->reader == ORDER_READER_OPERATOR)
        write_search(view, json);
    order_book_write_history(view->store, order, json, "history");
    json_object_end(json);
}

bool order_is_over(const struct order *order)
{
    return order->state >= ORDER_DONE;
}
