/* Claims about sets on SQLite: one statement stores all rows; where one fails, nothing was copied
 * to undo the others of the statement, and the transaction takes them with it. */
#include "collector/store/rows.h"
#include "collector/store/store_sqlite_set.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define TABLE  "CREATE TABLE numbers (number BIGINT UNIQUE)"
#define INSERT "INSERT INTO numbers (number) VALUES ($1)"
#define COUNT  "SELECT COUNT(*) FROM numbers"
#define ROWS   6

struct number {
    int64_t place, number;
};

static const struct row_column place[] = {
    ROW_COLUMN(ROW_INT, struct number, place),
    { .type = ROW_END },
};
static const struct row_column number[] = {
    ROW_COLUMN(ROW_INT, struct number, number),
    { .type = ROW_END },
};
static const struct row_table numbers = {
    .size = sizeof(struct number), .key = place, .written = number, .write = INSERT
};

static int count(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_prepare_v2(db, COUNT, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int rows = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return rows;
}

/* Runs the statement once for 1, 2, 3, `repeated`, 5, 6. */
static int run_set(sqlite3 *db, int64_t repeated)
{
    struct store_value values[ROWS];
    struct store_set set = { .sql = INSERT, .values = values, .columns = 1, .rows = ROWS };
    char *text = sqlite_set_text(INSERT);
    sqlite3_stmt *statement = NULL;

    for (int i = 0; i < ROWS; i++)
        values[i] = (struct store_value){ .type = 'i', .integer = i == 3 ? repeated : i + 1 };
    assert_non_null(text);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite_set_bind(statement, &set), SQLITE_OK);
    int rc = sqlite3_step(statement);
    sqlite3_finalize(statement);
    free(text);
    return rc;
}

static sqlite3 *opened(void)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite_set_register(db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, TABLE, NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static void all_rows_are_stored_by_one_statement(void **state)
{
    sqlite3 *db = opened();
    (void)state;

    assert_int_equal(run_set(db, 4), SQLITE_DONE);
    assert_int_equal(count(db), ROWS);
    sqlite3_close(db);
}

/* What stands before the row that failed is what SQLite would have had to keep a copy for. */
static void a_row_that_fails_undoes_no_other_of_its_statement(void **state)
{
    sqlite3 *db = opened();
    (void)state;

    assert_int_equal(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(run_set(db, 1) & 0xff, SQLITE_CONSTRAINT);
    assert_int_equal(count(db), 3);
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(count(db), 0);
    sqlite3_close(db);
}

static void a_transaction_with_a_set_that_failed_is_void(void **state)
{
    char url[sizeof((struct scratch *)NULL)->path + 16];
    struct rows rows = { .table = &numbers };

    snprintf(url, sizeof url, "sqlite://%s", ((struct scratch *)*state)->path);
    struct store *store = store_open(url, STORE_REPEATABLE);
    store_run(store, TABLE, "");
    store_begin(store);
    for (int i = 0; i < ROWS; i++) {
        struct number *row = rows_get(&rows, NULL, &(struct number){ .place = i });
        row->number = i == 3 ? 1 : i + 1;
    }
    rows_write(&rows, store);
    assert_int_not_equal(store_commit(store), STORE_OK);
    struct store_rows *answer = store_query(store, COUNT, "");
    assert_true(store_next(answer));
    assert_int_equal(store_int(answer, 0), 0);
    store_rows_end(answer);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rows_are_stored_by_one_statement),
        cmocka_unit_test(a_row_that_fails_undoes_no_other_of_its_statement),
        cmocka_unit_test_setup_teardown(a_transaction_with_a_set_that_failed_is_void, scratch_setup,
                                        scratch_teardown),
    };

    return cmocka_run_group_tests_name("store_set", tests, NULL, NULL);
}
