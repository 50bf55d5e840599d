/* Restock batches: which carts somebody should bring sopaipillas to next (contract, section 5).
 *
 * One batch is open at most. It fills, is announced under the next number, and is done when an
 * operator says so. It belongs to all processes that share the store, so nothing of it outlives a
 * transaction, and every function runs in one that holds the store's write lock. */
#ifndef CARRITO_COLLECTOR_RESTOCK_H
#define CARRITO_COLLECTOR_RESTOCK_H

#include "collector/store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* How long a cart may be away and still be told. */
#define RESTOCK_COMMAND_MS (24 * 3600 * 1000LL)

/* The open batch as the transaction in hand knows it. Zeroed when a transaction begins. */
struct restock {
    bool known;
    int64_t number;  /* of the open one, or of the next */
    int64_t entries; /* 0: none is open */
};

/* A cart at or below the threshold. */
struct restock_entry {
    const char *cart;
    int64_t stock, time_ms;
};

/* Reads it once in a transaction. */
void restock_know(struct restock *restock, struct store *store);
/* Opens one where none is; one entry more. */
void restock_join(struct restock *restock, struct store *store, const struct restock_entry *entry);
/* The latest level of a cart that is in the open one. */
void restock_update(struct restock *restock, struct store *store,
                    const struct restock_entry *entry);
/* Takes all that is of the cart out of the open one. */
void restock_leave(struct restock *restock, struct store *store, const char *cart);
/* Closes, numbers and announces the open one, which has entries: an alert and a line in the log.
 * `lang` is the guild's language. */
void restock_announce(struct restock *restock, struct store *store, const char *lang,
                      int64_t at_ms);

enum restock_verdict { RESTOCK_DONE, RESTOCK_UNKNOWN, RESTOCK_DONE_BEFORE };
/* Its carts may join again and are told by a command each; the alert ends. */
enum restock_verdict restock_done(struct store *store, int64_t number, int64_t now_ms);

#endif
