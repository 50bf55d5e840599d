/* Claims about where a person may stand: each column with texts is in the table of such places or
 * in the list of those that are about nobody; and as a part of a text it is a word of its own. */
#include "collector/people/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "empty_store.h"

static void a_part_of_a_text_stands_alone(void **state)
{
    static const struct {
        enum person_kind kind;
        const char *spelling, *text, *expected;
    } cases[] = {
        { PERSON_MAIL, "ana@x.cl", "ana@x.cl", "~P" },
        { PERSON_MAIL, "ana@x.cl", "a <ana@x.cl>, ana@x.cl.", "a <~P>, ~P." },
        { PERSON_MAIL, "ana@x.cl", "mariana@x.cl y.ana@x.cl ana@x.cl.uk", NULL },
        { PERSON_CLIENT, "Ana",
          "Ana, Mariana, Anaís y \xe2\x80\x9c"
          "Ana\xe2\x80\x9d",
          "~P, Mariana, Anaís y \xe2\x80\x9c~P\xe2\x80\x9d" },
        { PERSON_CLIENT, "Ana", "áAna", NULL },
        { PERSON_CLIENT, "Ana", "{\"a\":\"Ana\\u00eds\",\"b\":\"\\u00e1Ana\"}", NULL },
        { PERSON_CLIENT, "Ana", "\"hola\\nAna\\u2014\"", "\"hola\\n~P\\u2014\"" },
        { PERSON_CLIENT, "Ana", "\"\\u2014Ana\"", "\"\\u2014~P\"" },
        { PERSON_RUT, "12345678-5", "112345678-5 12345678-5", "112345678-5 ~P" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct person_key key = { .kind = cases[i].kind, .pseudonym = "~P" };
        struct buffer out = { 0 };
        size_t times =
            person_replace(cases[i].text, strlen(cases[i].text), cases[i].spelling, &key, &out);
        assert_string_equal(out.bytes,
                            cases[i].expected != NULL ? cases[i].expected : cases[i].text);
        assert_int_equal(times > 0, cases[i].expected != NULL);
        buffer_free(&out);
    }
}

static void a_name_is_spelt_as_json_may_write_it(void **state)
{
    static const char *const expected[] = {
        "Mu\xc3\xb1oz \"el 😀\"",
        "Mu\xc3\xb1oz \\\"el 😀\\\"",
        "Mu\\u00f1oz \\\"el \\ud83d\\ude00\\\"",
        "Mu\\u00F1oz \\\"el \\uD83D\\uDE00\\\"",
    };
    struct person_key key = { .kind = PERSON_CLIENT, .text = "Mu\xc3\xb1oz \"el 😀\"" };
    struct person_key longest = { .kind = PERSON_CLIENT };
    struct person_spellings spellings;

    person_spell(*state, &key, &spellings);
    assert_int_equal(spellings.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < spellings.count; i++)
        assert_string_equal(spellings.texts[i], expected[i]);
    for (size_t i = 0; i < PERSON_TEXT_MAX / 4; i++)
        memcpy(longest.text + 4 * i, "😀", 4);
    person_spell(*state, &longest, &spellings);
    assert_int_equal(spellings.count, 3);
    assert_int_equal(strlen(spellings.texts[2]), PERSON_SPELLING_MAX);
}

/* ---- the schema ---- */

#define COLUMNS_LIST CORPUS_DIR "/../unit/people_columns.txt"
#define TEXT_COLUMNS                                                                               \
    "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c "            \
    "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' "                                        \
    "AND c.type IN ('TEXT', 'BYTEA') ORDER BY 1"

static bool is_a_persons(const char *column)
{
    const struct person_place *place;
    size_t table = strcspn(column, ".");

    for (size_t i = 0; (place = person_place(i)) != NULL; i++) {
        char held[128], sought[64];
        if (strlen(place->table) != table || strncmp(place->table, column, table) != 0)
            continue;
        snprintf(held, sizeof held, " %s ", place->holds);
        snprintf(sought, sizeof sought, " %s ", column + table + 1);
        if (strstr(held, sought) != NULL)
            return true;
    }
    return false;
}

/* A line is: table.column | why it is about nobody. */
static bool is_nobodys(const char *list, const char *column)
{
    char sought[96];

    snprintf(sought, sizeof sought, "\n%s | ", column);
    return strstr(list, sought) != NULL;
}

static void each_text_is_a_persons_or_nobodys(void **state)
{
    struct store *store = *state;
    char list[16384] = "\n";
    FILE *file = fopen(COLUMNS_LIST, "r");
    int wrong = 0;

    assert_non_null(file);
    list[1 + fread(list + 1, 1, sizeof list - 2, file)] = '\0';
    fclose(file);
    struct store_rows *rows = store_query(store, TEXT_COLUMNS, "");
    while (store_next(rows)) {
        const char *column = store_text(rows, 0);
        bool persons = is_a_persons(column), nobodys = is_nobodys(list, column);
        if (persons == nobodys) {
            print_error("%s: %s\n", column, persons ? "is in both lists" : "whose is it?");
            wrong++;
        }
    }
    store_rows_end(rows);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        { "a part of a text stands alone", a_part_of_a_text_stands_alone, NULL, NULL, NULL },
        { "a name is spelt as JSON may write it", a_name_is_spelt_as_json_may_write_it, open_store,
          close_store, NULL },
        { "each text is a person's or nobody's", each_text_is_a_persons_or_nobodys, open_store,
          close_store, NULL },
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
