/* What is read and written of an order. */
#include "collector/orders/order.h"
#include "collector/effects/mail.h"

#include "common/day.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 2

static void clear(struct order *order)
{
    *order =
        (struct order){ .quantity = 1, .lat = NAN, .lon = NAN, .dispatch = ORDER_DISPATCH_NONE };
    for (size_t i = 0; i < ORDER_STATES; i++)
        order->times[i] = ORDER_NEVER;
}

/* A line of text, which carts show on one. */
static bool has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

/* Where it goes in words, and whether the buyer comes for it. */
static bool read_way(const cJSON *object, struct order *order, struct json_reason *why)
{
    const char *place = "";

    if (!json_get_text(object, "place", JSON_OPTIONAL, 1, ORDER_PLACE_CODE_POINTS, &place, why) ||
        !json_get_bool(object, "pickup", JSON_OPTIONAL, &order->pickup, why))
        return false;
    if (has_control(place))
        return json_refuse(why, "place", SAY_REASON_CONTROL_SIGN("place"));
    snprintf(order->place, sizeof order->place, "%s", place);
    return true;
}

/* Both or neither. */
static bool read_position(const cJSON *object, struct order *order, struct json_reason *why)
{
    if (!json_get_number(object, "lat", JSON_OPTIONAL, -90, 90, &order->lat, why) ||
        !json_get_number(object, "lon", JSON_OPTIONAL, -180, 180, &order->lon, why))
        return false;
    if (isnan(order->lat) != isnan(order->lon))
        return json_refuse(why, isnan(order->lat) ? "lat" : "lon", SAY_REASON_PLACE());
    return true;
}

bool order_read(const cJSON *object, enum order_price price, struct order *order,
                struct json_reason *why)
{
    const char *product = "", *email = "";
    double pesos = ORDER_PRICE_NONE;
    enum json_presence presence = price == ORDER_PRICE_OPTIONAL ? JSON_OPTIONAL : JSON_REQUIRED;

    clear(order);
    if (!json_get_text(object, "product", JSON_REQUIRED, 1, ORDER_PRODUCT_CODE_POINTS, &product,
                       why) ||
        !json_get_number(object, "price", presence, 0, ORDER_PRICE_MAX, &pesos, why) ||
        !json_get_int(object, "quantity", JSON_OPTIONAL, 1, ORDER_QUANTITY_MAX, &order->quantity,
                      why) ||
        !json_get_text(object, "email", JSON_REQUIRED, 1, ORDER_EMAIL_BYTES, &email, why))
        return false;
    if (!mail_address_from_person(email, order->email))
        return json_refuse(why, "email", SAY_REASON_MAIL("email"));
    order->price = llround(pesos);
    snprintf(order->product, sizeof order->product, "%s", product);
    return read_position(object, order, why) && read_way(object, order, why);
}

static void write_what(const struct order *order, struct json_writer *json)
{
    json_text(json, "product", order->product);
    json_int(json, "price", order->price);
    json_int(json, "quantity", order->quantity);
}

void order_write_request(const struct order *order, struct buffer *out)
{
    struct json_writer json = json_write_to(out);

    json_object_begin(&json, NULL);
    json_text(&json, "id", order->id);
    write_what(order, &json);
    json_text(&json, "email", order->email);
    if (!isnan(order->lat)) {
        json_number(&json, "lat", order->lat);
        json_number(&json, "lon", order->lon);
    }
    if (order->place[0] != '\0')
        json_text(&json, "place", order->place);
    if (order->pickup)
        json_bool(&json, "pickup", true);
    json_int(&json, "time_ms", order->times[ORDER_RECEIVED]);
    json_object_end(&json);
}

bool order_read_request(const char *bytes, size_t length, int64_t append_ms, struct order *order,
                        struct json_reason *why)
{
    cJSON *object = json_read_object(bytes, length, ORDER_REQUEST_BYTES_MAX, DEPTH_MAX, why);
    int64_t time_ms = append_ms;
    const char *id = "";

    bool good = object != NULL && order_read(object, ORDER_PRICE_REQUIRED, order, why) &&
                json_get_text(object, "id", JSON_REQUIRED, 1, 64, &id, why) &&
                (order_id_is_valid(id) || json_refuse(why, "id", SAY_REASON_HEXADECIMAL("id"))) &&
                json_get_int(object, "time_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &time_ms, why);
    if (good) {
        memcpy(order->id, id, sizeof order->id);
        order->times[ORDER_RECEIVED] = time_ms < append_ms ? time_ms : append_ms;
    }
    cJSON_Delete(object);
    return good;
}

void order_write_change(const struct order *order, const struct order_change *change,
                        struct buffer *out)
{
    struct json_writer json = json_write_to(out);

    json_object_begin(&json, NULL);
    json_text(&json, "id", order->id);
    json_text(&json, "status", order_state_names[change->state]);
    json_int(&json, "time_ms", change->at_ms);
    write_what(order, &json);
    json_text(&json, "cart", order->cart[0] != '\0' ? order->cart : NULL);
    if (change->state == ORDER_FAILED && order->dispatch.failed[0] != '\0')
        json_text(&json, "reason", order->dispatch.failed);
    json_object_end(&json);
}

void order_history_add(struct order_history *history, enum order_state state, int64_t at_ms)
{
    if (at_ms != ORDER_NEVER && history->count < ORDER_HISTORY_MAX)
        history->changes[history->count++] = (struct order_change){ state, at_ms };
}

void order_history_add_own(struct order_history *history, const struct order *order,
                           enum order_state from)
{
    for (enum order_state state = from; state < ORDER_STATES; state++)
        order_history_add(history, state, order->times[state]);
}

void order_history_write(const struct order_history *history, struct json_writer *json,
                         const char *key)
{
    char text[TIME_TEXT_SIZE];

    json_array_begin(json, key);
    for (size_t i = 0; i < history->count; i++) {
        time_text(history->changes[i].at_ms, text);
        json_object_begin(json, NULL);
        json_text(json, "status", order_state_names[history->changes[i].state]);
        json_text(json, "time", text);
        json_object_end(json);
    }
    json_array_end(json);
}
