/* The vendor's side of an order: what there is, the next step, and who listens for offers. */
#include "agent/clock_state.h"
#include "agent/course.h"
#include "agent/order_judge.h"
#include "agent/order_steps.h"
#include "agent/request_parts.h"

#include "common/json_read.h"
#include "common/order_state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ORDERS_BYTES_MAX 65536 /* an answer must fit into the socket's buffer */
#define ORDERS_SHOWN     50

/* A row, and the offer that it keeps. */
struct found {
    struct order_row row;
    char id[OFFER_ID_MAX * 4 + 1], status[33], boot[BOOT_ID_LENGTH + 1];
    cJSON *object;
    struct offer offer;
};

static void keep_found(void *owner, const struct order_row *row)
{
    struct found *found = owner;

    found->row = *row;
    snprintf(found->id, sizeof found->id, "%s", row->id);
    snprintf(found->status, sizeof found->status, "%s", row->status);
    snprintf(found->boot, sizeof found->boot, "%s", row->heard_boot != NULL ? row->heard_boot : "");
    found->row.id = found->id;
    found->row.status = found->status;
    found->row.heard_boot = found->boot;
    found->object = offer_read_text(row->offer, &found->offer);
    found->row.offer = found->row.reason = NULL;
}

struct wanted {
    int64_t number;
    struct found *found;
    bool there;
};

static void keep_numbered(void *owner, const struct order_row *row)
{
    struct wanted *wanted = owner;

    if (row->number != wanted->number || wanted->there)
        return;
    keep_found(wanted->found, row);
    wanted->there = true;
}

/* By its id, or by the vendor's number for it. */
static bool find(const struct request *request, const char *typed, struct found *found)
{
    struct outbox *outbox = request->of->commit->outbox;
    bool is_number = typed[0] >= '1' && typed[0] <= '9' && typed[1] == '\0';
    struct wanted wanted = { typed[0] - '0', found, false };

    if (outbox_order(outbox, typed, keep_found, found))
        return true;
    if (is_number)
        outbox_each_open_order(outbox, keep_numbered, &wanted);
    return wanted.there;
}

static void drop(struct found *found)
{
    cJSON_Delete(found->object);
}

/* True where the step may be; else it is answered why not. */
static bool may(struct request *request, const struct found *found, const char *typed,
                const char *status)
{
    const struct order_row *row = &found->row;
    bool is_known = found->object != NULL;

    switch (order_judge(is_known ? row : NULL, &found->offer, status, &request->of->moment)) {
    case ORDER_MAY:
        return true;
    case ORDER_UNKNOWN:
        request_refuse(request, SAY_ANSWER_ORDER_UNKNOWN(typed));
        return false;
    case ORDER_HAS_EXPIRED:
        request_refuse(request, SAY_ANSWER_ORDER_EXPIRED(typed));
        return false;
    case ORDER_IS_OVER:
        request_refuse(request, SAY_ANSWER_ORDER_OVER(typed, row->status));
        return false;
    default:
        request_refuse(request, SAY_ANSWER_ORDER_STEP(typed, row->status,
                                                      order_next_step(row->status), ORDER_REFUSED));
        return false;
    }
}

void request_make_step(struct event_maker *maker, const struct moment *moment, const char *order,
                       const char *status, struct event *event)
{
    event_maker_event(maker, moment, EVENT_ORDER, event);
    snprintf(event->order, sizeof event->order, "%s", order);
    snprintf(event->status, sizeof event->status, "%s", status);
}

struct step {
    const struct request *request;
    const struct found *found;
    const char *status;
};

static void accept_sale(const struct step *step, const struct event *sale, bool is_short)
{
    const char *id = step->found->id;

    if (is_short)
        request_accept(step->request, SAY_ANSWER_OK_ORDER_SHORT(id, sale->receipt));
    else if (sale->stock == EVENT_ABSENT)
        request_accept(step->request, SAY_ANSWER_OK_ORDER_SALE(id, sale->receipt));
    else
        request_accept(step->request, SAY_ANSWER_OK_ORDER_STOCK(id, sale->receipt, sale->stock));
    request_write_sale(step->request, sale);
    json_int(step->request->answer, "quantity", sale->quantity);
}

