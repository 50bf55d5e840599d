/* Claim: how large each table of the store becomes has been thought of. docs/engineer.md, "How
 * large a table becomes", has a row for each table of the schema, and none for what is no table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define PAGE       CORPUS_DIR "/../../docs/engineer.md"
#define HEADING    "## How large a table becomes"
#define TABLES_MAX 128
#define NAME_SIZE  64
#define BOUND_MIN  6 /* letters: less says nothing */
#define EVERY_TABLE                                                                                \
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY "    \
    "name"

struct bounds {
    char names[TABLES_MAX][NAME_SIZE];
    bool met[TABLES_MAX];
    size_t count;
};

/* A row is: | `table` | bound | by what | */
static void read_row(struct bounds *bounds, char *line)
{
    char *rest = line + strlen("| `"), *name = strsep(&rest, "`");

    assert_non_null(rest);
    strsep(&rest, "|");
    char *bound = strsep(&rest, "|");
    assert_true(bounds->count < TABLES_MAX);
    if (bound == NULL || strlen(bound) < BOUND_MIN || rest == NULL)
        fail_msg("%s: what bounds it?", name);
    snprintf(bounds->names[bounds->count++], NAME_SIZE, "%s", name);
}

static void read_page(struct bounds *bounds)
{
    FILE *page = fopen(PAGE, "r");
    char *line = NULL;
    size_t size = 0;
    bool inside = false;

    assert_non_null(page);
    while (getline(&line, &size, page) > 0) {
        if (strncmp(line, "## ", 3) == 0)
            inside = strncmp(line, HEADING, strlen(HEADING)) == 0;
        else if (inside && strncmp(line, "| `", 3) == 0)
            read_row(bounds, line);
    }
    free(line);
    fclose(page);
}

static bool meet(struct bounds *bounds, const char *table)
{
    for (size_t i = 0; i < bounds->count; i++)
        if (strcmp(bounds->names[i], table) == 0)
            return bounds->met[i] = true;
    return false;
}

static void each_table_has_its_bound(void **state)
{
    struct store *store = *state;
    struct bounds bounds = { .count = 0 };
    int wrong = 0;

    read_page(&bounds);
    struct store_rows *rows = store_query(store, EVERY_TABLE, "");
    while (store_next(rows))
        if (!meet(&bounds, store_text(rows, 0))) {
            print_error("%s: how large does it become? (docs/engineer.md)\n", store_text(rows, 0));
            wrong++;
        }
    for (size_t i = 0; i < bounds.count; i++)
        if (!bounds.met[i]) {
            print_error("%s: there is no such table\n", bounds.names[i]);
            wrong++;
        }
    assert_int_equal(store_status(store), STORE_OK);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        { "each table has its bound", each_table_has_its_bound, open_store, close_store, NULL },
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
