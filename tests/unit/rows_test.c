/* Claims about rows: what a transaction touches is read once and written once, in the order of its
 * key, and as one set; what a set writes is what single statements would. */
#include "collector/store/rows.h"
#include "collector/store/store_driver.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define MANY 3000 /* more than a set has, and than the first slots hold */

#define TABLE                                                                                      \
    "CREATE TABLE things (shelf BIGINT NOT NULL, name TEXT NOT NULL, number BIGINT, size DOUBLE "  \
    "PRECISION, note TEXT, is_good BIGINT NOT NULL, times BIGINT NOT NULL, "                       \
    "PRIMARY KEY (shelf, name))"
#define READ "SELECT number, size, note, is_good FROM things WHERE shelf = $1 AND name = $2"
#define WRITE                                                                                      \
    "INSERT INTO things (shelf, name, number, size, note, is_good, times) "                        \
    "VALUES ($1, $2, $3, $4, $5, $6, 1) "                                                          \
    "ON CONFLICT (shelf, name) DO UPDATE SET number = excluded.number, size = excluded.size, "     \
    "note = excluded.note, is_good = excluded.is_good, times = things.times + 1"
#define UPDATE "UPDATE things SET number = $1, times = times + 1 WHERE shelf = $2 AND name = $3"

struct thing {
    int32_t shelf;
    char name[24];
    int64_t number;
    double size;
    char note[8];
    bool is_good;
};

static const struct row_column key[] = {
    ROW_COLUMN(ROW_INT32, struct thing, shelf),
    ROW_COLUMN(ROW_TEXT, struct thing, name),
    { .type = ROW_END },
};
static const struct row_column columns[] = {
    ROW_COLUMN(ROW_INT32, struct thing, shelf),
    ROW_COLUMN(ROW_TEXT, struct thing, name),
    ROW_COLUMN(ROW_INT_OR_NULL, struct thing, number),
    ROW_COLUMN(ROW_NUMBER, struct thing, size),
    ROW_COLUMN(ROW_TEXT_OR_NULL, struct thing, note),
    ROW_COLUMN(ROW_BOOL, struct thing, is_good),
    { .type = ROW_END },
};
static const struct row_column updated[] = {
    ROW_COLUMN(ROW_INT, struct thing, number),
    ROW_COLUMN(ROW_INT32, struct thing, shelf),
    ROW_COLUMN(ROW_TEXT, struct thing, name),
    { .type = ROW_END },
};

static const struct thing blank = { .number = -1, .size = NAN };

static bool is_wanted(const void *row)
{
    return strcmp(((const struct thing *)row)->note, "no") != 0;
}

static const struct row_table things = {
    .size = sizeof(struct thing),
    .blank = &blank,
    .key = key,
    .read = READ,
    .loaded = columns + 2,
    .write = WRITE,
    .written = columns,
    .is_written = is_wanted,
};
static const struct row_table updates = {
    .size = sizeof(struct thing),
    .key = key,
    .write = UPDATE,
    .written = updated,
};

static struct thing *get(struct rows *rows, struct store *store, int number)
{
    struct thing thing = { .shelf = number % 3 };

    snprintf(thing.name, sizeof thing.name, "thing %d", number);
    return rows_get(rows, store, &thing);
}

static struct store *empty_store(void)
{
    void *store = NULL;

    assert_int_equal(open_store(&store), 0);
    return store;
}

static struct store *store_with_things(void)
{
    struct store *store = empty_store();

    store_script(store, TABLE);
    return store;
}

static void a_row_is_where_it_was_however_many_come(void **state)
{
    struct rows rows = { .table = &things };
    struct store *store = store_with_things();
    struct thing *first = get(&rows, store, 0);
    (void)state;

    assert_true(first->number == -1 && isnan(first->size));
    for (int i = 0; i < MANY; i++)
        get(&rows, store, i)->number = i;
    for (int i = 0; i < MANY; i++)
        assert_int_equal(get(&rows, store, i)->number, i);
    assert_ptr_equal(get(&rows, store, 0), first);
    assert_int_equal(rows.count, MANY);
    rows_forget(&rows);
    assert_null(rows_find(&rows, &(struct thing){ .name = "thing 0" }));
    store_close(store);
}

/* The set's statement and the single one: with 1, 2, … rows, beyond one set. */
static void what_is_written_comes_back(void **state)
{
    static const int counts[] = { 1, 3, 4, 511, 512, 513, MANY };
    (void)state;

    for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
        struct rows rows = { .table = &things };
        struct store *store = store_with_things();
        for (int i = 0; i < counts[n]; i++) {
            struct thing *thing = get(&rows, store, i);
            thing->number = i % 5 - 1;
            thing->size = i % 2 == 0 ? i / 4.0 : NAN;
            snprintf(thing->note, sizeof thing->note, "%s", i % 3 == 0 ? "" : "ñandú");
            thing->is_good = i % 7 == 0;
        }
        rows_write(&rows, store);
        assert_int_equal(rows.count, 0);
        assert_int_equal(store_status(store), STORE_OK);
        assert_int_equal(ask(store, "SELECT COUNT(*) FROM things"), counts[n]);
        for (int i = 0; i < counts[n]; i++) {
            struct thing *thing = get(&rows, store, i);
            assert_int_equal(thing->number, i % 5 - 1);
            assert_true(i % 2 == 0 ? thing->size == i / 4.0 : isnan(thing->size));
            assert_string_equal(thing->note, i % 3 == 0 ? "" : "ñandú");
            assert_int_equal(thing->is_good, i % 7 == 0);
        }
        assert_true(ask(store, "SELECT COUNT(*) FROM things WHERE note IS NULL") ==
                    (counts[n] + 2) / 3);
        assert_int_equal(ask(store, "SELECT COUNT(*) FROM things WHERE number < 0 OR note = ''"),
                         0);
        rows_forget(&rows);
        store_close(store);
    }
}

