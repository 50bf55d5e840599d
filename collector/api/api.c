/* The API: the frame with the endpoints' tables, and what the endpoints share. */
#include "collector/api/api.h"

#include "collector/api/api_parts.h"
#include "collector/api/kafka_look.h"
#include "collector/api/order_desk.h"
#include "collector/api/order_follow.h"
#include "collector/api/routes.h"
#include "collector/api/stream.h"
#include "collector/call/serve.h"
#include "collector/kafka/kafka_ends.h"

#include <stdlib.h>

static bool start_parts(struct api *api)
{
    const struct api_options *options = &api->options;
    if (options->brokers != NULL)
        api->ends = kafka_ends_open(options->brokers, options->kafka);
    if (options->brokers != NULL)
        api->look = kafka_look_open(options->brokers, options->kafka);
    if (options->brokers != NULL)
        api->stream = stream_open(&(struct stream_options){ .brokers = options->brokers,
                                                            .pairs = options->kafka,
                                                            .roles = stream_roles,
                                                            .is_applied = stream_record_is_applied,
                                                            .owner = api });
    api->order_desk = order_desk_open(options);
    api->follow = order_follow_open(&(struct order_follow_options){ follow_look, api });
    return serve_start(api->frame);
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
    serve_quiesce(api->frame);
    stream_end(api->stream);
    order_follow_end(api->follow);
    order_desk_stop(api->order_desk);
    serve_stop(api->frame);
    order_follow_close(api->follow);
    order_desk_close(api->order_desk);
    stream_close(api->stream);
    kafka_look_close(api->look);
    kafka_ends_close(api->ends);
    frame_close(api->frame);
    free(api);
}
