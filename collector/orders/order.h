/* An order of a buyer: what it is, and its forms on the wire (contract,
 * section 5, "orders"). Pure. */
#ifndef CARRITO_COLLECTOR_ORDER_H
#define CARRITO_COLLECTOR_ORDER_H

#include "common/buffer.h"
#include "common/json_read.h"
#include "common/json_write.h"
#include "common/order_state.h"
#include "common/protocol.h"

#include <stdbool.h>
#include <stdint.h>

#define ORDER_PRODUCT_CODE_POINTS 100
#define ORDER_EMAIL_BYTES         254
#define ORDER_PRICE_MAX           10000000 /* pesos */
#define ORDER_QUANTITY_MAX        1000
#define ORDER_REQUEST_BYTES_MAX   4096
#define ORDER_NEVER               (-1)
#define ORDER_PLACE_CODE_POINTS   200
#define ORDER_REASON_SIZE         24

/* Why an order is `fallido`, of those that were dispatched. */
#define ORDER_NO_CART      "no-cart"
#define ORDER_NOBODY_THERE "nobody-there"

/* The outcomes of an offer, as the table has them. */
#define OFFER_ACCEPTED   "accepted"
#define OFFER_REFUSED    "refused"
#define OFFER_UNANSWERED "unanswered"
#define OFFER_TAKEN_BACK "taken-back" /* by an operator, or as its cart cannot be counted on */
#define OFFER_CANCELLED  "cancelled"
#define OFFER_GIVEN_BACK "given-back" /* by the vendor, who had accepted */
#define OFFER_ASSIGNED   "assigned"   /* by an operator, who did not ask */

/* How it finds its cart. In `auto` all is zero, "" and ORDER_NEVER. */
struct order_dispatch {
    bool held;                         /* an operator keeps it: it is offered to nobody */
    bool warned;                       /* order-failed was raised of it while it was on its way */
    int64_t turn;                      /* counts its offers and assignments */
    int64_t returns;                   /* how often a cart gave it back */
    char offered[CART_LENGTH_MAX + 1]; /* the cart that has an open offer; "" */
    int64_t offered_ms, until_ms;      /* of that offer; ORDER_NEVER */
    int64_t search_until_ms; /* fails then, where no cart has it by then; ORDER_NEVER: waits not */
    char failed[ORDER_REASON_SIZE]; /* why it is `fallido`: "no-cart", "nobody-there"; "" */
};

struct order {
    char id[ORDER_ID_SIZE];
    char product[ORDER_PRODUCT_CODE_POINTS * 4 + 1];
    char email[ORDER_EMAIL_BYTES + 1];
    char cart[CART_LENGTH_MAX + 1]; /* that takes it; "": none yet */
    int64_t price, quantity;
    double lat, lon;                             /* where it is to go; NAN: not said */
    char place[ORDER_PLACE_CODE_POINTS * 4 + 1]; /* the same in the buyer's words, one line; "" */
    bool pickup;                                 /* the buyer comes to the cart */
    enum order_state state;
    int64_t times[ORDER_STATES]; /* when it came into each state; ORDER_NEVER */
    struct order_dispatch dispatch;
};

/* What a buyer may say about the price. */
enum order_price { ORDER_PRICE_REQUIRED, ORDER_PRICE_OPTIONAL };
#define ORDER_PRICE_NONE (-1) /* nothing was said */

/* Of an order that is not dispatched. */
#define ORDER_DISPATCH_NONE                                                                        \
    {                                                                                              \
        .offered_ms = ORDER_NEVER, .until_ms = ORDER_NEVER, .search_until_ms = ORDER_NEVER         \
    }

/* Reads what a buyer says into a new order, received at `now_ms` and without an id. False: `why`
 * names the member at fault. A price is rounded to whole pesos; one that is
 * optional and absent is ORDER_PRICE_NONE. */
bool order_read(const cJSON *object, enum order_price price, struct order *order,
                struct json_reason *why);
/* The value of a record of carrito.order-requests. */
void order_write_request(const struct order *order, struct buffer *out);
/* Reads one; what Kafka took at `append_ms` was received then at the latest. */
bool order_read_request(const char *bytes, size_t length, int64_t append_ms, struct order *order,
                        struct json_reason *why);

/* It came into this state then. */
struct order_change {
    enum order_state state;
    int64_t at_ms;
};

/* The value of a record of carrito.order-processing. */
void order_write_change(const struct order *order, const struct order_change *change,
                        struct buffer *out);

#define ORDER_HISTORY_MAX 64 /* changes; one that is given back more often lacks the last ones */

/* The states that an order came into, in the order of their times. */
struct order_history {
    struct order_change changes[ORDER_HISTORY_MAX];
    size_t count;
};

/* Adds a change, while there is room. */
void order_history_add(struct order_history *history, enum order_state state, int64_t at_ms);
/* Those from `from` on that the order itself has the times of. */
void order_history_add_own(struct order_history *history, const struct order *order,
                           enum order_state from);
/* [{"status":…,"time":…}]. */
void order_history_write(const struct order_history *history, struct json_writer *json,
                         const char *key);

#endif
