/* Claims about ini: a line means what it says, whole, or it is wrong. */
#include "common/ini.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct ini_line read_line(const char *text, const char *section)
{
    return ini_read((struct ini_span){ text, strlen(text) }, section);
}

static void assert_span(struct ini_span span, const char *text)
{
    assert_int_equal(span.length, strlen(text));
    assert_memory_equal(span.at, text, span.length);
}

static void reads_pairs_whole(void **state)
{
    static const struct {
        const char *line, *section, *key, *value;
    } cases[] = {
        { "a=b", "", "a", "b" },
        { "  a \t=  b c \r", "", "a", "b c" },
        { "a: b=c", "", "a", "b=c" },
        { "a = b:c", "", "a", "b:c" },
        { "a = b ;c # d", "", "a", "b ;c # d" },
        { "a=", "", "a", "" },
        { "a = b = c", "", "a", "b = c" },
        { "Café: chico = 900", "products", "Café: chico", "900" },
        { "Café: 900", "products", "Café", "900" },
        { "Té; frío = 900", "products", "Té; frío", "900" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ini_line line = read_line(cases[i].line, cases[i].section);
        assert_int_equal(line.kind, INI_PAIR);
        assert_span(line.key, cases[i].key);
        assert_span(line.value, cases[i].value);
    }
}

static void reads_a_long_line(void **state)
{
    enum { LONG = 100000 };
    char *text = malloc(LONG);

    (void)state;
    memset(text, 'x', LONG);
    text[1] = '=';
    struct ini_line line = ini_read((struct ini_span){ text, LONG }, "");
    assert_int_equal(line.kind, INI_PAIR);
    assert_int_equal(line.value.length, LONG - 2);
    text[0] = '#';
    assert_int_equal(ini_read((struct ini_span){ text, LONG }, "").kind, INI_NOTHING);
    free(text);
}

static void knows_the_other_kinds(void **state)
{
    static const struct {
        const char *line;
        enum ini_kind kind;
    } cases[] = {
        { "", INI_NOTHING },        { " \t\r", INI_NOTHING }, { "# a=b", INI_NOTHING },
        { "  ; a=b", INI_NOTHING }, { "[a]", INI_SECTION },   { " [ a ] # b", INI_SECTION },
        { "[a];b", INI_SECTION },   { "[]", INI_SECTION },    { "[a", INI_WRONG },
        { "[a] b", INI_WRONG },     { "what", INI_WRONG },    { "=b", INI_WRONG },
        { "  =", INI_WRONG },       { "a=b\x1a", INI_WRONG }, { "a=b\rc=d", INI_WRONG },
        { "a=\x7f", INI_WRONG },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(read_line(cases[i].line, "").kind, cases[i].kind);
    assert_span(read_line(" [ a ] # b", "").key, "a");
    assert_int_equal(ini_read((struct ini_span){ "a=b\0c", 5 }, "").kind, INI_WRONG);
    assert_int_equal(ini_mark("\xef\xbb\xbf"
                              "a=b",
                              6),
                     3);
    assert_int_equal(ini_mark("\xef\xbb", 2), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a pair is read whole, and '=' or ':' ends its key", reads_pairs_whole, NULL, NULL,
          NULL },
        { "no line is too long", reads_a_long_line, NULL, NULL, NULL },
        { "sections, comments, and what is none of them", knows_the_other_kinds, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
