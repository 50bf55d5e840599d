/* How long orders waited: until a cart took them, and from then until they were delivered; by cart,
 * or by the hour of the day at which they came. */
#ifndef CARRITO_COLLECTOR_WAITS_H
#define CARRITO_COLLECTOR_WAITS_H

#include "collector/store/store.h"

#include "common/event.h"

#define WAITS_ORDERS_MAX 100000 /* of a span the newest so many are looked at */

enum waits_group { WAITS_BY_CART, WAITS_BY_HOUR, WAITS_GROUPS };

/* Orders that came from `from_ms` on and before `to_ms`. */
struct waits_span {
    int64_t from_ms, to_ms;
    enum waits_group group;
};

/* In seconds; -1 where there is none. The 90th percentile is the least that 90 of 100 do not
 * exceed. */
struct waits_time {
    int64_t median_s, p90_s;
};

struct waits_row {
    char key[CART_LENGTH_MAX + 1]; /* a plate, "" of what no cart has; or the hour, "00" to "23" */
    int64_t orders, taken;
    struct waits_time wait, way; /* until it was taken, from then until it was delivered */
    int64_t refused, unanswered; /* offers */
};

/* Reads the orders of the span and makes their rows, by key. The caller frees. `*count` is 0 where
 * there are none, or where the store fails (store_status()). Blocks as the store does. */
struct waits_row *waits_read(struct store *store, const struct waits_span *span, size_t *count);

#endif
