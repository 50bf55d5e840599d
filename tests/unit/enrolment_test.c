/* Claims about the file that makes a board a cart: it is taken whole or not at all, and what is
 * wrong is told by the line, never by what stands in it. */
#include "agent/enrolment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char whole[] = "# words\ncart=bb.cl-23\nmqtt_host=b:8883\n\n[key]\nK\nk=\n\n"
                            "[certificate]\nC\n[brokers]\nB\n[authority]\nA\n";

static bool read_text(const char *text, struct enrolment *enrolment, char *why)
{
    memset(enrolment, 0, sizeof *enrolment);
    return enrolment_read(text, strlen(text), enrolment, why);
}

static void a_whole_file_is_taken(void **state)
{
    struct enrolment enrolment;
    char why[ENROLMENT_WHY_MAX];

    (void)state;
    assert_true(read_text(whole, &enrolment, why));
    assert_string_equal(enrolment.cart, "BBCL23");
    assert_int_equal(enrolment.settings.count, 2);
    assert_string_equal(enrolment.settings.pairs[0].value, "BBCL23");
    assert_string_equal(enrolment.settings.pairs[1].value, "b:8883");
    assert_string_equal(enrolment.parts[ENROLMENT_KEY].bytes, "K\nk=\n");
    assert_string_equal(enrolment.parts[ENROLMENT_AUTHORITY].bytes, "A\n");
    assert_int_equal(enrolment.parts[ENROLMENT_CLIENTS].length,
                     0); /* the one that may be missing */
    enrolment_free(&enrolment);
}

static void an_editor_for_windows_does_no_harm(void **state)
{
    struct enrolment enrolment;
    char why[ENROLMENT_WHY_MAX];

    (void)state;
    assert_true(read_text("\xef\xbb\xbf"
                          "cart=BBCL23\r\n[key]\r\nK\r\n[certificate]\r\nC\r\n[brokers]\r\nB\r\n"
                          "[authority]\r\nA\r\n",
                          &enrolment, why));
    assert_string_equal(enrolment.parts[ENROLMENT_KEY].bytes, "K\n");
    enrolment_free(&enrolment);
}

static void what_is_wrong_is_told_by_its_line(void **state)
{
    static const char *const cases[][2] = {
        { "cart=BBCL23\nsecret words\n", "line 2: neither" },
        { "cart=!\n", "line 1: this is no plate" },
        { "cart=BBCL23\ncart=BBCL24\n", "line 2: this setting was there" },
        { "cart=BBCL23\n[keys]\n", "line 2: no part" },
        { "cart=BBCL23\n[key]\nK\n[key]\nK\n", "line 4: this part was there" },
        { "[key]\nK\n[certificate]\nC\n[brokers]\nB\n[authority]\nA\n", "cart=" },
        { "", "cart=" },
    };
    struct enrolment enrolment;
    char why[ENROLMENT_WHY_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(read_text(cases[i][0], &enrolment, why));
        assert_non_null(strstr(why, cases[i][1]));
        assert_null(strstr(why, "secret"));
        enrolment_free(&enrolment);
    }
}

/* As a computer that was unplugged while it copied leaves it. */
static void a_file_that_is_cut_is_not_whole(void **state)
{
    struct enrolment enrolment;
    char why[ENROLMENT_WHY_MAX], text[sizeof whole];

    (void)state;
    for (size_t length = 0; length < strlen(whole) - 2; length++) {
        memcpy(text, whole, length);
        text[length] = '\0';
        assert_false(read_text(text, &enrolment, why));
        enrolment_free(&enrolment);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a whole file is taken", a_whole_file_is_taken, NULL, NULL, NULL },
        { "an editor for Windows does no harm", an_editor_for_windows_does_no_harm, NULL, NULL,
          NULL },
        { "what is wrong is told by its line", what_is_wrong_is_told_by_its_line, NULL, NULL,
          NULL },
        { "a file that is cut is not whole", a_file_that_is_cut_is_not_whole, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
