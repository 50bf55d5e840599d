/* What the endpoints share beside their calls: the API's options and its ways to Kafka. */
#ifndef CARRITO_COLLECTOR_API_PARTS_H
#define CARRITO_COLLECTOR_API_PARTS_H

#include "collector/api/api.h"
#include "collector/call/call.h"
#include "collector/call/frame.h"

struct kafka_ends;
struct kafka_look;
struct order_desk;
struct order_follow;
struct order_look;
struct stream;
struct stream_place;

struct api {
    struct api_options options;
    struct frame *frame;
    struct kafka_ends *ends;
    struct kafka_look *look; /* NULL without Kafka */
    struct order_desk *order_desk;
    struct stream *stream; /* NULL without Kafka */
    struct order_follow *follow;
};

struct api *api_of(struct frame *frame);
struct frame *api_frame(struct api *api);
const struct api_options *api_options(const struct api *api);
struct kafka_ends *api_kafka_ends(struct api *api);
struct kafka_look *api_kafka_look(struct api *api);
struct order_desk *api_order_desk(struct api *api);
struct stream *api_stream(struct api *api);

/* The cart of the path, by the name that it is known by; false, and "", where it is no plate. */
bool call_cart(struct api_call *call, char cart[CART_LENGTH_MAX + 1]);
/* Answers that a path with a {cart} has nothing behind it: `no-cart` where the plate is no cart
 * that was heard of, nor a member's; else `not-found`. Looks into the store, whose transaction is
 * open. */
void answer_nothing_of_cart(struct api_call *call);
/* api_files.c: the headers of a page. `form_action` is where its forms may be sent: "'none'". */
void page_policy(struct api_call *call, const char *form_action);
/* api_users.c: `name`, `role` and, for a vendor, `cart` of a body; false, and `why` names the
 * field. */
bool identity_read(const cJSON *body, struct identity *who, struct json_reason *why);
/* Once, before any call. */
void alerts_register_metrics(void);
void health_register_metrics(void);
/* api_alerts.c: sets carrito_alerts_active. */
void alerts_count(struct store *store);
/* api_stream.c: of an answer to `struct stream_options.roles`; the owner is the api. */
void stream_roles(void *owner, struct buffer *out);
/* api_follow.c: `struct order_follow_options.look`; the owner is the api. */
bool follow_look(void *owner, const char *id, struct order_look *look);
/* api_stream.c: `struct stream_options.is_applied`. */
bool stream_record_is_applied(void *owner, const struct stream_place *place);

#endif
