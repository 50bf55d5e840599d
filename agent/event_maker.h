/* What the vendor's acts become: events, with the receipt and the stock that they lead to. Pure.
 *
 * A sale larger than the stock is recorded and leaves 0: no sale is refused. The stock is absent
 * until the cart was counted for the first time (contract, section 2). */
#ifndef CARRITO_AGENT_EVENT_MAKER_H
#define CARRITO_AGENT_EVENT_MAKER_H

#include "agent/outbox.h"
#include "common/event.h"

/* When and by which clock. */
struct moment {
    int64_t wall_ms;
    enum event_clock clock;
    const char *boot;
    int64_t boot_ms;
};

/* Where the cart was when. */
struct sale_fix {
    bool known;
    double lat, lon; /* degrees */
    int64_t ms;      /* wall clock when it came */
};

struct sale_request {
    const char *client; /* NULL: none */
    const char *order;  /* NULL: none */
    int64_t quantity;
    int64_t amount;      /* EVENT_ABSENT: by `price`, where there is one */
    int64_t price;       /* pesos a piece; EVENT_ABSENT: none */
    struct sale_fix fix; /* the last one, recorded or not; not known: the last recorded one */
};

/* Where the maker stands while several events are gathered for one commit. */
struct event_maker {
    const char *cart;
    struct outbox_head head; /* a copy, moved on by each event */
};

/* What the sale costs: as said, else by the price; EVENT_ABSENT where neither is known. May be over
 * AMOUNT_MAX, which the caller refuses. */
int64_t sale_amount(const struct sale_request *request);
/* Begins the next event of a type: identity and time; one that is not dated by a good clock says
 * when in its boot it was. The rest of it is the caller's, where the maker keeps nothing of it. */
void event_maker_event(struct event_maker *maker, const struct moment *moment, enum event_type type,
                       struct event *event);
/* Each fills in the next event and moves the maker on. */
void event_maker_sale(struct event_maker *maker, const struct moment *moment,
                      const struct sale_request *request, struct event *event);
void event_maker_void(struct event_maker *maker, const struct moment *moment, int64_t receipt,
                      int64_t quantity, const char *reason, struct event *event);
void event_maker_stock(struct event_maker *maker, const struct moment *moment, int64_t stock,
                       struct event *event);
/* The boot's clock has become right: lets the centre date its earlier events. */
void event_maker_clock(struct event_maker *maker, const struct moment *moment, struct event *event);
/* `position` brings lat, lon and what else is known; its ts_ms is kept. */
void event_maker_position(struct event_maker *maker, const struct event *position,
                          struct event *event);

#endif
