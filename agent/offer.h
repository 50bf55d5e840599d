/* What an `order-offer` says (docs/schemas/command.json): read once when it comes, and again from
 * what the outbox keeps of it. Pure.
 *
 * A text that could do something to a terminal is refused with the offer: a buyer types it. */
#ifndef CARRITO_AGENT_OFFER_H
#define CARRITO_AGENT_OFFER_H

#include "common/event.h"
#include "common/json_read.h"

#define OFFER_S            60 /* for which an offer stands, where it does not say */
#define OFFER_S_MAX        3600
#define OFFER_ID_MAX       64
#define OFFER_PRODUCT_MAX  100
#define OFFER_PLACE_MAX    200
#define OFFER_QUANTITY_MAX 1000
#define OFFER_PRICE_MAX    10000000

struct offer {
    const char *order, *product; /* of the object that was read */
    const char *place;           /* in the buyer's words; NULL: none, or not told yet */
    int64_t turn;
    int64_t quantity, price; /* pieces; pesos a piece */
    int64_t expires_ms;      /* wall clock of the centre; EVENT_ABSENT: never */
    int64_t offer_s;         /* for how long it stood when it was made */
    int64_t distance_m;      /* from the cart's last fix then; EVENT_ABSENT: not known */
    int64_t bearing_deg;     /* from north over east; likewise */
    bool pickup;             /* the buyer comes to the cart */
    bool taken;              /* the cart has it; else it is asked */
    bool has_position;       /* where the buyer waits, degrees */
    double lat, lon;
};

/* False where a member is missing or wrong; `why` says which. */
bool offer_read(const cJSON *object, struct offer *offer, struct json_reason *why);
/* Of its text, as the outbox keeps it. The object that the offer's texts point into, which the
 * caller deletes; all of the offer is 0 and NULL where it is none. */
cJSON *offer_read_text(const char *text, struct offer *offer);

#endif
