/* Looks a product up among the pairs of the file. */
#include "collector/orders/products.h"
#include "collector/orders/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>

static const char prefix[] = "products.";
#define PREFIX_LENGTH (sizeof prefix - 1)

static bool is_product(const char *name)
{
    return strncmp(name, prefix, PREFIX_LENGTH) == 0;
}

/* Negative where it is no price. */
static int64_t read_price(const char *value)
{
    char *end;

    errno = 0;
    long long price = strtoll(value, &end, 10);
    bool good =
        value[0] != '\0' && *end == '\0' && errno == 0 && price >= 0 && price <= ORDER_PRICE_MAX;
    return good ? price : -1;
}

bool product_next(const struct config_pairs *pairs, size_t *at, struct product *product)
{
    while (pairs != NULL && *at < pairs->count) {
        const struct config_pair *pair = &pairs->pairs[(*at)++];
        if (!is_product(pair->name))
            continue;
        *product = (struct product){ pair->name + PREFIX_LENGTH, read_price(pair->value) };
        return true;
    }
    return false;
}

bool products_are_listed(const struct config_pairs *pairs)
{
    struct product product;
    size_t at = 0;

    return product_next(pairs, &at, &product);
}

/* Folded and composed: "Ñ" may be one sign or two. */
static bool is_same(const char *one, const char *other)
{
    int difference = 1;

    return u8_casecmp((const uint8_t *)one, strlen(one), (const uint8_t *)other, strlen(other),
                      NULL, UNINORM_NFC, &difference) == 0 &&
           difference == 0;
}

bool product_find(const struct config_pairs *pairs, const char *typed, struct product *product)
{
    struct product listed;

    for (size_t at = 0; product_next(pairs, &at, &listed);)
        if (is_same(listed.name, typed)) {
            *product = listed;
            return true;
        }
    return false;
}

const char *product_pair_wrong(const char *name, const char *value)
{
    if (!is_product(name))
        return NULL;
    size_t length = utf8_is_valid(name, strlen(name)) ? utf8_code_points(name + PREFIX_LENGTH) : 0;
    if (length < 1 || length > ORDER_PRODUCT_CODE_POINTS)
        return "a product's name has 1 to 100 characters";
    return read_price(value) < 0 ? "a product's price is a whole number from 0 to 10000000" : NULL;
}
