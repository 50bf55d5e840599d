/* What the guild sells, and whether it takes orders now, for whoever is about to order. */
#include "collector/api/api_parts.h"
#include "collector/api/shop.h"
#include "collector/orders/products.h"

#include <math.h>

static void write_area(const struct shop *shop, struct json_writer *json)
{
    if (isnan(shop->south)) {
        json_null(json, "area");
        return;
    }
    json_object_begin(json, "area");
    json_number(json, "south", shop->south);
    json_number(json, "west", shop->west);
    json_number(json, "north", shop->north);
    json_number(json, "east", shop->east);
    json_object_end(json);
}

static void write_hours(const struct shop *shop, struct json_writer *json)
{
    if (shop->from[0] == '\0') {
        json_null(json, "hours");
        return;
    }
    json_object_begin(json, "hours");
    json_text(json, "from", shop->from);
    json_text(json, "to", shop->to);
    json_object_end(json);
}

static void products_list(struct api_call *call)
{
    const struct api_options *options = api_options(api_of(call->frame));
    const struct config_pairs *pairs = options->kafka;
    struct json_writer json = call_json(call, 200);
    struct product product;
    struct shop shop;
    shop_look(call->store, options->settings, &shop);

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
    json_bool(&json, "dispatch", shop.dispatch);
    json_bool(&json, "open", shop.open);
    write_hours(&shop, &json);
    write_area(&shop, &json);
    json_object_end(&json);
}

static const struct route routes[] = {
    { "GET", API "/products", WHO_OPEN, 0, NULL, products_list },
};
const struct route_table products_routes = ROUTE_TABLE_OF(routes);
