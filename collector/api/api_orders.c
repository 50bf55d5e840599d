/* Orders: placed, looked at, cancelled.
 *
 * An order takes the shortest way: it is produced to carrito.order-requests, and answered when
 * Kafka has confirmed it; no thread waits, and the store is not touched. Where Kafka does not
 * confirm it in time, or the client wants its key honoured, it is a row of what is queued for Kafka
 * instead. It may then come twice to the role, where its id counts once. */
#include "collector/api/api_parts.h"
#include "collector/api/api_waits.h"
#include "collector/api/order_desk.h"
#include "collector/api/order_place.h"
#include "collector/api/order_view.h"
#include "collector/call/content.h"
#include "collector/call/list.h"
#include "collector/kafka/kafka_out.h"
#include "collector/orders/dispatch.h"
#include "collector/orders/order_key.h"
#include "collector/orders/order_recent.h"
#include "collector/orders/order_request.h"
#include "collector/orders/products.h"

#include "common/event.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct order_desk {
    struct kafka_out *kafka; /* NULL: every order goes by the store */
    struct order_recent *recent;
    pthread_mutex_t lock; /* over what follows */
    struct order_secret secret;
    bool knows_secret;
};

/* An order on its way to Kafka. */
struct placing {
    struct api_call *call;
    struct order order;
    struct order_secret secret;
    struct buffer value;
};

static void on_reported(void *owner, bool confirmed);

struct order_desk *order_desk_open(const struct api_options *options)
{
    struct order_desk *desk = calloc(1, sizeof *desk);
    if (desk == NULL)
        abort();
    desk->recent = order_recent_open();
    pthread_mutex_init(&desk->lock, NULL);
    if (options->brokers != NULL)
        desk->kafka = kafka_out_open(&(struct kafka_out_options){ .brokers = options->brokers,
                                                                  .pairs = options->kafka,
                                                                  .topic = TOPIC_ORDER_REQUESTS,
                                                                  .type = "order",
                                                                  .reported = on_reported });
    return desk;
}

void order_desk_stop(struct order_desk *desk)
{
    if (desk != NULL)
        kafka_out_stop(desk->kafka);
}

void order_desk_close(struct order_desk *desk)
{
    if (desk == NULL)
        return;
    kafka_out_close(desk->kafka);
    order_recent_close(desk->recent);
    pthread_mutex_destroy(&desk->lock);
    free(desk);
}

bool order_desk_secret(struct api_call *call, struct order_secret *secret)
{
    struct order_desk *desk = api_order_desk(api_of(call->frame));
    struct store *store = call->store;
    pthread_mutex_lock(&desk->lock);
    if (!desk->knows_secret && store == NULL)
        store = frame_store(call->frame);
    if (!desk->knows_secret && store != NULL)
        desk->knows_secret = order_secret_read(store, &desk->secret);
    bool knows = desk->knows_secret;
    *secret = desk->secret;
    pthread_mutex_unlock(&desk->lock);
    return knows;
}

/* With a list of products name and price are the guild's. */
static bool take_product(const struct config_pairs *pairs, struct order *order,
                         struct json_reason *why)
{
    struct product product;
    if (!products_are_listed(pairs))
        return true;
    if (!product_find(pairs, order->product, &product))
        return json_refuse(why, "product", SAY_REASON_PRODUCT());
    snprintf(order->product, sizeof order->product, "%s", product.name);
    if (order->price != ORDER_PRICE_NONE && order->price != product.price)
        return json_refuse(why, "price", SAY_REASON_PRODUCT_PRICE(product.price));
    order->price = product.price;
    return true;
}

bool order_desk_read(struct api_call *call, const cJSON *body, struct order *order,
                     struct json_reason *why)
{
    const struct config_pairs *pairs = api_options(api_of(call->frame))->kafka;
    enum order_price price =
        products_are_listed(pairs) ? ORDER_PRICE_OPTIONAL : ORDER_PRICE_REQUIRED;
    return order_read(body, price, order, why) && take_product(pairs, order, why) &&
           order_place_is_served(call, order, why);
}

/* The order in the body; false where the answer is a problem now. A call that goes on elsewhere
 * keeps its id. */
static bool read_order(struct api_call *call, struct order *order)
{
    struct json_reason why = { 0 };
    cJSON *body = call_body(call);
    if (body == NULL)
        return false;
    bool valid = order_desk_read(call, body, order, &why);
    cJSON_Delete(body);
    if (!valid) {
        call_refuse(call, &why);
        return false;
    }
    if (call->id[0] == '\0')
        epoch_make(call->id);
    memcpy(order->id, call->id, sizeof order->id);
    order->times[ORDER_RECEIVED] = call->now_ms;
    return true;
}

/* With the price as it was understood. */
static void answer_state(struct api_call *call, const struct order *order, enum order_state state)
{
    struct json_writer json = call_json(call, 202);
    json_object_begin(&json, NULL);
    json_text(&json, "id", order->id);
    json_text(&json, "status", order_state_names[state]);
    json_int(&json, "price", order->price);
    json_object_end(&json);
}

/* With the key, which is told here and in the order's mails. */
static void answer_placed(struct api_call *call, const struct order *order,
                          const struct order_secret *secret)
{
    char key[ORDER_KEY_SIZE];
    order_key_make(secret, order->id, key);
    struct json_writer json = call_json(call, 202);
    json_object_begin(&json, NULL);
    json_text(&json, "id", order->id);
    json_text(&json, "key", key);
    json_text(&json, "status", order_state_names[ORDER_RECEIVED]);
    json_int(&json, "price", order->price);
    json_object_end(&json);
}

void order_desk_took(struct api_call *call, const struct order *order)
{
    order_recent_add(api_order_desk(api_of(call->frame))->recent, order);
}

