/* A table of requests, each: check, commit, answer. */
#include "agent/requests.h"
#include "agent/clock_source.h"
#include "agent/request_parts.h"
#include "agent/request_status.h"

#include "common/day.h"
#include "common/json_read.h"
#include "common/json_write.h"
#include "common/order_state.h"

#include <string.h>

#define REQUEST_DEPTH_MAX 3

void request_refuse(struct request *request, struct saying saying)
{
    words_write(request->answer, WORDS_WRONG, &saying, request->of->lang);
}

void request_accept(const struct request *request, struct saying saying)
{
    words_write(request->answer, WORDS_DONE, &saying, request->of->lang);
}

void request_fail(struct request *request, struct saying saying)
{
    words_write(request->answer, WORDS_FAILED, &saying, request->of->lang);
}

/* `make` has written its answer; a copy of it, closed, goes with the act. */
static size_t make_and_keep(void *owner, struct event_maker *maker, struct event *events)
{
    struct request *request = owner;
    size_t count = request->make(request->owner, maker, events);

    buffer_append(&request->kept, request->answer->out->bytes + request->start,
                  request->answer->out->length - request->start);
    buffer_text(&request->kept, "}\n");
    return count;
}

void request_fail_by(struct request *request, enum outbox_result result)
{
    request_fail(request, result == OUTBOX_FULL        ? SAY_ANSWER_DISK_FULL()
                          : result == OUTBOX_READ_ONLY ? SAY_ANSWER_READ_ONLY()
                                                       : SAY_ANSWER_DISK_BROKEN());
}

void request_act(struct request *request,
                 size_t (*make)(void *owner, struct event_maker *maker, struct event *events),
                 void *owner)
{
    struct json_writer empty = *request->answer;
    size_t length = empty.out->length;
    const struct outbox_answer kept = { request->id, &request->kept };

    request->make = make;
    request->owner = owner;
    enum outbox_result result =
        group_commit_act_answered(request->of->commit, make_and_keep, request, &kept);
    request->of->result = result;
    if (result == OUTBOX_OK)
        return;
    *request->answer = empty;
    request->answer->out->length = length;
    request_fail_by(request, result);
}

bool request_has(const struct request *request, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(request->object, key) != NULL;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n\v\f")] == '\0';
}

bool request_text(const struct request *request, const char *key, size_t max, const char **text)
{
    struct json_reason why;

    return json_get_text(request->object, key, JSON_OPTIONAL, 1, max, text, &why) &&
           (*text == NULL || !is_blank(*text));
}

struct sale {
    const struct request *request;
    struct sale_request sale;
};

void request_write_sale(const struct request *request, const struct event *sale)
{
    json_int(request->answer, "receipt", sale->receipt);
    if (sale->stock != EVENT_ABSENT)
        json_int(request->answer, "stock", sale->stock);
    json_int(request->answer, "seq", sale->seq);
}

static size_t make_sale(void *owner, struct event_maker *maker, struct event *events)
{
    struct sale *sale = owner;
    const struct moment *moment = &sale->request->of->moment;
    size_t count = 0;

    /* The order's last step and its sale are one act. */
    if (sale->sale.order != NULL)
        request_make_step(maker, moment, sale->sale.order, order_state_names[ORDER_DONE],
                          &events[count++]);
    struct event *event = &events[count++];
    event_maker_sale(maker, moment, &sale->sale, event);
    request_accept(sale->request, event->stock == EVENT_ABSENT
                                      ? SAY_ANSWER_OK_SALE(event->receipt)
                                      : SAY_ANSWER_OK_SALE_STOCK(event->receipt, event->stock));
    request_write_sale(sale->request, event);
    return count;
}

