/* Claims about reasons in Spanish: what an English one says reaches who reads it, braces too. */
#include "collector/http/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_spanish(const char *english, const char *field, const char *wanted)
{
    struct buffer out = { 0 };

    reason_in_spanish(&out, english, field);
    assert_string_equal(out.bytes, wanted);
    buffer_free(&out);
}

static void what_is_filled_in_is_kept(void **state)
{
    (void)state;
    assert_spanish("no cart is known by the name BBCL23", NULL,
                   "no se conoce un carro de nombre BBCL23");
    assert_spanish("quantity must be a plate: 3 to 16 of A-Z, 0-9 and -, as BBCL23", "quantity",
                   "debe ser una patente: de 3 a 16 de A-Z, 0-9 y -, como BBCL23");
}

static void braces_of_a_pattern_are_no_place(void **state)
{
    (void)state;
    assert_spanish("the user of the topic must be a plate, [A-Z0-9][A-Z0-9-]{2,15}", NULL,
                   "en el tópico debe ir una patente, [A-Z0-9][A-Z0-9-]{2,15}");
}

static void what_has_no_row_stays_as_it_is(void **state)
{
    (void)state;
    assert_spanish("a word of another release", NULL, "a word of another release");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "what is filled in is kept", what_is_filled_in_is_kept, NULL, NULL, NULL },
        { "braces of a pattern are no place", braces_of_a_pattern_are_no_place, NULL, NULL, NULL },
        { "what has no row stays as it is", what_has_no_row_stays_as_it_is, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
