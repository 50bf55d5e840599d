/* The table of orders. What comes into a state is told in the transaction that says so: to
 * carrito.order-processing, to the buyer, to the log, and for `fallido` by an alert. Ids of all
 * that are made from the order and the state, so that a repetition queues nothing twice. */
#ifndef CARRITO_COLLECTOR_ORDER_BOOK_H
#define CARRITO_COLLECTOR_ORDER_BOOK_H

#include "collector/orders/order.h"
#include "collector/store/store.h"

/* Where changes are written. */
struct order_book {
    struct store *store; /* in a transaction */
    const char *lang;    /* of an alert's sentence: "es" or "en" */
};

/* When an order moves on by itself next; or not. */
#define ORDER_STAYS ORDER_NEVER

/* A new order with every state that it came into already. False where the id is known: it counts
 * once. */
bool order_book_add(const struct order_book *book, const struct order *order, int64_t next_ms);
/* False where there is none. */
bool order_book_read(struct store *store, const char *id, struct order *order);
/* Moves `order`, which was read from the book in this transaction, at `at_ms`. False, and nothing
 * changed, where it may not move so. */
bool order_book_move(const struct order_book *book, struct order *order, enum order_state to,
                     int64_t at_ms);
/* The same, and it moves on by itself at `next_ms`. */
bool order_book_step(const struct order_book *book, struct order *order, int64_t at_ms,
                     int64_t next_ms);
/* Writes what dispatch knows of it, its state unchanged. False where it is in another by now. */
bool order_book_save(const struct order_book *book, const struct order *order);
/* A cart that is preparing it gives it back: it is as received again, and nobody's. The change is
 * told to Kafka by an id of its own, and not to the buyer. */
bool order_book_return(const struct order_book *book, struct order *order, int64_t at_ms);
/* All states that it came into, each time that it did. */
void order_book_history(struct store *store, const struct order *order,
                        struct order_history *history);
void order_book_write_history(struct store *store, const struct order *order,
                              struct json_writer *json, const char *key);
/* Fills an order from a row that begins with the columns of the statement order_read. */
void order_book_fill(struct store_rows *rows, struct order *order);

#endif
