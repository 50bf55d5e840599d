/* Looks a product up among the pairs of the file. */
#include "collector/orders/products.h"
#include "collector/orders/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "products.";
#define PREFIX_LENGTH (sizeof prefix - 1)

static bool is_product(const char *name)
{
    return strncmp(name, prefix, PREFIX_LENGTH) == 0;
}

/* PRODUCT_UNKNOWN where it is no price. */
static int64_t read_price(const char *value)
{
    char *end;

    errno = 0;
    long long price = strtoll(value, &end, 10);
    bool good =
        value[0] != '\0' && *end == '\0' && errno == 0 && price >= 0 && price <= ORDER_PRICE_MAX;
    return good ? price : PRODUCT_UNKNOWN;
}

bool products_are_listed(const struct config_pairs *pairs)
{
    for (size_t i = 0; pairs != NULL && i < pairs->count; i++)
        if (is_product(pairs->pairs[i].name))
            return true;
    return false;
}

int64_t product_price(const struct config_pairs *pairs, const char *product)
{
    for (size_t i = 0; pairs != NULL && i < pairs->count; i++)
        if (is_product(pairs->pairs[i].name) &&
            strcmp(pairs->pairs[i].name + PREFIX_LENGTH, product) == 0)
            return read_price(pairs->pairs[i].value);
    return PRODUCT_UNKNOWN;
}

const char *product_pair_wrong(const char *name, const char *value)
{
    if (!is_product(name))
        return NULL;
    size_t length = utf8_is_valid(name, strlen(name)) ? utf8_code_points(name + PREFIX_LENGTH) : 0;
    if (length < 1 || length > ORDER_PRODUCT_CODE_POINTS)
        return "a product's name has 1 to 100 characters";
    return read_price(value) == PRODUCT_UNKNOWN
               ? "a product's price is a whole number from 0 to 10000000"
               : NULL;
}