static void sell(struct request *request)
{
    struct sale sale = {
        .request = request,
        .sale = { .amount = EVENT_ABSENT, .price = request->of->price, .fix = request->of->fix }
    };
    struct json_reason why;

    if (!json_get_int(request->object, "quantity", JSON_REQUIRED, 1, QUANTITY_MAX,
                      &sale.sale.quantity, &why))
        return request_refuse(request, SAY_ANSWER_QUANTITY());
    if (!json_get_int(request->object, "amount", JSON_OPTIONAL, 0, AMOUNT_MAX, &sale.sale.amount,
                      &why) ||
        sale_amount(&sale.sale) > AMOUNT_MAX)
        return request_refuse(request, SAY_ANSWER_AMOUNT());
    if (!request_text(request, "client", CLIENT_CODE_POINTS_MAX, &sale.sale.client))
        return request_refuse(request, SAY_ANSWER_CLIENT());
    if (!request_text(request, "order", 64, &sale.sale.order))
        return request_refuse(request, SAY_ANSWER_ORDER_ID());
    if (sale.sale.order != NULL && !request_order_may_be_done(request, sale.sale.order))
        return;
    request_act(request, make_sale, &sale);
}

struct taking_back {
    const struct request *request;
    int64_t receipt, quantity;
    const char *reason;
};

static void answer_void(const struct request *request, struct saying saying, int64_t receipt)
{
    request_accept(request, saying);
    json_int(request->answer, "receipt", receipt);
}

static size_t make_void(void *owner, struct event_maker *maker, struct event *events)
{
    const struct taking_back *back = owner;

    event_maker_void(maker, &back->request->of->moment, back->receipt, back->quantity, back->reason,
                     events);
    answer_void(back->request, SAY_ANSWER_OK_VOID(back->receipt), back->receipt);
    return 1;
}

static void void_receipt(struct request *request)
{
    struct taking_back back = { .request = request };
    struct receipt_row row;
    struct json_reason why;

    if (!json_get_int(request->object, "receipt", JSON_REQUIRED, 1, INTEGER_MAX, &back.receipt,
                      &why))
        return request_refuse(request, SAY_ANSWER_RECEIPT());
    if (!json_get_text(request->object, "reason", JSON_OPTIONAL, 0, REASON_CODE_POINTS_MAX,
                       &back.reason, &why))
        return request_refuse(request, SAY_ANSWER_REASON());
    if (!outbox_receipt(request->of->commit->outbox, back.receipt, &row))
        return request_refuse(request, SAY_ANSWER_NO_RECEIPT(back.receipt));
    back.quantity = row.quantity;
    if (row.voided)
        return answer_void(request, SAY_ANSWER_OK_VOID_AGAIN(back.receipt), back.receipt);
    request_act(request, make_void, &back);
}

struct counting {
    const struct request *request;
    int64_t stock;
};

static size_t make_stock(void *owner, struct event_maker *maker, struct event *events)
{
    const struct counting *counting = owner;

    event_maker_stock(maker, &counting->request->of->moment, counting->stock, events);
    request_accept(counting->request, SAY_ANSWER_OK_STOCK(counting->stock));
    json_int(counting->request->answer, "stock", counting->stock);
    return 1;
}

static void restock(struct request *request)
{
    struct counting counting = { .request = request };
    struct json_reason why;

    if (!json_get_int(request->object, "stock", JSON_REQUIRED, 0, INTEGER_MAX, &counting.stock,
                      &why))
        return request_refuse(request, SAY_ANSWER_STOCK());
    request_act(request, make_stock, &counting);
}

static bool is_closed(const struct request *request)
{
    return outbox_closed_ms(request->of->commit->outbox) != EVENT_ABSENT;
}

/* How the agent does. */
static void status(struct request *request)
{
    request_take_till(request);
    json_bool(request->answer, "ok", true);
    request_status_write(request->of, request->answer);
}

static void write_day(const struct request *request, int32_t day, const struct day_sums *sums)
{
    const struct outbox_head *head = outbox_head(request->of->commit->outbox);
    char text[DAY_TEXT_SIZE];

    day_text(day, text);
    json_text(request->answer, "day", text);
    json_int(request->answer, "sales", sums->sales);
    json_int(request->answer, "quantity", sums->quantity);
    json_int(request->answer, "amount", sums->amount);
    json_int(request->answer, "voided", sums->voided);
    json_int(request->answer, "waiting", head->last_seq - head->acked_seq);
    json_bool(request->answer, "closed", is_closed(request));
}

