/* Reads where carts were last. */
#include "collector/api/order_place.h"
#include "collector/api/api_parts.h"
#include "collector/orders/dispatch.h"

#include <math.h>

bool order_place_is_served(struct api_call *call, const struct order *order,
                           struct json_reason *why)
{
    bool operates = ((unsigned)call->who.role & WHO_ACTS) != 0;

    if (!order_is_dispatched(api_options(api_of(call->frame))->settings))
        return true;
    if (isnan(order->lat))
        return operates || json_refuse(why, "lat", SAY_REASON_ORDER_PLACE());
    struct store *store = call->store != NULL ? call->store : frame_store(call->frame);
    if (store == NULL || candidates_reach(store, order->lat, order->lon))
        return true;
    if (store_status(store) != STORE_OK)
        return true; /* whoever writes the order meets the same */
    return json_refuse(why, "lat", SAY_REASON_ORDER_FAR());
}
