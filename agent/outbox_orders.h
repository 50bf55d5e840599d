/* The orders that the centre has offered to this cart, in the outbox: what each is about, how far
 * the vendor is with it, and what he has not been told yet.
 *
 * A row's status is `ofrecido` (an offer that waits for an answer), `vencido` (it ended without
 * one), a state of the vendor's (order_steps.h), or `cancelado`: the centre took it away, and
 * `reason` says why. Each word of the centre has a turn, 1, 2, 3, … of an order; an older one that
 * comes late changes nothing. */
#ifndef CARRITO_AGENT_OUTBOX_ORDERS_H
#define CARRITO_AGENT_OUTBOX_ORDERS_H

#include "agent/outbox.h"

#include <stdbool.h>
#include <stdint.h>

#define ORDERS_OPEN_MAX 9   /* at once, each with a digit of its own; more are not taken */
#define ORDERS_KEPT     100 /* that are over */
#define OFFERS_MISSED   3   /* in a row without an answer: nobody listens */

#define ORDER_OFFERED      "ofrecido"
#define ORDER_EXPIRED      "vencido"
#define ORDER_REFUSED      "rechazado"
#define ORDER_REASON_ENDED "ended" /* of order-cancel: there is nothing to tell the vendor */

struct order_row {
    const char *id, *offer /* JSON: the last order-offer */, *status;
    int64_t at_ms;          /* of the last change, wall clock */
    int64_t turn;           /* 0: of an earlier release; the centre knows nothing of it */
    int64_t number;         /* 1 to ORDERS_OPEN_MAX: the vendor's for it while it is open */
    int64_t expires_ms;     /* of the offer, by the centre's clock */
    const char *heard_boot; /* NULL: not known */
    int64_t heard_boot_ms;  /* when in that boot the offer came */
    const char *reason;     /* why it was taken away; NULL: it was not */
    bool told;              /* the vendor knows that */
};

/* The row of this id; false where there is none. The row's texts
 * live during the call. */
bool outbox_order(struct outbox *outbox, const char *id,
                  void (*call)(void *owner, const struct order_row *order), void *owner);
/* The newest first, at most `max`. */
void outbox_each_order(struct outbox *outbox, int max,
                       void (*call)(void *owner, const struct order_row *order), void *owner);
/* Those that wait for the vendor, by their numbers. */
void outbox_each_open_order(struct outbox *outbox,
                            void (*call)(void *owner, const struct order_row *order), void *owner);
/* Those that the centre has taken away from under the vendor, and he was not told. */
void outbox_each_untold_order(struct outbox *outbox,
                              void (*call)(void *owner, const struct order_row *order),
                              void *owner);
/* The vendor was told of it, up to this turn. */
enum outbox_result outbox_tell_order(struct outbox *outbox, const char *id, int64_t turn);
/* The offer has ended without an answer. */
enum outbox_result outbox_expire_order(struct outbox *outbox, const char *id, int64_t at_ms);

/* Who listens for offers, kept over restarts. */
struct outbox_listening {
    bool on;        /* without a till, too */
    bool paused;    /* by the vendor */
    int64_t missed; /* offers that ended without an answer, in a row; a sale, a count of the stock
                     * and a step of an order begin anew */
};
struct outbox_listening outbox_listening(const struct outbox *outbox);
enum outbox_result outbox_listen(struct outbox *outbox, const struct outbox_listening *listening);

#endif
