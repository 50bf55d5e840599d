/* What a vendor may do with an order that the centre has offered, and until when. Pure; `now` is
 * the moment of the question.
 *
 * An answer that is given in time is the vendor's word, whenever the link is there: the centre
 * judges whether it came in time for it, and says `order-cancel` where it did not. */
#ifndef CARRITO_AGENT_ORDER_JUDGE_H
#define CARRITO_AGENT_ORDER_JUDGE_H

#include "agent/event_maker.h"
#include "agent/offer.h"
#include "agent/outbox_orders.h"

/* How long an offer stands still, in ms; 0 or less: it does not. By the centre's time where this
 * clock is right; else from when it came, in the same boot; after another boot nobody knows, and it
 * has ended. */
int64_t order_left_ms(const struct order_row *order, const struct offer *offer,
                      const struct moment *now);

enum order_verdict {
    ORDER_MAY,
    ORDER_UNKNOWN,     /* the centre never offered it to this cart */
    ORDER_HAS_EXPIRED, /* the offer has ended */
    ORDER_IS_OVER,     /* done, refused, or taken away */
    ORDER_NOT_NEXT     /* a step before or behind it */
};

/* `order` NULL: there is no such row. `offer` is read from it. */
enum order_verdict order_judge(const struct order_row *order, const struct offer *offer,
                               const char *status, const struct moment *now);

#endif
