/* Claims about a buyer's key: the store's processes make the same one for an order, another store
 * and another order have another, and what is not the key is told apart. */
#include "collector/orders/order_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define ID    "0123456789abcdef0123456789abcdef"
#define OTHER "0123456789abcdef0123456789abcdee"

static void make(struct store *store, const char *id, char key[ORDER_KEY_SIZE])
{
    struct order_secret secret;
    assert_true(order_secret_read(store, &secret));
    order_key_make(&secret, id, key);
    assert_int_equal(strspn(key, "0123456789abcdef"), ORDER_KEY_SIZE - 1);
}

static void a_store_keeps_its_first_secret(void **state)
{
    struct order_secret secret;
    char first[ORDER_KEY_SIZE], again[ORDER_KEY_SIZE];
    assert_false(order_secret_read(*state, &secret));
    assert_int_equal(order_secret_take(*state), STORE_OK);
    make(*state, ID, first);
    assert_int_equal(order_secret_take(*state), STORE_OK);
    make(*state, ID, again);
    assert_string_equal(first, again);
}

static void another_order_and_another_store_have_another(void **state)
{
    struct store *other = store_open("sqlite://:memory:", STORE_REPEATABLE);
    char key[ORDER_KEY_SIZE], key_of_other[ORDER_KEY_SIZE];
    assert_int_equal(store_migrate(other), STORE_OK);
    assert_int_equal(order_secret_take(*state), STORE_OK);
    assert_int_equal(order_secret_take(other), STORE_OK);
    make(*state, ID, key);
    make(*state, OTHER, key_of_other);
    assert_string_not_equal(key, key_of_other);
    make(other, ID, key_of_other);
    assert_string_not_equal(key, key_of_other);
    store_close(other);
}

static void only_the_key_is_it(void **state)
{
    struct order_secret secret;
    char key[ORDER_KEY_SIZE], longer[ORDER_KEY_SIZE + 1];
    assert_int_equal(order_secret_take(*state), STORE_OK);
    assert_true(order_secret_read(*state, &secret));
    order_key_make(&secret, ID, key);
    assert_true(order_key_is(&secret, ID, key));
    assert_false(order_key_is(&secret, OTHER, key));
    assert_false(order_key_is(&secret, ID, NULL));
    assert_false(order_key_is(&secret, ID, ""));
    assert_false(order_key_is(&secret, ID, ID));
    snprintf(longer, sizeof longer, "%s0", key);
    assert_false(order_key_is(&secret, ID, longer));
    key[ORDER_KEY_SIZE - 2] = key[ORDER_KEY_SIZE - 2] == '0' ? '1' : '0';
    assert_false(order_key_is(&secret, ID, key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a store keeps its first secret", a_store_keeps_its_first_secret, open_store, close_store,
          NULL },
        { "another order and another store have another",
          another_order_and_another_store_have_another, open_store, close_store, NULL },
        { "only the key is it", only_the_key_is_it, open_store, close_store, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
