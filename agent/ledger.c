/* Builds events from what the vendor does. */
#include "agent/ledger.h"

#include <stdio.h>
#include <string.h>

void ledger_event(struct ledger *ledger, const struct moment *moment, enum event_type type,
                  struct event *event)
{
    event_clear(event);
    event->type = type;
    snprintf(event->cart, sizeof event->cart, "%s", ledger->cart);
    memcpy(event->epoch, ledger->head.epoch, sizeof event->epoch);
    event->seq = ++ledger->head.last_seq;
    event->ts_ms = moment->wall_ms;
    event->clock = moment->clock;
    if (moment->clock == CLOCK_GPS || moment->clock == CLOCK_NTP)
        return;
    snprintf(event->boot, sizeof event->boot, "%s", moment->boot);
    event->boot_ms = moment->boot_ms;
}

static void count_stock(struct ledger *ledger, int64_t change, struct event *event)
{
    if (ledger->head.stock == EVENT_ABSENT)
        return;
    ledger->head.stock += change;
    if (ledger->head.stock < 0)
        ledger->head.stock = 0;
    if (ledger->head.stock > INTEGER_MAX)
        ledger->head.stock = INTEGER_MAX;
    event->stock = ledger->head.stock;
}

/* A cart that stands records a position each minute, and may have been pushed on since. */
static void place(const struct ledger *ledger, const struct ledger_fix *fix, struct event *event)
{
    const struct ledger_fix recorded = { ledger->head.has_fix, ledger->head.lat, ledger->head.lon,
                                         ledger->head.fix_ms };

    if (!fix->known)
        fix = &recorded;
    if (!fix->known)
        return;
    event->has_position = true;
    event->lat = fix->lat;
    event->lon = fix->lon;
    event->fix_ms = fix->ms;
}

int64_t ledger_amount(const struct sale_request *request)
{
    if (request->amount == EVENT_ABSENT && request->price != EVENT_ABSENT)
        return request->price * request->quantity;
    return request->amount;
}

void ledger_sale(struct ledger *ledger, const struct moment *moment,
                 const struct sale_request *request, struct event *event)
{
    ledger_event(ledger, moment, EVENT_SALE, event);
    event->receipt = ++ledger->head.last_receipt;
    event->quantity = request->quantity;
    event->amount = ledger_amount(request);
    if (request->client != NULL)
        snprintf(event->client, sizeof event->client, "%s", request->client);
    if (request->order != NULL)
        snprintf(event->order, sizeof event->order, "%s", request->order);
    count_stock(ledger, -request->quantity, event);
    place(ledger, &request->fix, event);
}

void ledger_void(struct ledger *ledger, const struct moment *moment, int64_t receipt,
                 int64_t quantity, const char *reason, struct event *event)
{
    ledger_event(ledger, moment, EVENT_VOID, event);
    event->receipt = receipt;
    if (reason != NULL)
        snprintf(event->reason, sizeof event->reason, "%s", reason);
    count_stock(ledger, quantity, event);
}

void ledger_stock(struct ledger *ledger, const struct moment *moment, int64_t stock,
                  struct event *event)
{
    ledger_event(ledger, moment, EVENT_STOCK, event);
    ledger->head.stock = stock;
    event->stock = stock;
}

void ledger_clock(struct ledger *ledger, const struct moment *moment, struct event *event)
{
    ledger_event(ledger, moment, EVENT_CLOCK, event);
    snprintf(event->boot, sizeof event->boot, "%s", moment->boot);
    event->boot_ms = moment->boot_ms;
}

void ledger_position(struct ledger *ledger, const struct event *position, struct event *event)
{
    *event = *position;
    event->type = EVENT_LOCATION;
    snprintf(event->cart, sizeof event->cart, "%s", ledger->cart);
    memcpy(event->epoch, ledger->head.epoch, sizeof event->epoch);
    event->seq = ++ledger->head.last_seq;
    event->has_position = true;
    ledger->head.has_fix = true;
    ledger->head.lat = event->lat;
    ledger->head.lon = event->lon;
    ledger->head.fix_ms = event->ts_ms;
}
