/* What a cart says of its totals (contract, section 3, `counts`), kept until the role `sales` has
 * applied all that Kafka had by then, and judges it (collector/sales/sales_words.h).
 *
 * Of each outbox the newest word counts. One that says nothing new, on the same day, changes
 * nothing: a heartbeat of a cart that sells nothing costs a look at one row for each outbox. */
#ifndef CARRITO_COLLECTOR_CART_WORD_H
#define CARRITO_COLLECTOR_CART_WORD_H

#include "collector/store/store.h"

#include <cjson/cJSON.h>

#include <stdint.h>

#define CART_WORD_EARLIER_MAX 32 /* former outboxes in one message; more are left out */

/* How a word came; a member is 0 or 1. */
struct cart_word_way {
    int64_t offline; /* with the cart's `offline`, or on a card that is in no cart */
    int64_t queued;  /* what came with it is not in Kafka yet */
};

struct cart_word {
    const char *cart;
    const char *epoch; /* of the message; "": it is not known. `counts` may name its own. */
    int64_t at_ms;     /* Kafka's time */
    int64_t now_ms;    /* the wall clock, when the record was already read */
    struct cart_word_way way;
};

/* Keeps what `counts` says of its outbox and of the `earlier` ones, in the caller's transaction.
 * What is no object, or has no sense, is passed over: the older form, a list by day, is no word. */
void cart_word_keep(struct store *store, const cJSON *counts, const struct cart_word *word);

#endif
