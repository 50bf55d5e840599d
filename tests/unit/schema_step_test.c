/* Proves who may work on a file of which number, and that a refusal says what to do. */
#include "common/schema_step.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void the_lowest_number_decides(void **state)
{
    static const struct {
        struct schema_number kept;
        int newest;
        enum schema_verdict verdict;
    } cases[] = {
        { { 0, 0 }, 1, SCHEMA_BEHIND },  { { 1, 1 }, 1, SCHEMA_CURRENT },
        { { 1, 1 }, 2, SCHEMA_BEHIND },  { { 3, 2 }, 2, SCHEMA_CURRENT },
        { { 9, 1 }, 2, SCHEMA_CURRENT }, { { 3, 3 }, 2, SCHEMA_REFUSED },
        { { 9, 3 }, 2, SCHEMA_REFUSED }, { { 9, 3 }, 3, SCHEMA_CURRENT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(schema_judge(&cases[i].kept, cases[i].newest), cases[i].verdict);
}

static void a_refusal_says_what_to_do(void **state)
{
    const struct schema_number kept = { 1000000, 999999 };
    char reason[SCHEMA_REASON_SIZE];

    (void)state;
    schema_refusal(&kept, 999998, "outbox", reason);
    assert_non_null(strstr(reason, "the outbox is of a newer release"));
    assert_non_null(strstr(reason, "needs a program that knows 999999, this one knows 999998"));
    assert_non_null(strstr(reason, "install the newer release again"));
    schema_stranger("store", reason);
    assert_non_null(strstr(reason, "the store is of no release"));
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        { "the lowest number decides", the_lowest_number_decides, NULL, NULL, NULL },
        { "a refusal says what to do", a_refusal_says_what_to_do, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(claims, NULL, NULL);
}
