/* A buyer's order as it goes, for who has its key. */
#include "collector/api/api_parts.h"
#include "collector/api/order_desk.h"
#include "collector/api/order_follow.h"
#include "collector/api/order_view.h"
#include "collector/http/http.h"

#include "common/clock.h"

#include <string.h>

#define RETRY_S "5"

static void suspend(void *owner)
{
    http_suspend(owner);
}

static void resume(void *owner)
{
    http_resume(owner);
}

static void look_at(struct store *store, const struct order *order, struct order_look *look)
{
    struct json_writer json = json_write_to(&look->text);
    struct order_view view = { store, order, ORDER_READER_OWNER, clock_wall_ms() };
    order_view_write(&view, &json);
    look->is_over = order_is_over(order);
}

bool follow_look(void *owner, const char *id, struct order_look *look)
{
    struct api *api = owner;
    struct store *store = frame_store(api->frame);
    struct order order;
    if (store == NULL)
        return false;
    bool found = order_desk_find(api->order_desk, store, id, &order);
    if (found)
        look_at(store, &order, look);
    if (store_status(store) == STORE_OK)
        return found;
    frame_forget_store(api->frame);
    return false;
}

static void refuse_busy(struct api_call *call)
{
    call_problem(call, PROBLEM_BUSY, NULL, NULL);
    response_header(call->response, "Retry-After", RETRY_S);
}

static void follow(struct api_call *call, const struct order *order)
{
    struct api *api = api_of(call->frame);
    struct stream_waiting waiting = { suspend, resume, call->exchange };
    struct order_listener listener = { .site = address_site(http_client(call->exchange)) };
    struct order_look look = { .is_over = false };
    memcpy(listener.id, order->id, sizeof listener.id);
    look_at(call->store, order, &look);
    struct order_follower *follower = NULL;
    if (store_status(call->store) == STORE_OK) /* else the frame answers */
        follower = order_follow_join(api->follow, &listener, &look, &waiting);
    buffer_wipe(&look.text);
    if (follower == NULL) {
        refuse_busy(call);
        return;
    }
    call->response->status = 200;
    call->response->content_type = "text/event-stream; charset=utf-8";
    call->response->more = order_follow_read;
    call->response->drop = order_follow_leave;
    call->response->source = follower;
    response_header(call->response, "X-Accel-Buffering", "no"); /* nginx would hold it back */
}

static void orders_stream(struct api_call *call)
{
    struct order_desk *desk = api_order_desk(api_of(call->frame));
    struct order order;
    if (!order_desk_find(desk, call->store, call->match.parameters[0], &order))
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
    else if (!order_desk_has_key(call, &order))
        call_problem(call, PROBLEM_ORDER_KEY, "Order-Key", NULL);
    else
        follow(call, &order);
}

static const struct route routes[] = {
    { "GET", API "/orders/{id}/stream", WHO_OPEN, 0, NULL, orders_stream },
};
const struct route_table follow_routes = ROUTE_TABLE_OF(routes);
