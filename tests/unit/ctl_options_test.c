/* Proves that carritoctl's options are read as written, that a mistake is told with what would be
 * right, and that nothing but the command line can set them. */
#include "ctl/options.h"

#include "common/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON_MS      1788710400000LL /* 2026-09-06T16:00:00Z, 13:00 in Santiago */
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct option_spec specs[] = {
    { .name = "cart", .kind = OPTION_CART, .parameter = "cart" },
    { .name = "from", .kind = OPTION_DAY, .parameter = "from" },
    { .name = "group", .kind = OPTION_CHOICE, .choices = "cart|day|month" },
    { .name = "limit", .letter = 'n', .kind = OPTION_COUNT },
    { .name = "query", .letter = 'q', .kind = OPTION_TEXT },
    { .name = "all", .letter = 'a' },
};

static const struct option_rules rules = {
    .specs = specs,
    .count = COUNT(specs),
    .words_max = 1,
    .words_help = "PLATE",
    .now_ms = NOON_MS,
    .language = LANG_EN,
};

struct result {
    struct options options;
    struct buffer why;
    bool read;
};

static struct result read_words(const struct option_rules *by, char **words)
{
    struct result result = { 0 };
    struct arguments arguments = { 0, words };

    while (words[arguments.count])
        arguments.count++;
    result.read = options_read(by, &arguments, &result.options, &result.why);
    return result;
}

#define READ(...) read_words(&rules, (char *[]){ __VA_ARGS__, NULL })

static void assert_value(struct result result, const char *name, const char *value)
{
    assert_true(result.read);
    assert_string_equal(options_get(&result.options, name), value);
    buffer_free(&result.why);
}

static void assert_refused(struct result result, const char *sentence)
{
    assert_false(result.read);
    assert_string_equal(result.why.bytes, sentence);
    buffer_free(&result.why);
}

static void values_in_each_form(void **state)
{
    (void)state;
    assert_value(READ("--limit", "20"), "limit", "20");
    assert_value(READ("--limit=20"), "limit", "20");
    assert_value(READ("-n", "20"), "limit", "20");
    assert_value(READ("--query="
                      "a=b"),
                 "query", "a=b");
    assert_value(READ("--all"), "all", "");
}

static void plates_and_days_in_the_api_form(void **state)
{
    (void)state;
    assert_value(READ("--cart", "bbcl23"), "cart", "BBCL23");
    assert_value(READ("--from", "2026-02-28"), "from", "2026-02-28");
    assert_value(READ("--from", "hoy"), "from", "2026-09-06");
    assert_value(READ("--from", "yesterday"), "from", "2026-09-05");
}

static void the_last_of_two_counts(void **state)
{
    struct result result = READ("-n", "300", "--limit", "2");

    (void)state;
    assert_int_equal(result.options.count, 1);
    assert_value(result, "limit", "2");
}

static void a_dash_value_belongs_to_its_option(void **state)
{
    (void)state;
    assert_value(READ("-q", "-5"), "query", "-5");
}

static void bad_values_say_what_is_right(void **state)
{
    (void)state;
    assert_refused(READ("--limit", "0"),
                   "--limit cannot be \"0\": a whole number from 1, for example 20");
    assert_refused(READ("--limit", "9x"),
                   "--limit cannot be \"9x\": a whole number from 1, for example 20");
    assert_refused(READ("--limit", "99999999999999999999"),
                   "--limit cannot be \"99999999999999999999\": a whole number from 1, "
                   "for example 20");
    assert_refused(
        READ("--from", "2026-02-30"),
        "--from cannot be \"2026-02-30\": a date YYYY-MM-DD, \"today\" or \"yesterday\"");
    assert_refused(READ("--cart", "x"), "--cart cannot be \"x\": a plate, for example BBCL23");
    assert_refused(READ("--group", "mon"), "--group cannot be \"mon\": cart|day|month");
    assert_refused(READ("--group", ""), "--group cannot be \"\": cart|day|month");
    assert_refused(READ("--all=1"), "--all takes no value");
    assert_refused(READ("-n"), "--limit needs a value: a whole number from 1, for example 20");
}

