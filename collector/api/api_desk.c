/* What is typed at the centre: sales, voids, counts of what is left. */
#include "collector/api/api_parts.h"
#include "collector/base/hash.h"
#include "collector/base/settings.h"
#include "collector/call/call.h"
#include "collector/call/frame.h"
#include "collector/carts/cart_row.h"
#include "collector/http/page.h"
#include "collector/sales/desk.h"
#include "common/client_name.h"
#include "common/day.h"
#include "common/text.h"

#include <stdio.h>
#include <string.h>

#define SUBJECT_SIZE (CART_LENGTH_MAX + EPOCH_LENGTH_MAX + 24)
#define TIME_MAX     40

/* RFC 3339; now where it is absent. */
static bool read_time(const cJSON *body, struct event *event, struct json_reason *why)
{
    const char *text = NULL;
    if (!json_get_text(body, "ts", JSON_OPTIONAL, 1, TIME_MAX, &text, why))
        return false;
    return text == NULL || time_from_text(text, &event->ts_ms) ||
           json_refuse(why, "ts", SAY_REASON_TIME("ts"));
}

/* Where it was sold; where neither is given, the cart's last fix at that time is taken. */
static bool read_place(const cJSON *body, struct event *event, struct json_reason *why)
{
    if (cJSON_GetObjectItemCaseSensitive(body, "lat") == NULL &&
        cJSON_GetObjectItemCaseSensitive(body, "lon") == NULL)
        return true;
    event->has_position = true;
    event->fix_ms = event->ts_ms;
    return json_get_number(body, "lat", JSON_REQUIRED, -90, 90, &event->lat, why) &&
           json_get_number(body, "lon", JSON_REQUIRED, -180, 180, &event->lon, why);
}

static bool read_sale(const cJSON *body, struct event *event, struct json_reason *why)
{
    const char *client = NULL;
    if (!json_get_text(body, "client", JSON_OPTIONAL, 1, CLIENT_CODE_POINTS_MAX, &client, why) ||
        !json_get_int(body, "quantity", JSON_REQUIRED, 1, QUANTITY_MAX, &event->quantity, why) ||
        !json_get_int(body, "amount", JSON_OPTIONAL, 0, AMOUNT_MAX, &event->amount, why) ||
        !json_get_int(body, "stock", JSON_OPTIONAL, 0, INTEGER_MAX, &event->stock, why) ||
        !read_time(body, event, why) || !read_place(body, event, why))
        return false;
    text_put(event->client, sizeof event->client, client);
    return true;
}

static bool read_stock(const cJSON *body, struct event *event, struct json_reason *why)
{
    return json_get_int(body, "stock", JSON_REQUIRED, 0, INTEGER_MAX, &event->stock, why);
}

static bool read_void(const cJSON *body, struct event *event, struct json_reason *why)
{
    const char *reason = NULL;
    if (!json_get_text(body, "reason", JSON_OPTIONAL, 0, REASON_CODE_POINTS_MAX, &reason, why))
        return false;
    text_put(event->reason, sizeof event->reason, reason);
    return true;
}

/* The cart of the body. A vendor's is its own, as in paths. */
static bool read_cart(struct api_call *call, const cJSON *body, struct event *event)
{
    struct json_reason why = { 0 };
    const char *cart;
    if (!json_get_text(body, "cart", JSON_REQUIRED, 1, CART_TYPED_MAX, &cart, &why) ||
        (!cart_from_person(cart, event->cart) &&
         !json_refuse(&why, "cart", SAY_REASON_PLATE("cart")))) {
        call_refuse(call, &why);
        return false;
    }
    cart_known_as(call->store, event->cart);
    if (access_to_route(call->match.route->roles, &call->who, event->cart) == ACCESS_GRANTED)
        return true;
    call_problem(call, PROBLEM_FORBIDDEN, "cart", role_name(call->who.role));
    return false;
}

static void name_subject(const struct event *event, const char *epoch, char subject[SUBJECT_SIZE])
{
    snprintf(subject, SUBJECT_SIZE, "%s/%s/%lld", event->cart, epoch, (long long)event->receipt);
}

static void answer(struct api_call *call, const struct event *event)
{
    struct json_writer json = call_json(call, 202);
    json_object_begin(&json, NULL);
    json_text(&json, "cart", event->cart);
    json_text(&json, "epoch", event->epoch);
    json_int(&json, "seq", event->seq);
    if (event->receipt != EVENT_ABSENT)
        json_int(&json, "receipt", event->receipt);
    else
        json_null(&json, "receipt");
    json_object_end(&json);
    call_commit(call);
}

