/* The guild's products and prices: section [products] of the file. Pure. */
#ifndef CARRITO_COLLECTOR_PRODUCTS_H
#define CARRITO_COLLECTOR_PRODUCTS_H

#include "common/config.h"

#include <stdbool.h>
#include <stdint.h>

#define PRODUCT_UNKNOWN (-1)

/* False where anything may be ordered, at the buyer's price. */
bool products_are_listed(const struct config_pairs *pairs);
/* Pesos; PRODUCT_UNKNOWN where the list has no such product. Names compare byte by byte. */
int64_t product_price(const struct config_pairs *pairs, const char *product);
/* For config_spec.pair_wrong. */
const char *product_pair_wrong(const char *name, const char *value);

#endif
