/* What the endpoints share. */
#include "collector/api/api_parts.h"

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

struct kafka_ends *api_kafka_ends(struct api *api)
{
    return api->ends;
}

struct order_desk *api_order_desk(struct api *api)
{
    return api->order_desk;
}
