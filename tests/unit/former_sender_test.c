/* Proves under which names the certificates of a plate before are looked for. */
#include "agent/former_sender.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void the_plate_stands_before_the_extension(void **state)
{
    static const struct {
        const char *file, *name;
    } table[] = {
        { "/etc/carrito/cart.crt", "/etc/carrito/cart.BBCL23.crt" },
        { "/etc/carrito/cart.key", "/etc/carrito/cart.BBCL23.key" },
        { "cart.crt", "cart.BBCL23.crt" },
        { "/etc/carrito.d/cart", "/etc/carrito.d/cart.BBCL23" },
        { "/etc/carrito/a.b.pem", "/etc/carrito/a.b.BBCL23.pem" },
    };
    char name[FORMER_FILE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_true(former_sender_file(table[i].file, "BBCL23", name));
        assert_string_equal(name, table[i].name);
    }
}

static void a_name_that_is_too_long_is_none(void **state)
{
    char name[FORMER_FILE_SIZE], file[FORMER_FILE_SIZE];

    (void)state;
    memset(file, 'a', sizeof file - 1);
    file[sizeof file - 1] = '\0';
    assert_false(former_sender_file(file, "BBCL23", name));
    file[sizeof file - 1 - strlen(".BBCL23")] = '\0';
    assert_true(former_sender_file(file, "BBCL23", name));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "the plate stands before the extension", the_plate_stands_before_the_extension, NULL,
          NULL, NULL },
        { "a name that is too long is none", a_name_that_is_too_long_is_none, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
