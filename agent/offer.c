/* Members, each within its bounds. */
#include "agent/offer.h"

#include <string.h>

#define TEXT_BYTES_MAX 32768 /* a command, written anew */
#define TEXT_DEPTH_MAX 5

/* C0, DEL and C1, which is two bytes in UTF-8. */
static bool has_control(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;

    for (; *c != '\0'; c++)
        if (*c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0))
            return true;
    return false;
}

static bool read_line(const cJSON *object, const char *key, size_t max, const char **text,
                      struct json_reason *why)
{
    if (!json_get_text(object, key, JSON_OPTIONAL, 1, max, text, why))
        return false;
    if (*text != NULL && has_control(*text))
        return json_refuse(why, key, SAY_REASON_CONTROL_SIGN(key));
    return true;
}

static bool read_place(const cJSON *object, struct offer *offer, struct json_reason *why)
{
    bool has_lat = cJSON_GetObjectItemCaseSensitive(object, "lat") != NULL;

    offer->has_position = has_lat;
    return read_line(object, "place", OFFER_PLACE_MAX, &offer->place, why) &&
           json_get_bool(object, "pickup", JSON_OPTIONAL, &offer->pickup, why) &&
           json_get_int(object, "distance_m", JSON_OPTIONAL, 0, 100000000, &offer->distance_m,
                        why) &&
           json_get_int(object, "bearing_deg", JSON_OPTIONAL, 0, 359, &offer->bearing_deg, why) &&
           json_get_number(object, "lat", JSON_OPTIONAL, -90, 90, &offer->lat, why) &&
           json_get_number(object, "lon", has_lat ? JSON_REQUIRED : JSON_OPTIONAL, -180, 180,
                           &offer->lon, why);
}

static bool read_goods(const cJSON *object, struct offer *offer, struct json_reason *why)
{
    if (!json_get_text(object, "product", JSON_REQUIRED, 1, OFFER_PRODUCT_MAX, &offer->product,
                       why) ||
        !read_line(object, "product", OFFER_PRODUCT_MAX, &offer->product, why) ||
        !json_get_int(object, "quantity", JSON_REQUIRED, 1, OFFER_QUANTITY_MAX, &offer->quantity,
                      why))
        return false;
    int64_t price_max = AMOUNT_MAX / offer->quantity; /* a sale of more cannot be recorded */
    return json_get_int(object, "price", JSON_REQUIRED, 0,
                        price_max < OFFER_PRICE_MAX ? price_max : OFFER_PRICE_MAX, &offer->price,
                        why);
}

bool offer_read(const cJSON *object, struct offer *offer, struct json_reason *why)
{
    *offer = (struct offer){ .expires_ms = EVENT_ABSENT,
                             .offer_s = OFFER_S,
                             .distance_m = EVENT_ABSENT,
                             .bearing_deg = EVENT_ABSENT };
    return json_get_text(object, "order", JSON_REQUIRED, 1, OFFER_ID_MAX, &offer->order, why) &&
           json_get_int(object, "turn", JSON_REQUIRED, 1, INTEGER_MAX, &offer->turn, why) &&
           json_get_int(object, "expires_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &offer->expires_ms,
                        why) &&
           json_get_int(object, "offer_s", JSON_OPTIONAL, 1, OFFER_S_MAX, &offer->offer_s, why) &&
           json_get_bool(object, "taken", JSON_OPTIONAL, &offer->taken, why) &&
           read_goods(object, offer, why) && read_place(object, offer, why);
}

cJSON *offer_read_text(const char *text, struct offer *offer)
{
    struct json_reason why;
    cJSON *object = json_read_object(text, strlen(text), TEXT_BYTES_MAX, TEXT_DEPTH_MAX, &why);

    if (object == NULL || !offer_read(object, offer, &why))
        *offer = (struct offer){ .order = NULL };
    return object;
}