/* For whoever may not read the outbox. */
static void today(struct request *request)
{
    int32_t day = day_of_ms(request->of->moment.wall_ms);
    struct day_sums sums;

    outbox_day_sums(request->of->commit->outbox, day, &sums);
    json_bool(request->answer, "ok", true);
    write_day(request, day, &sums);
}

/* The positions of the day are written first; a day that is closed already stays as it was. */
static void close_day(struct request *request)
{
    struct outbox *outbox = request->of->commit->outbox;
    const struct moment *moment = &request->of->moment;
    const struct outbox_head *head = outbox_head(outbox);
    int32_t day = day_of_ms(moment->wall_ms);
    struct day_sums sums;

    request->of->result = group_commit_flush_now(request->of->commit);
    if (!is_closed(request) && request->of->result != OUTBOX_BROKEN)
        request->of->result =
            outbox_close_day(outbox, clock_source_is_right(moment->clock) ? moment->wall_ms : 0);
    if (!is_closed(request))
        return request_fail(request, SAY_ANSWER_DISK_BROKEN());
    outbox_day_sums(outbox, day, &sums);
    request_accept(request, SAY_ANSWER_OK_CLOSE(sums.sales, sums.quantity, sums.amount, sums.voided,
                                                head->last_seq - head->acked_seq));
    write_day(request, day, &sums);
}

static const struct {
    const char *name;
    void (*answer)(struct request *request);
} table[] = {
    { "sell", sell },     { "void", void_receipt },     { "restock", restock },
    { "status", status }, { "order", request_order },   { "orders", request_orders },
    { "today", today },   { "listen", request_listen }, { "close", close_day },
};

/* None of those. */
static void refuse_unknown(struct request *request)
{
    struct buffer names = { 0 };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        buffer_format(&names, "%s%s", i > 0 ? ", " : "", table[i].name);
    request_refuse(request, SAY_ANSWER_REQUEST(names.bytes));
    buffer_free(&names);
}

static void dispatch(struct request *request)
{
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(request->object, "request");

    for (size_t i = 0; cJSON_IsString(name) && i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name->valuestring) == 0)
            return table[i].answer(request);
    refuse_unknown(request);
}

/* What was done before is answered whenever it is asked again; anything else only while somebody
 * waits for it: who has given up may have typed it again. */
static void take(struct request *request)
{
    int64_t until_ms = INTEGER_MAX;
    struct json_reason why;

    if (!json_get_int(request->object, "until_boot_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &until_ms,
                      &why))
        return words_write_unreadable(request->answer, &why, request->of->lang);
    if (request->of->moment.boot_ms > until_ms)
        return request_fail(request, SAY_ANSWER_TOO_LATE());
    dispatch(request);
}

void requests_answer(struct requests *requests, const char *bytes, size_t length,
                     struct buffer *answer)
{
    struct json_writer json = json_write_to(answer);
    struct json_reason why;
    requests->till_asks = false;
    cJSON *object = json_read_object(bytes, length, REQUEST_BYTES_MAX, REQUEST_DEPTH_MAX, &why);
    struct request request = {
        .of = requests, .object = object, .answer = &json, .start = answer->length
    };
    bool whole = object != NULL &&
                 json_get_text(object, "id", JSON_OPTIONAL, 1, REQUEST_ID_MAX, &request.id, &why);

    if (whole && request.id != NULL &&
        outbox_answered(requests->commit->outbox, request.id, answer))
        goto done;
    json_object_begin(&json, NULL);
    if (whole)
        take(&request);
    else
        words_write_unreadable(&json, &why, requests->lang);
    json_object_end(&json);
    buffer_append(answer, "\n", 1);
done:
    buffer_free(&request.kept);
    cJSON_Delete(object);
}
