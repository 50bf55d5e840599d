/* Events that were set aside because their identity has another content, and what an operator says
 * about them.
 *
 * Accepted, the event is counted under an identity of its own: the one that the centre gives to
 * what is typed there for the cart (desk.h), so that the content which came first stays as it is.
 * A sale or a count becomes one of the centre's, a void takes back the receipt that it names in
 * the cart's own epoch. A clock event says something of its own epoch only: it can be dropped, not
 * accepted. The row stays with the decision, so that the same bytes are not set aside again. */
#ifndef CARRITO_COLLECTOR_SET_ASIDE_H
#define CARRITO_COLLECTOR_SET_ASIDE_H

#include "collector/store/store.h"
#include "common/json_read.h"

#include <stdint.h>

enum set_aside_verdict {
    SET_ASIDE_DECIDED,
    SET_ASIDE_UNKNOWN, /* no such row that waits */
    SET_ASIDE_REFUSED  /* it cannot be counted; `why` says it */
};

/* Both in the caller's transaction, which is rolled back where it is not decided. They end the
 * cart's alert with its last row. */
enum set_aside_verdict set_aside_accept(struct store *store, const char *id, int64_t now_ms,
                                        struct json_reason *why);
enum set_aside_verdict set_aside_drop(struct store *store, const char *id, int64_t now_ms);

#endif
