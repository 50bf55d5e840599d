/* A cart as the role `location` knows it: one row of the table `carts`, and the carts of a batch.
 */
#ifndef CARRITO_COLLECTOR_CART_ROW_H
#define CARRITO_COLLECTOR_CART_ROW_H

#include "collector/carts/cart_state.h"
#include "collector/store/rows.h"
#include "common/event.h"

#include <stdbool.h>
#include <stdint.h>

#define CART_WORD_MAX 33

struct cart_row {
    char cart[CART_LENGTH_MAX + 1];
    char state[16]; /* cart_state_names; cart_row_move() changes it */
    int64_t fugitive;
    double lat, lon, acc;              /* NAN: none */
    int64_t fix_ms, heard_ms, sale_ms; /* EVENT_ABSENT: never */
    int64_t waiting;
    char version[CART_WORD_MAX];
    char epoch[EPOCH_LENGTH_MAX + 1];
    int64_t session;
    char gps[CART_WORD_MAX];
    double batt;
    char bridge[65];
    int64_t part, phone; /* of the last word: its partition (-1: none), whether a phone's */
    int64_t nofix_ms;    /* EVENT_ABSENT: has a fix, or need not */
    char damaged[EPOCH_LENGTH_MAX + 1];
    int64_t fix_dated; /* the last fix has Kafka's time, not its own */
    double claim_lat, claim_lon;
    int64_t claim_ms, claim_count;
    int64_t closed_ms;   /* the end of its day; EVENT_ABSENT: it is open */
    int64_t heard_place; /* of the last word, where Kafka's clock was set back (silence.h) */
    int64_t listens;     /* somebody there listens for offers of orders, as it last said */
};

/* True where the cart was heard once, or is a member's. */
bool cart_is_known(struct store *store, const char *cart);

/* In place: the name by which the cart of this plate is known. What people type is folded to one
 * spelling; a cart that an earlier release knew as BBCL-23 keeps that name, and what is said of
 * BBCL23 is said of it. A scan of the carts where the plate itself is not known. */
void cart_known_as(struct store *store, char cart[CART_LENGTH_MAX + 1]);

/* The cart's row among those of a batch, which are zero-initialised at first (store/rows.h): read
 * on first use; a new one where there is none. Lives until they are written or forgotten. */
struct cart_row *cart_rows_get(struct rows *carts, struct store *store, const char *cart);
/* Something happened to it: its next state, by the table of cart_state.h. A cart that is gone
 * listens for no offers. What becomes of its alert is the caller's to do. */
enum cart_alert cart_row_move(struct cart_row *cart, enum cart_cause cause);
/* True where it is known or among these. */
bool cart_rows_knows(struct rows *carts, struct store *store, const char *cart);

#endif