/* Reads an event of this type from the body; false where the answer is a problem now. */
static bool read_event(struct api_call *call, struct event *event, enum event_type type,
                       bool (*read)(const cJSON *, struct event *, struct json_reason *))
{
    struct json_reason why = { 0 };
    cJSON *body = call_body(call);
    if (body == NULL)
        return false;
    event_clear(event);
    event->type = type;
    event->ts_ms = call->now_ms;
    bool allowed = read_cart(call, body, event);
    bool good = allowed && read(body, event, &why) && desk_check(event, call->now_ms, &why);
    if (allowed && !good)
        call_refuse(call, &why);
    cJSON_Delete(body);
    return good;
}

/* As carts write clients down: Kafka gets no other form from here. */
static void write_client_down(const struct api_call *call, struct event *event)
{
    const struct settings *settings = frame_options(call->frame)->settings;
    struct client_names names;
    char *key = client_names_open(settings->clients, settings->clients_keyfile, &names);
    client_name_apply(&names, event->client, sizeof event->client);
    config_free_secret(key);
}

static void desk_sell(struct api_call *call)
{
    struct event event;
    char subject[SUBJECT_SIZE], details[32];
    if (!read_event(call, &event, EVENT_SALE, read_sale))
        return;
    write_client_down(call, &event);
    if (!store_begin(call->store))
        return;
    desk_write(call->store, &event);
    name_subject(&event, event.epoch, subject);
    snprintf(details, sizeof details, "quantity=%lld", (long long)event.quantity);
    call_acted(call, "sale", subject, details);
    answer(call, &event);
}

static void desk_count(struct api_call *call)
{
    struct event event;
    char details[48];
    if (!read_event(call, &event, EVENT_STOCK, read_stock) || !store_begin(call->store))
        return;
    desk_write(call->store, &event);
    snprintf(details, sizeof details, "stock=%lld", (long long)event.stock);
    call_acted(call, "stock", event.cart, details);
    answer(call, &event);
}

/* The sale that the path names; false where there can be no such one. */
static bool read_path(const struct api_call *call, struct event *event)
{
    const char *const *parameters = call->match.parameters;
    if (!cart_from_person(parameters[0], event->cart) || !epoch_is_valid(parameters[1]) ||
        page_number_read(parameters[2], 1, INTEGER_MAX, &event->receipt) != PAGE_NUMBER_OK)
        return false;
    cart_known_as(call->store, event->cart);
    text_put(event->sale_epoch, sizeof event->sale_epoch, parameters[1]);
    return true;
}

/* The same for the same person and sale, and not to be read back. */
static void name_teller(const struct api_call *call, const char *subject, char teller[33])
{
    struct buffer text = { 0 };
    buffer_format(&text, "void\n%s\n%s", subject, call->who.name);
    hash_text(text.bytes, text.length, teller);
    buffer_free(&text);
}

static void take_back(struct api_call *call, struct event *event)
{
    char subject[SUBJECT_SIZE], teller[33];
    enum desk_verdict verdict = DESK_UNKNOWN;
    name_subject(event, event->sale_epoch, subject);
    name_teller(call, subject, teller);
    if (store_begin(call->store))
        verdict = desk_void(call->store, event, teller);
    switch (verdict) {
    case DESK_REPEATED: /* its answer may have been lost */
        answer(call, event);
        break;
    case DESK_WRITTEN:
        call_acted(call, "void", subject, event->reason[0] != '\0' ? event->reason : NULL);
        answer(call, event);
        break;
    case DESK_UNKNOWN:
        answer_nothing_of_cart(call);
        break;
    case DESK_VOIDED:
        call_problem(call, PROBLEM_VOIDED, NULL, subject);
        break;
    }
}

static void undo(struct api_call *call)
{
    struct json_reason why = { 0 };
    struct event event;
    bool empty = call->request->body.length == 0; /* the reason is all that may be in it */
    if (!empty && !request_is_json(call->request)) {
        call_problem(call, PROBLEM_TYPE, NULL, "application/json");
        return;
    }
    cJSON *body = empty ? cJSON_CreateObject() : call_body(call);
    if (body == NULL)
        return;
    event_clear(&event);
    event.type = EVENT_VOID;
    event.ts_ms = call->now_ms;
    if (!read_path(call, &event)) {
        if (store_begin(call->store))
            answer_nothing_of_cart(call);
    } else if (read_void(body, &event, &why) && desk_check(&event, call->now_ms, &why))
        take_back(call, &event);
    else
        call_refuse(call, &why);
    cJSON_Delete(body);
}

static const struct route routes[] = {
    { "POST", API "/sales", WHO_DESK, ROUTE_ACT_ONCE, NULL, desk_sell },
    { "POST", API "/sales/{cart}/{epoch}/{receipt}/void", WHO_DESK, ROUTE_DO_ONCE, NULL, undo },
    { "POST", API "/stock", WHO_DESK, ROUTE_ACT_ONCE, NULL, desk_count },
};
const struct route_table desk_routes = ROUTE_TABLE_OF(routes);
