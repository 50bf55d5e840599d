/* Claims about taking orders in: the guild's prices, and the orders just accepted. */
#include "collector/orders/order_recent.h"
#include "collector/orders/products.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void prices_are_the_guilds(void **state)
{
    struct config_pair list[] = { { "kafka.linger.ms", "5" },
                                  { "products.Sopaipilla", "500" },
                                  { "products.Té con leche", "0" } };
    struct config_pairs pairs = { list, 3 }, none = { list, 1 };
    struct product product = { 0 };

    (void)state;
    assert_false(products_are_listed(NULL));
    assert_false(products_are_listed(&none));
    assert_true(products_are_listed(&pairs));
    assert_true(product_find(&pairs, "Sopaipilla", &product));
    assert_int_equal(product.price, 500);
    assert_false(product_find(&pairs, "linger.ms", &product));
    assert_false(product_find(&pairs, "Sopaipillas", &product));
    assert_false(product_find(NULL, "Sopaipilla", &product));
    assert_string_equal(product.name, "Sopaipilla"); /* untouched */
}

/* By hand, in capitals, and as some phones write an accent: a sign of its own. */
static void a_product_is_known_in_any_case(void **state)
{
    static const char *const typed[] = { "té con leche", "TÉ CON LECHE", "Te\xcc\x81 con Leche" };
    struct config_pair list[] = { { "products.Té con leche", "900" } };
    struct config_pairs pairs = { list, 1 };

    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        struct product product = { 0 };
        assert_true(product_find(&pairs, typed[i], &product));
        assert_string_equal(product.name, "Té con leche");
        assert_int_equal(product.price, 900);
    }
}

static void a_price_that_is_none_is_said(void **state)
{
    (void)state;
    assert_null(product_pair_wrong("kafka.linger.ms", "x"));
    assert_null(product_pair_wrong("products.Sopaipilla", "10000000"));
    assert_non_null(product_pair_wrong("products.Sopaipilla", "10000001"));
    assert_non_null(product_pair_wrong("products.Sopaipilla", "-1"));
    assert_non_null(product_pair_wrong("products.Sopaipilla", "500 pesos"));
    assert_non_null(product_pair_wrong("products.Sopaipilla", ""));
    assert_non_null(product_pair_wrong("products.", "500"));
}

static void name(struct order *order, int number)
{
    *order =
        (struct order){ .price = number, .quantity = 1, .email = "a@b.cl", .lat = 1, .lon = 2 };
    snprintf(order->id, sizeof order->id, "%08x%024x", (unsigned)number * 2654435761u,
             (unsigned)number);
    snprintf(order->product, sizeof order->product, "p%d", number);
}

static void the_last_orders_are_found(void **state)
{
    struct order_recent *recent = order_recent_open();
    struct order order, found;
    const int over = 100;

    (void)state;
    for (int i = 0; i < ORDER_RECENT_MAX + over; i++) {
        name(&order, i);
        order_recent_add(recent, &order);
        assert_true(order_recent_find(recent, order.id, &found));
    }
    for (int i = 0; i < ORDER_RECENT_MAX + over; i++) {
        name(&order, i);
        assert_int_equal(order_recent_find(recent, order.id, &found), i >= over);
        if (i >= over)
            assert_int_equal(found.price, i);
    }
    order_recent_close(recent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "the price of a listed product is the guild's", prices_are_the_guilds, NULL, NULL, NULL },
        { "a product is known in any case", a_product_is_known_in_any_case, NULL, NULL, NULL },
        { "a price that is none is said", a_price_that_is_none_is_said, NULL, NULL, NULL },
        { "the last orders are found, older ones forgotten", the_last_orders_are_found, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
