/* The buyer's key of an order (contract, section 6): who has it follows the order with its cart,
 * and takes it back while nobody has begun it. The order's id is no such thing, as lists show it.
 *
 * A key is made of the order's id and a secret that the store was given once. So every process on
 * one store makes the same key, the mails of later states can have it in their links, and neither
 * Kafka nor the row of the order, its mails or a kept answer has it. Who has the store's file could
 * make keys; that file has the buyers themselves. */
#ifndef CARRITO_COLLECTOR_ORDER_KEY_H
#define CARRITO_COLLECTOR_ORDER_KEY_H

#include "collector/store/store.h"

#include <stdbool.h>

#define ORDER_KEY_SIZE    33 /* 128 bits as hexadecimal digits, and NUL */
#define ORDER_SECRET_SIZE 65

struct order_secret {
    char text[ORDER_SECRET_SIZE];
};

/* Gives the store its secret, where it has none, in a transaction of its own. */
enum store_result order_secret_take(struct store *store);
/* False where the store has none, or could not say. */
bool order_secret_read(struct store *store, struct order_secret *secret);

void order_key_make(const struct order_secret *secret, const char *id, char key[ORDER_KEY_SIZE]);
/* The id of an order that a form without a script sends, made of all that it says: sent again it is
 * the same order. Nobody knows it who has not sent the form. */
void order_id_make(const struct order_secret *secret, const char *form, char id[ORDER_KEY_SIZE]);
/* Whether `said`, a stranger's, is the order's key; NULL is not. In the same time, however much of
 * it is right. */
bool order_key_is(const struct order_secret *secret, const char *id, const char *said);

#endif
