/* Rows of the agent's answers, as a till has them. */
#include "agent/till_orders.h"
#include "agent/order_steps.h"
#include "agent/words.h"

#include <stdio.h>
#include <string.h>

static void take_row(const struct till *till, const cJSON *row, struct till_order *order)
{
    int64_t left_ms = words_number(row, "left_ms", 0);

    *order = (struct till_order){
        .number = words_number(row, "number", 0),
        .turn = words_number(row, "turn", 0),
        .quantity = words_number(row, "quantity", 0),
        .amount = words_number(row, "quantity", 0) * words_number(row, "price", 0),
        .distance_m = words_number(row, "distance_m", -1),
        .bearing_deg = words_number(row, "bearing_deg", -1),
        .end_ms = till->now_ms + left_ms,
        .pickup = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "pickup")),
    };
    snprintf(order->id, sizeof order->id, "%s", words_text(row, "order"));
    snprintf(order->status, sizeof order->status, "%s", words_text(row, "status"));
    snprintf(order->product, sizeof order->product, "%s", words_text(row, "product"));
    snprintf(order->place, sizeof order->place, "%s", words_text(row, "place"));
}

void till_orders_take(struct till *till, const cJSON *answer)
{
    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(answer, "orders"), *row;

    if (rows == NULL) /* an agent of an earlier release */
        return;
    till->order_count = 0;
    cJSON_ArrayForEach(row, rows)
    {
        if (till->order_count == TILL_ORDERS_MAX)
            break;
        struct till_order *order = &till->orders[till->order_count];
        take_row(till, row, order);
        if (order->number >= 1 && order->number <= TILL_ORDERS_MAX &&
            order_next_step(order->status) != NULL)
            till->order_count++;
    }
}

const struct till_order *till_offer(const struct till *till)
{
    const struct till_order *first = NULL;

    for (size_t i = 0; i < till->order_count; i++) {
        const struct till_order *order = &till->orders[i];
        if (strcmp(order->status, ORDER_OFFERED) == 0 && order->end_ms > till->now_ms &&
            (first == NULL || order->end_ms < first->end_ms))
            first = order;
    }
    return first;
}

int64_t till_offer_s(const struct till *till, const struct till_order *order)
{
    return order->end_ms > till->now_ms ? (order->end_ms - till->now_ms + 999) / 1000 : 0;
}

struct till_order *till_order_of(struct till *till, int64_t wanted)
{
    for (size_t i = 0; i < till->order_count; i++)
        if (till->orders[i].number == wanted)
            return &till->orders[i];
    return NULL;
}

void till_order_moved(struct till *till, const char *id, const char *status)
{
    for (size_t i = 0; i < till->order_count; i++) {
        struct till_order *order = &till->orders[i];
        if (strcmp(order->id, id) != 0)
            continue;
        snprintf(order->status, sizeof order->status, "%s", status);
        if (order_next_step(status) != NULL)
            return;
        till->order_count--;
        memmove(order, order + 1, (till->order_count - i) * sizeof *order);
        return;
    }
}

static void call(struct till *till)
{
    till->calls = true;
    till->rings++;
    till->ring_ms = till->now_ms;
}

/* Each of them has the order's number, and nothing else. */
static const struct sentence *news_of(const cJSON *row)
{
    const char *reason = words_text(row, "reason");

    if (strcmp(words_text(row, "status"), "finalizado") == 0)
        return &screen_order_sold;
    if (strcmp(reason, "expired") == 0)
        return &screen_order_late;
    if (strcmp(reason, "taken-back") == 0)
        return &screen_order_taken_back;
    return &screen_order_cancelled;
}