static void a_long_value_is_refused(void **state)
{
    char value[OPTION_VALUE_MAX + 2];
    struct result result;

    (void)state;
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    result = READ("-q", value);
    assert_false(result.read);
    buffer_free(&result.why);
    value[OPTION_VALUE_MAX] = '\0';
    assert_value(READ("-q", value), "query", value);
}

static void unknown_options_name_the_nearest(void **state)
{
    (void)state;
    assert_refused(READ("--form", "x"), "there is no option \"--form\"; did you mean \"--from\"?");
    assert_refused(READ("--jsn"), "there is no option \"--jsn\"; did you mean \"--json\"?");
    assert_refused(READ("--zzzzzz=1"),
                   "there is no option \"--zzzzzz\"; \"--help\" lists those of the command");
    assert_refused(READ("-z"), "there is no option \"-z\"; \"--help\" lists those of the command");
}

static void words_are_counted(void **state)
{
    struct option_rules one = rules;
    struct result result = READ("BBCL23", "--all");

    (void)state;
    assert_true(result.read);
    assert_string_equal(result.options.words[0], "BBCL23");
    assert_refused(READ("a", "b"), "the word \"b\" is one too many; \"--help\" shows the usage");
    one.words_min = 1;
    assert_refused(read_words(&one, (char *[]){ "--all", NULL }), "a word is missing: PLATE");
}

static void two_dashes_end_the_options(void **state)
{
    struct result result = READ("--", "--all");

    (void)state;
    assert_true(result.read);
    assert_string_equal(result.options.words[0], "--all");
    assert_int_equal(result.options.count, 0);
}

static void json_excludes_csv(void **state)
{
    (void)state;
    assert_refused(READ("--json", "--csv"), "--json and --csv exclude each other: choose one");
}

static void help_wins_over_mistakes_after_it(void **state)
{
    (void)state;
    assert_value(READ("--help", "--nonsense"), "help", "");
}

static void nearest_is_none_where_nothing_is_near(void **state)
{
    static const char *const names[] = { "login", "carts", "cart", "daily", "tail", "to" };

    (void)state;
    assert_string_equal(nearest_name("crats", names, COUNT(names)), "carts");
    assert_string_equal(nearest_name("tial", names, COUNT(names)), "tail");
    assert_null(nearest_name("x", names, COUNT(names)));
    assert_null(nearest_name("", names, COUNT(names)));
    assert_null(nearest_name("consumers", names, COUNT(names)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { .name = "a value is read in each form", .test_func = values_in_each_form },
        { .name = "plates and days reach the API in its form",
          .test_func = plates_and_days_in_the_api_form },
        { .name = "the last of two equal options counts", .test_func = the_last_of_two_counts },
        { .name = "a value may begin with a dash",
          .test_func = a_dash_value_belongs_to_its_option },
        { .name = "a bad value is told with what would be right",
          .test_func = bad_values_say_what_is_right },
        { .name = "a value over the limit is refused, at the limit read",
          .test_func = a_long_value_is_refused },
        { .name = "an unknown option is told with the nearest name",
          .test_func = unknown_options_name_the_nearest },
        { .name = "words are taken in order and counted", .test_func = words_are_counted },
        { .name = "-- ends the options", .test_func = two_dashes_end_the_options },
        { .name = "--json and --csv exclude each other", .test_func = json_excludes_csv },
        { .name = "--help wins over mistakes after it",
          .test_func = help_wins_over_mistakes_after_it },
        { .name = "no name is offered where none is near",
          .test_func = nearest_is_none_where_nothing_is_near },
    };

    if (!day_set_zone("America/Santiago"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
