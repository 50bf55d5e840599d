/* The API: the frame with the endpoints' tables, and what the endpoints share. */
#include "collector/api/api.h"

#include "collector/api/api_parts.h"
#include "collector/api/routes.h"
#include "collector/api/stream.h"
#include "collector/call/frame.h"
#include "collector/kafka/kafka_ends.h"
#include "collector/orders/order_desk.h"

#include <stdlib.h>

struct api {
    struct api_options options;
    struct frame *frame;
    struct kafka_ends *ends;
    struct order_desk *order_desk;
    struct stream *stream; /* NULL without Kafka */
};

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

static bool start_parts(struct api *api)
{
    const struct api_options *options = &api->options;
    if (options->brokers != NULL)
        api->ends = kafka_ends_open(options->brokers, options->kafka);
    if (options->brokers != NULL)
        api->stream = stream_open(&(struct stream_options){ .brokers = options->brokers,
                                                            .pairs = options->kafka,
                                                            .roles = stream_roles,
                                                            .owner = api });
    api->order_desk = order_desk_open(options);
    return frame_start(api->frame);
}

struct api *api_start(const struct api_options *options)
{
    struct api *api = calloc(1, sizeof *api);
    if (api == NULL)
        abort();
    api->options = *options;
    api->frame = frame_open(&(struct frame_options){ .routes = api_routes,
                                                     .settings = options->settings,
                                                     .address = options->address,
                                                     .store_url = options->store_url,
                                                     .wake = options->wake,
                                                     .proxies = options->proxies,
                                                     .lang = options->lang,
                                                     .rate_per_minute = options->rate_per_minute,
                                                     .store_ready = options->store_ready,
                                                     .store_owner = options->owner,
                                                     .owner = api });
    alerts_register_metrics();
    health_register_metrics();
    if (start_parts(api))
        return api;
    api_stop(api);
    return NULL;
}

void api_stop(struct api *api)
{
    if (api == NULL)
        return;
    frame_quiesce(api->frame);
    stream_end(api->stream);
    order_desk_stop(api->order_desk);
    frame_stop(api->frame);
    order_desk_close(api->order_desk);
    stream_close(api->stream);
    kafka_ends_close(api->ends);
    frame_close(api->frame);
    free(api);
}
