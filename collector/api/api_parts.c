/* What the endpoints share. */
#include "collector/api/api_parts.h"
#include "collector/carts/cart_row.h"

struct api *api_of(struct frame *frame)
{
    return frame_options(frame)->owner;
}

struct frame *api_frame(struct api *api)
{
    return api->frame;
}

const struct api_options *api_options(const struct api *api)
{
    return &api->options;
}

struct stream *api_stream(struct api *api)
{
    return api->stream;
}

struct kafka_look *api_kafka_look(struct api *api)
{
    return api->look;
}

struct kafka_ends *api_kafka_ends(struct api *api)
{
    return api->ends;
}

struct order_desk *api_order_desk(struct api *api)
{
    return api->order_desk;
}

bool call_cart(struct api_call *call, char cart[CART_LENGTH_MAX + 1])
{
    cart[0] = '\0';
    if (!cart_from_person(call->match.cart, cart))
        return false;
    cart_known_as(call->store, cart);
    return true;
}

void answer_nothing_of_cart(struct api_call *call)
{
    char cart[CART_LENGTH_MAX + 1];
    bool known = call_cart(call, cart) && cart_is_known(call->store, cart);

    call_problem(call, known ? PROBLEM_NOT_FOUND : PROBLEM_NO_CART, NULL, call->match.cart);
}