/* One after the other, each for a while; what was told goes back with the next question. */
static void hear_news(struct till *till, const cJSON *answer)
{
    const cJSON *row = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(answer, "untold"), 0);

    if (row == NULL) {
        till->told_turn = 0;
        return;
    }
    if (till->told_turn == words_number(row, "turn", 0) &&
        strcmp(till->told, words_text(row, "order")) == 0)
        return;
    if (till->has_news && till->now_ms - till->news_ms < TILL_RING_MS)
        return;
    snprintf(till->told, sizeof till->told, "%s", words_text(row, "order"));
    till->told_turn = words_number(row, "turn", 0);
    till->has_news = true;
    till->news_ms = till->now_ms;
    till->rings = 0;
    till->rung_turn = 0; /* an offer begins anew behind it */
    till->news = news_of(row);
    till->news_number = words_number(row, "number", 0);
    till_tell(till, (struct saying){ .sentence = till->news,
                                     .words = { said_number(till->news_number) } });
    till->wrong = true;
    call(till);
}

const struct sentence *till_listening_word(const struct till *till)
{
    switch (till->listening) {
    case LISTENING_PAUSED:
        return &screen_orders_paused;
    case LISTENING_UNCOUNTED:
        return &screen_orders_uncounted;
    case LISTENING_MISSED:
        return &screen_orders_missed;
    default:
        return NULL;
    }
}

static void hear_listening(struct till *till, const cJSON *answer)
{
    enum listening now = listening_from_name(words_text(answer, "listening"));
    bool is_news = now != till->listening;

    till->listening = now;
    if (!is_news || (now != LISTENING_MISSED && now != LISTENING_UNCOUNTED))
        return;
    till_tell(till,
              now == LISTENING_MISSED ? SAY_SCREEN_ORDERS_MISSED() : SAY_SCREEN_ORDERS_UNCOUNTED());
    till->bell = true;
}

void till_orders_hear(struct till *till, const cJSON *answer)
{
    hear_listening(till, answer);
    hear_news(till, answer);
}

/* Another offer than the one that rang begins anew. */
static void ring_offer(struct till *till, const struct till_order *offer)
{
    if (offer->turn != till->rung_turn || strcmp(offer->id, till->rung) != 0) {
        snprintf(till->rung, sizeof till->rung, "%s", offer->id);
        till->rung_turn = offer->turn;
        till->rings = 0;
    }
    if (till->rings == 0 ||
        (till->rings < TILL_RINGS_MAX && till->now_ms - till->ring_ms >= TILL_RING_MS))
        call(till);
}

void till_orders_tick(struct till *till)
{
    const struct till_order *offer = till_offer(till);

    if (till->has_news) {
        if (till->now_ms - till->ring_ms >= TILL_RING_MS && till->rings < TILL_RINGS_MAX)
            call(till);
        till->has_news = till->rings < TILL_RINGS_MAX;
        return;
    }
    if (offer != NULL)
        ring_offer(till, offer);
}

/* A key that was on its way when it rang is no answer. */
void till_orders_key(struct till *till)
{
    if (till->has_news && till->now_ms - till->news_ms >= 1000)
        till->has_news = false;
}

const char *till_direction(const struct till_order *order, enum lang lang)
{
    static const struct sentence *const winds[] = { &screen_north, &screen_northeast,
                                                    &screen_east,  &screen_southeast,
                                                    &screen_south, &screen_southwest,
                                                    &screen_west,  &screen_northwest };

    return order->bearing_deg < 0 ? "" : winds[(order->bearing_deg * 2 + 45) / 90 % 8]->text[lang];
}

/* To ten metres, and from a kilometre on to a hundred. */
void till_where(const struct till_order *order, enum lang lang, char *out, size_t size)
{
    const char *direction = till_direction(order, lang);
    const char *blank = direction[0] != '\0' ? " " : "";
    int64_t metres = (order->distance_m + 5) / 10 * 10, tenths = (order->distance_m + 50) / 100;

    if (order->pickup)
        snprintf(out, size, "%s", screen_pickup.text[lang]);
    else if (order->distance_m < 0)
        out[0] = '\0';
    else if (order->distance_m < 1000)
        snprintf(out, size, "%lld m%s%s", (long long)metres, blank, direction);
    else
        snprintf(out, size, "%lld%c%lld km%s%s", (long long)(tenths / 10),
                 lang == LANG_ES ? ',' : '.', (long long)(tenths % 10), blank, direction);
}
