/* What becomes of an order that looks for its cart (contract, section 5, "orders"): offered, taken,
 * refused, given back, assigned, held, cancelled, failed.
 *
 * Each act changes one order, which was read from the book in the caller's transaction, with all
 * that it leads to: its row, the row of its offer, the word to the cart, what is told to Kafka and
 * to the buyer, a line in the log. So nothing is done by halves, and what is done again makes the
 * same ids. The centre never has an order with two carts: its row names one, or an open offer to
 * one, or neither. Nothing here reads a clock: `at_ms` is when it happened, which a cart may tell
 * later. */
#ifndef CARRITO_COLLECTOR_DISPATCH_H
#define CARRITO_COLLECTOR_DISPATCH_H

#include "collector/orders/candidates.h"
#include "collector/orders/order_book.h"

struct settings;

struct dispatch {
    struct order_book book;
    struct candidates candidates; /* of the transaction in hand; an act keeps it in step */
    int64_t offer_ms, search_ms;  /* how long a cart may answer, and an order look for its cart */
    int64_t now_ms;               /* of the transaction: what lasts begins then */
};

/* Whether orders are dispatched: in `auto` they move by themselves. */
bool order_is_dispatched(const struct settings *settings);

/* A transaction of `store`; the struct is zero-initialised before the first. The settings outlive
 * it.
 */
void dispatch_begin(struct dispatch *dispatch, const struct settings *settings, struct store *store,
                    int64_t now_ms);
void dispatch_free(struct dispatch *dispatch);

/* Offers an order that waits to the nearest cart that can have it, or fails it where its time is
 * over. True where it waits no more. */
bool dispatch_offer(struct dispatch *dispatch, struct order *order);

/* The open offer is over; the order waits for the next. A cart that was not the one to end it
 * (OFFER_TAKEN_BACK) is told. */
void dispatch_offer_over(struct dispatch *dispatch, struct order *order, const char *outcome,
                         int64_t at_ms);
/* The cart that has the open offer takes it, and is told the place. */
void dispatch_take(struct dispatch *dispatch, struct order *order, int64_t at_ms);
/* The cart that is preparing it has it no more; it waits again, as long as at first. The cart is
 * told in any case: a step names no turn, so that the no to an earlier one may have come late. */
void dispatch_give_back(struct dispatch *dispatch, struct order *order, const char *outcome,
                        int64_t at_ms);
/* It is `fallido`: ORDER_NO_CART or ORDER_NOBODY_THERE; a cart that has it is told. */
void dispatch_fail(struct dispatch *dispatch, struct order *order, const char *reason,
                   int64_t at_ms);
/* Raises order-failed of an order that is on its way; once. */
void dispatch_warn(struct dispatch *dispatch, struct order *order, const struct saying *says);

/* Whether a cart can be counted on for one order more: what dispatch_role.h would take back at once
 * is given to none. */
enum dispatch_can { DISPATCH_CAN, DISPATCH_NO_CART, DISPATCH_GONE, DISPATCH_NO_STOCK };
enum dispatch_can dispatch_cart_can(struct store *store, const struct order *order,
                                    const char *cart);
/* An operator's acts. False, and nothing changed, where the order's state does not allow it; where
 * the store failed, too (store_status()). */
bool dispatch_assign(struct dispatch *dispatch, struct order *order, const char *cart);
bool dispatch_release(struct dispatch *dispatch, struct order *order);
bool dispatch_hold(struct dispatch *dispatch, struct order *order);
/* The buyer's or an operator's; of an order of `auto` too, where nobody is told but the buyer. */
bool dispatch_cancel(struct dispatch *dispatch, struct order *order);

/* What an order-cancel says. */
#define TELL_CANCELLED  "cancelled"
#define TELL_EXPIRED    "expired"
#define TELL_TAKEN_BACK "taken-back"

struct order_notice {
    const char *order, *cart;
    int64_t turn;
    const char *reason;
};

/* Tells a cart that it has not, or has no more, what it was offered on this turn; 0: never. */
void dispatch_tell_over(const struct dispatch *dispatch, const struct order_notice *notice);

/* Its offers, the oldest first:
 * [{"cart":…,"time":…,"until":…,"distance_m":…,"outcome":…,"ended":…}].
 */
void dispatch_write_offers(struct store *store, const struct order *order, struct json_writer *json,
                           const char *key);

#endif
