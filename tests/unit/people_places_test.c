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
        { "each text is a person's or nobody's", each_text_is_a_persons_or_nobodys, open_store,
          close_store, NULL },
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
