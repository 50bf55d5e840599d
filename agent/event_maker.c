/* Builds events from what the vendor does. */
#include "agent/event_maker.h"

#include <stdio.h>
#include <string.h>

void event_maker_event(struct event_maker *maker, const struct moment *moment, enum event_type type,
                       struct event *event)
{
    event_clear(event);
    event->type = type;
    snprintf(event->cart, sizeof event->cart, "%s", maker->cart);
    memcpy(event->epoch, maker->head.epoch, sizeof event->epoch);
    event->seq = ++maker->head.last_seq;
    event->ts_ms = moment->wall_ms;
    event->clock = moment->clock;
    if (moment->clock == CLOCK_GPS || moment->clock == CLOCK_NTP)
        return;
    snprintf(event->boot, sizeof event->boot, "%s", moment->boot);
    event->boot_ms = moment->boot_ms;
}

static void count_stock(struct event_maker *maker, int64_t change, struct event *event)
{
    if (maker->head.stock == EVENT_ABSENT)
        return;
    maker->head.stock += change;
    if (maker->head.stock < 0)
        maker->head.stock = 0;
    if (maker->head.stock > INTEGER_MAX)
        maker->head.stock = INTEGER_MAX;
    event->stock = maker->head.stock;
}

/* A cart that stands records a position each minute, and may have been pushed on since. */
static void place(const struct event_maker *maker, const struct sale_fix *fix, struct event *event)
{
    const struct sale_fix recorded = { maker->head.has_fix, maker->head.lat, maker->head.lon,
                                       maker->head.fix_ms };

    if (!fix->known)
        fix = &recorded;
    if (!fix->known)
        return;
    event->has_position = true;
    event->lat = fix->lat;
    event->lon = fix->lon;
    event->fix_ms = fix->ms;
}

int64_t sale_amount(const struct sale_request *request)
{
    if (request->amount == EVENT_ABSENT && request->price != EVENT_ABSENT)
        return request->price * request->quantity;
    return request->amount;
}

void event_maker_sale(struct event_maker *maker, const struct moment *moment,
                      const struct sale_request *request, struct event *event)
{
    event_maker_event(maker, moment, EVENT_SALE, event);
    event->receipt = ++maker->head.last_receipt;
    event->quantity = request->quantity;
    event->amount = sale_amount(request);
    if (request->client != NULL)
        snprintf(event->client, sizeof event->client, "%s", request->client);
    if (request->order != NULL)
        snprintf(event->order, sizeof event->order, "%s", request->order);
    count_stock(maker, -request->quantity, event);
    place(maker, &request->fix, event);
}

void event_maker_void(struct event_maker *maker, const struct moment *moment, int64_t receipt,
                      int64_t quantity, const char *reason, struct event *event)
{
    event_maker_event(maker, moment, EVENT_VOID, event);
    event->receipt = receipt;
    if (reason != NULL)
        snprintf(event->reason, sizeof event->reason, "%s", reason);
    count_stock(maker, quantity, event);
}

void event_maker_stock(struct event_maker *maker, const struct moment *moment, int64_t stock,
                       struct event *event)
{
    event_maker_event(maker, moment, EVENT_STOCK, event);
    maker->head.stock = stock;
    event->stock = stock;
}

void event_maker_clock(struct event_maker *maker, const struct moment *moment, struct event *event)
{
    event_maker_event(maker, moment, EVENT_CLOCK, event);
    snprintf(event->boot, sizeof event->boot, "%s", moment->boot);
    event->boot_ms = moment->boot_ms;
}

void event_maker_position(struct event_maker *maker, const struct event *position,
                          struct event *event)
{
    *event = *position;
    event->type = EVENT_LOCATION;
    snprintf(event->cart, sizeof event->cart, "%s", maker->cart);
    memcpy(event->epoch, maker->head.epoch, sizeof event->epoch);
    event->seq = ++maker->head.last_seq;
    event->has_position = true;
    maker->head.has_fix = true;
    maker->head.lat = event->lat;
    maker->head.lon = event->lon;
    maker->head.fix_ms = event->ts_ms;
}