/* On a worker: the store queues it to Kafka. */
static void place_by_store(struct api_call *call)
{
    struct order_secret secret;
    struct order order;
    if (!read_order(call, &order))
        return;
    if (!order_desk_secret(call, &secret)) {
        call_store_problem(call, STORE_AGAIN);
        return;
    }
    if (store_begin(call->store))
        order_request_enqueue(call->store, &order);
    answer_placed(call, &order, &secret);
    if (call_commit(call))
        order_desk_took(call, &order);
}

/* On the producer's thread. */
static void on_reported(void *owner, bool confirmed)
{
    struct placing *placing = owner;
    struct api_call *call = placing->call;
    if (confirmed) {
        order_desk_took(call, &placing->order);
        answer_placed(call, &placing->order, &placing->secret);
    }
    buffer_free(&placing->value);
    free(placing);
    if (confirmed)
        call_finish(call);
    else
        call_to_worker(call, place_by_store);
}

/* False where Kafka is known to be away, or has too much in hand, or no key can be told. */
static bool send(struct api_call *call, const struct order *order)
{
    struct kafka_out *kafka = api_order_desk(api_of(call->frame))->kafka;
    struct order_secret secret;
    if (kafka == NULL || !order_desk_secret(call, &secret))
        return false;
    struct placing *placing = calloc(1, sizeof *placing);
    if (placing == NULL)
        abort();
    placing->secret = secret;
    placing->call = call;
    placing->order = *order;
    order_write_request(order, &placing->value);
    struct kafka_out_record record = { placing->order.id, placing->value.bytes,
                                       placing->value.length };
    if (kafka_out_send(kafka, &record, placing))
        return true; /* it may be answered already */
    buffer_free(&placing->value);
    free(placing);
    return false;
}

static void orders_place(struct api_call *call)
{
    struct order order;
    if (call->idempotency.id[0] != '\0') {
        call_to_worker(call, place_by_store);
        return;
    }
    if (!read_order(call, &order))
        call_finish(call);
    else if (!send(call, &order))
        call_to_worker(call, place_by_store);
}

bool order_desk_find(struct order_desk *desk, struct store *store, const char *id,
                     struct order *order)
{
    return order_id_is_valid(id) &&
           (order_book_read(store, id, order) || order_recent_find(desk->recent, id, order));
}

bool order_desk_has_key(struct api_call *call, const struct order *order)
{
    struct order_secret secret;
    return order_desk_secret(call, &secret) &&
           order_key_is(&secret, order->id, call->request->order_key);
}

/* What is the buyer's and the guild's: the id, which lists show, opens none of it. */
static enum order_reader reader_of(struct api_call *call, const struct order *order)
{
    if (content_shows("order", "email", call->who.role))
        return ORDER_READER_OPERATOR;
    return order_desk_has_key(call, order) ? ORDER_READER_OWNER : ORDER_READER_ANYBODY;
}

static void orders_one(struct api_call *call)
{
    struct order order;
    if (!order_desk_find(api_order_desk(api_of(call->frame)), call->store,
                         call->match.parameters[0], &order)) {
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    struct json_writer json = call_json(call, 200);
    struct order_view view = { call->store, &order, reader_of(call, &order), call->now_ms };
    order_view_write(&view, &json);
}

/* The buyer, who has its key, while it is as received; an operator until it has ended. */
static void cancel(struct api_call *call, struct order *order)
{
    struct dispatch dispatch = { .now_ms = 0 };
    bool operates = ((unsigned)call->who.role & WHO_ACTS) != 0;
    if (!operates && !order_desk_has_key(call, order)) {
        call_problem(call, PROBLEM_ORDER_KEY, "Order-Key", NULL);
        store_rollback(call->store);
        return;
    }
    dispatch_begin(&dispatch, api_options(api_of(call->frame))->settings, call->store,
                   call->now_ms);
    if ((!operates && order->state != ORDER_RECEIVED) || !dispatch_cancel(&dispatch, order)) {
        if (store_status(call->store) != STORE_OK)
            return; /* the frame answers */
        call_problem(call, PROBLEM_ORDER_STATE, NULL, order_state_names[order->state]);
        store_rollback(call->store);
        return;
    }
    if (operates)
        call_acted(call, "order-cancel", order->id, NULL);
    answer_state(call, order, ORDER_CANCELLED);
    call_commit(call);
}

static void revoke(struct api_call *call)
{
    struct order_book book = { call->store, api_options(api_of(call->frame))->lang };
    const char *id = call->match.parameters[0];
    struct order order;
    if (!store_begin(call->store))
        return;
    if (!order_desk_find(api_order_desk(api_of(call->frame)), call->store, id, &order)) {
        if (store_status(call->store) == STORE_OK) {
            call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
            store_rollback(call->store);
        }
        return;
    }
    /* One that the role has not seen yet is placed here; the role finds its id counted. */
    if (!order_book_read(call->store, id, &order))
        order_book_add(&book, &order, ORDER_STAYS);
    cancel(call, &order);
}

static const struct route routes[] = {
    { "POST", API "/orders", WHO_OPEN, ROUTE_LATER | ROUTE_OPEN_ONCE, NULL, orders_place },
    { "GET", API "/orders/waits", WHO_READS, ROUTE_TABLE | ROUTE_WORKER, "from to group",
      waits_list }, /* before any id */
    { "GET", API "/orders/{id}", WHO_OPEN, ROUTE_WHO, NULL, orders_one },
    { "POST", API "/orders/{id}/cancel", WHO_OPEN, ROUTE_DO_ONCE | ROUTE_LIMITED, NULL, revoke },
};
const struct route_table orders_routes = ROUTE_TABLE_OF(routes);
