/* The guild's products and prices: section [products] of the file. Pure. */
#ifndef CARRITO_COLLECTOR_PRODUCTS_H
#define CARRITO_COLLECTOR_PRODUCTS_H

#include "common/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct product {
    const char *name; /* the guild's, in the pairs */
    int64_t price;    /* pesos */
};

/* False where anything may be ordered, at the buyer's price. `pairs` may be NULL, here and below.
 */
bool products_are_listed(const struct config_pairs *pairs);
/* The next product of the list from *at on, which begins at 0; false at the end. */
bool product_next(const struct config_pairs *pairs, size_t *at, struct product *product);
/* The product that somebody means: its name in letters of whichever case. False, and `product`
 * untouched, where the list has none. */
bool product_find(const struct config_pairs *pairs, const char *typed, struct product *product);
/* For config_spec.pair_wrong. */
const char *product_pair_wrong(const char *name, const char *value);

#endif