/* The last step and its sale are one act; what is over the counted stock is sold, and said. */
static size_t make_done(const struct step *step, struct event_maker *maker, struct event *events)
{
    const struct requests *of = step->request->of;
    const struct offer *offer = &step->found->offer;
    struct sale_request sale = { .order = step->found->id,
                                 .quantity = offer->quantity,
                                 .amount = offer->price * offer->quantity,
                                 .price = EVENT_ABSENT,
                                 .fix = of->fix };
    bool is_short = maker->head.stock != EVENT_ABSENT && maker->head.stock < offer->quantity;

    event_maker_sale(maker, &of->moment, &sale, events);
    accept_sale(step, events, is_short);
    return 1;
}

static size_t make_step(void *owner, struct event_maker *maker, struct event *events)
{
    const struct step *step = owner;

    request_make_step(maker, &step->request->of->moment, step->found->id, step->status, events);
    if (strcmp(step->status, order_state_names[ORDER_DONE]) == 0)
        return 1 + make_done(step, maker, events + 1);
    request_accept(step->request, SAY_ANSWER_OK_ORDER(step->found->id, step->status));
    return 1;
}

void request_order(struct request *request)
{
    const char *typed = NULL, *status = NULL;
    struct found found = { .object = NULL };

    if (!request_has(request, "order") || !request_text(request, "order", OFFER_ID_MAX, &typed))
        return request_refuse(request, SAY_ANSWER_ORDER_ID());
    if (!request_has(request, "status") || !request_text(request, "status", 32, &status) ||
        !order_step_is_word(status))
        return request_refuse(request, SAY_ANSWER_STATUS(ORDER_WORDS_FIRST, ORDER_WORDS_LAST));
    find(request, typed, &found);
    struct step step = { request, &found, status };
    if (may(request, &found, typed, status))
        request_act(request, make_step, &step);
    drop(&found);
}

bool request_order_may_be_done(struct request *request, const char *id)
{
    struct found found = { .object = NULL };

    outbox_order(request->of->commit->outbox, id, keep_found, &found);
    bool is_allowed = may(request, &found, id, order_state_names[ORDER_DONE]);
    drop(&found);
    return is_allowed;
}

static struct sale_fix last_fix(const struct requests *requests)
{
    const struct outbox_head *head = outbox_head(requests->commit->outbox);

    return requests->fix.known
               ? requests->fix
               : (struct sale_fix){ head->has_fix, head->lat, head->lon, head->fix_ms };
}

/* Where the buyer is told, from where the cart is now; else as the centre said it. */
static void write_course(const struct requests *requests, const struct offer *offer,
                         struct json_writer *json)
{
    struct sale_fix fix = last_fix(requests);
    int64_t distance_m = offer->distance_m, bearing_deg = offer->bearing_deg;

    if (offer->has_position && fix.known) {
        const struct place here = { fix.lat, fix.lon }, there = { offer->lat, offer->lon };
        distance_m = llround(course_distance_m(&here, &there));
        bearing_deg = (int64_t)course_bearing_deg(&here, &there);
    }
    if (offer->pickup)
        json_bool(json, "pickup", true);
    if (distance_m != EVENT_ABSENT)
        json_int(json, "distance_m", distance_m);
    if (bearing_deg != EVENT_ABSENT)
        json_int(json, "bearing_deg", bearing_deg);
}

struct listing {
    const struct requests *requests;
    struct json_writer *json;
};