static void a_row_is_written_once_and_only_where_it_is_wanted(void **state)
{
    struct rows rows = { .table = &things };
    struct store *store = store_with_things();
    (void)state;

    for (int i = 0; i < MANY; i++) {
        struct thing *thing = get(&rows, store, i % 1000);
        thing->number++;
        snprintf(thing->note, sizeof thing->note, "%s", i % 1000 < 10 ? "no" : "yes");
    }
    rows_write(&rows, store);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM things"), 990);
    assert_int_equal(ask(store, "SELECT MAX(times) FROM things"), 1);
    assert_int_equal(ask(store, "SELECT MIN(number) FROM things"), 2);
    store_close(store);
}

static void rows_are_written_in_the_order_of_their_key(void **state)
{
    struct rows rows = { .table = &things };
    struct store *store = store_with_things();
    (void)state;

    for (int i = 0; i < 400; i++)
        get(&rows, store, i * 7 % 400);
    rows_write(&rows, store);
    /* SQLite numbers rows as they come. */
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM things a JOIN things b "
                                "ON b.rowid = a.rowid + 1 "
                                "WHERE (b.shelf, b.name) > (a.shelf, a.name)"),
                     399);
    store_close(store);
}

static void a_statement_without_values_is_run_for_each_row(void **state)
{
    struct rows rows = { .table = &things };
    struct store *store = store_with_things();
    (void)state;

    for (int i = 0; i < 20; i++)
        get(&rows, store, i);
    rows_write(&rows, store);
    rows.table = &updates;
    for (int i = 0; i < 20; i++)
        get(&rows, store, i)->number = 100 + i;
    rows_write(&rows, store);
    assert_int_equal(ask(store, "SELECT SUM(number) FROM things"), 20 * 100 + 190);
    assert_int_equal(ask(store, "SELECT MIN(times) FROM things"), 2);
    store_close(store);
}

static void a_set_that_fails_leaves_its_transaction_void(void **state)
{
    struct rows rows = { .table = &things };
    struct store *store = store_with_things();
    (void)state;

    store_script(store, "CREATE UNIQUE INDEX one_five ON things (number) WHERE number = 5");
    store_begin(store);
    for (int i = 0; i < 20; i++)
        get(&rows, store, i)->number = i < 18 ? i : 5;
    rows_write(&rows, store);
    assert_int_equal(store_status(store), STORE_NEVER);
    assert_int_equal(rows.count, 0);
    assert_int_equal(store_commit(store), STORE_NEVER);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM things"), 0);
    store_close(store);
}

static void a_count_says_when_it_comes_and_goes(void **state)
{
    struct store *store = empty_store();
    struct row_count count = {
        .key = key,
        .insert = "INSERT INTO counts (n, shelf, name) VALUES ($1, $2, $3) "
                  "ON CONFLICT (shelf, name) DO NOTHING",
        .add = "UPDATE counts SET n = n + $1 WHERE shelf = $2 AND name = $3",
        .read = "SELECT n FROM counts WHERE shelf = $1 AND name = $2",
        .delete = "DELETE FROM counts WHERE shelf = $1 AND name = $2",
    };
    const struct thing ana = { .shelf = 1, .name = "Ana" }, eva = { .shelf = 1, .name = "Eva" };
    (void)state;

    store_script(store, "CREATE TABLE counts (shelf BIGINT NOT NULL, name TEXT NOT NULL, n BIGINT "
                        "NOT NULL, PRIMARY KEY (shelf, name))");
    assert_int_equal(rows_count(&count, store, &ana, 2), 1);
    assert_int_equal(rows_count(&count, store, &ana, 1), 0);
    /* Whatever the last one met. */
    assert_int_equal(rows_count(&count, store, &eva, 1), 1);
    assert_int_equal(rows_count(&count, store, &ana, 0), 0);
    assert_int_equal(rows_count(&count, store, &ana, -2), 0);
    assert_int_equal(rows_count(&count, store, &eva, 4), 0);
    assert_int_equal(rows_count(&count, store, &eva, 4), 0);
    assert_int_equal(rows_count(&count, store, &ana, -1), -1);
    assert_int_equal(rows_count(&count, store, &ana, 1), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM counts"), 2);
    assert_int_equal(ask(store, "SELECT n FROM counts WHERE name = 'Eva'"), 9);
    assert_int_equal(ask(store, "SELECT n FROM counts WHERE name = 'Ana'"), 1);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_where_it_was_however_many_come),
        cmocka_unit_test(what_is_written_comes_back),
        cmocka_unit_test(a_row_is_written_once_and_only_where_it_is_wanted),
        cmocka_unit_test(rows_are_written_in_the_order_of_their_key),
        cmocka_unit_test(a_statement_without_values_is_run_for_each_row),
        cmocka_unit_test(a_set_that_fails_leaves_its_transaction_void),
        cmocka_unit_test(a_count_says_when_it_comes_and_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
