/* What is read of how an order finds its cart, for operators. */
#include "collector/orders/dispatch.h"

#include "dispatch_sql.h"

enum dispatch_can dispatch_cart_can(struct store *store, const struct order *order,
                                    const char *cart)
{
    struct store_rows *rows = store_query(store, SQL_DISPATCH_CART_CAN, "tt", order->id, cart);
    enum dispatch_can can = DISPATCH_NO_CART;

    if (store_next(rows)) {
        bool is_counted = !store_is_null(rows, 1);
        can = DISPATCH_CAN;
        if (store_int(rows, 0) != 0)
            can = DISPATCH_GONE;
        else if (is_counted && store_int(rows, 1) - store_int(rows, 2) < order->quantity)
            can = DISPATCH_NO_STOCK;
    }
    store_rows_end(rows);
    return can;
}

static void write_time(struct json_writer *json, const char *key, struct store_rows *rows,
                       int column)
{
    if (store_is_null(rows, column))
        json_null(json, key);
    else
        json_time(json, key, store_int(rows, column));
}

void dispatch_write_offers(struct store *store, const struct order *order, struct json_writer *json,
                           const char *key)
{
    json_array_begin(json, key);
    if (order->dispatch.turn > 0) {
        struct store_rows *rows = store_query(store, SQL_ORDER_OFFERS, "t", order->id);
        while (store_next(rows)) {
            json_object_begin(json, NULL);
            json_text(json, "cart", store_text(rows, 0));
            json_time(json, "time", store_int(rows, 1));
            write_time(json, "until", rows, 2);
            if (store_is_null(rows, 3))
                json_null(json, "distance_m");
            else
                json_int(json, "distance_m", store_int(rows, 3));
            json_text(json, "outcome", store_text(rows, 4));
            write_time(json, "ended", rows, 5);
            json_object_end(json);
        }
        store_rows_end(rows);
    }
    json_array_end(json);
}