static void write_order(void *owner, const struct order_row *row)
{
    const struct listing *listing = owner;
    struct json_writer *json = listing->json;
    struct offer offer;

    /* The newest come first, so that what is too much for one answer is old. */
    if (json->out->length + strlen(row->offer) > ORDERS_BYTES_MAX)
        return;
    cJSON *object = offer_read_text(row->offer, &offer);
    json_object_begin(json, NULL);
    json_text(json, "order", row->id);
    json_text(json, "status", row->status);
    json_int(json, "at_ms", row->at_ms);
    json_int(json, "turn", row->turn);
    if (row->number > 0)
        json_int(json, "number", row->number);
    if (row->reason != NULL)
        json_text(json, "reason", row->reason);
    if (offer.product != NULL) {
        json_text(json, "product", offer.product);
        json_int(json, "quantity", offer.quantity);
        json_int(json, "price", offer.price);
        if (offer.place != NULL)
            json_text(json, "place", offer.place);
        write_course(listing->requests, &offer, json);
    }
    if (strcmp(row->status, ORDER_OFFERED) == 0 && offer.product != NULL)
        json_int(json, "left_ms", order_left_ms(row, &offer, &listing->requests->moment));
    json_object_end(json);
    cJSON_Delete(object);
}

void request_orders(struct request *request)
{
    struct listing listing = { request->of, request->answer };

    json_bool(request->answer, "ok", true);
    json_array_begin(request->answer, "orders");
    outbox_each_order(request->of->commit->outbox, ORDERS_SHOWN, write_order, &listing);
    json_array_end(request->answer);
}

void request_orders_write_open(const struct requests *requests, struct json_writer *json)
{
    struct listing listing = { requests, json };

    json_array_begin(json, "orders");
    outbox_each_open_order(requests->commit->outbox, write_order, &listing);
    json_array_end(json);
    json_array_begin(json, "untold");
    outbox_each_untold_order(requests->commit->outbox, write_order, &listing);
    json_array_end(json);
}

struct listen_word {
    const char *name;
    bool sets_on, on, paused;
};

/* Whatever is said, somebody is there: offers that nobody answered count no longer. */
void request_listen(struct request *request)
{
    static const struct listen_word words[] = {
        { "on", true, true, false },
        { "off", true, false, true },
        { "pause", false, false, true },
        { "resume", false, false, false },
    };
    struct outbox *outbox = request->of->commit->outbox;
    struct outbox_listening kept = outbox_listening(outbox);
    const struct listen_word *word = words, *end = words + sizeof words / sizeof *words;
    const char *typed = "";

    request_text(request, "listen", 16, &typed);
    while (word < end && strcmp(word->name, typed) != 0)
        word++;
    if (word == end)
        return request_refuse(request, SAY_ANSWER_LISTEN());
    kept = (struct outbox_listening){ word->sets_on ? word->on : kept.on, word->paused, 0 };
    request->of->result = outbox_listen(outbox, &kept);
    if (request->of->result != OUTBOX_OK)
        return request_fail_by(request, request->of->result);
    bool counted = outbox_head(outbox)->stock != EVENT_ABSENT;
    request_accept(request, word->paused ? SAY_ANSWER_OK_LISTEN_OFF()
                            : counted    ? SAY_ANSWER_OK_LISTEN()
                                         : SAY_ANSWER_OK_LISTEN_UNCOUNTED());
}

/* What a till has told the vendor since it asked last. */
static void take_told(const struct request *request)
{
    const cJSON *row;
    const char *id = NULL;
    int64_t turn = 0;
    struct json_reason why;

    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(request->object, "told"))
    {
        if (json_get_text(row, "order", JSON_REQUIRED, 1, OFFER_ID_MAX, &id, &why) &&
            json_get_int(row, "turn", JSON_REQUIRED, 1, INTEGER_MAX, &turn, &why))
            outbox_tell_order(request->of->commit->outbox, id, turn);
    }
}

void request_take_till(struct request *request)
{
    struct json_reason why;

    json_get_bool(request->object, "till", JSON_OPTIONAL, &request->of->till_asks, &why);
    if (request->of->till_asks)
        take_told(request);
}
