/* What the guild sells, for whoever is about to order. */
#include "collector/api/api_parts.h"
#include "collector/orders/products.h"

static void products_list(struct api_call *call)
{
    const struct config_pairs *pairs = api_options(api_of(call->frame))->kafka;
    struct json_writer json = call_json(call, 200);
    struct product product;

    json_object_begin(&json, NULL);
    json_array_begin(&json, "items");
    for (size_t at = 0; product_next(pairs, &at, &product);) {
        json_object_begin(&json, NULL);
        json_text(&json, "product", product.name);
        json_int(&json, "price", product.price);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_text(&json, "next", NULL); /* all of them are one page */
    json_object_end(&json);
}

static const struct route routes[] = {
    { "GET", API "/products", WHO_OPEN, 0, NULL, products_list },
};
const struct route_table products_routes = ROUTE_TABLE_OF(routes);
