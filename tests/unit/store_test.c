/* Claims about store on SQLite: transactions are all or nothing, errors stick until the rollback,
 * writers take turns, a reader keeps its picture. */
#include "collector/store/store.h"
#include "collector/store/wake.h"

#include "captured_log.h"
#include "common/log.h"
#include "scratch.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef NDEBUG
#error "asserts stay in what is released"
#endif

#define STATEMENTS      700
#define WRITERS         3
#define TURNS           60
#define INSERT_A        "INSERT INTO things (name) VALUES ('a')"
#define COUNT_OF_THINGS "SELECT COUNT(*) FROM things"

static char url[sizeof((struct scratch *)NULL)->path + 16];

static struct store *opened(void)
{
    struct store *store = store_open(url, STORE_REPEATABLE);

    assert_non_null(store);
    return store;
}

static int64_t first_int(struct store *store, const char *sql)
{
    struct store_rows *rows = store_query(store, sql, "");
    int64_t value = store_next(rows) ? store_int(rows, 0) : -1;

    store_rows_end(rows);
    return value;
}

static int make_folder(void **state)
{
    scratch_setup(state);
    snprintf(url, sizeof url, "sqlite://%s", ((struct scratch *)*state)->path);
    struct store *store = opened();
    store_run(store,
              "CREATE TABLE things (name TEXT, number BIGINT, size DOUBLE PRECISION, raw BYTEA, "
              "id BIGINT UNIQUE)",
              "");
    store_close(store);
    return 0;
}

/* While it holds the lock it must not wait for who reads the log. */
static void what_is_logged_with_the_lock_is_written_without_it(void **state)
{
    struct store *store = opened();
    int saved;

    (void)state;
    FILE *file = capture(&saved);
    for (int i = 0; i < 2; i++) {
        assert_true(store_begin(store));
        store_run(store, INSERT_A, "");
        log_info("store", "said within", NULL);
        int within = count_so_far(file, "said within");
        if (i == 0)
            store_commit(store);
        else
            store_rollback(store);
        int after = count_so_far(file, "said within");
        if (within != i || after != i + 1) {
            free(captured(file, saved));
            fail_msg("%d and %d lines", within, after);
        }
    }
    log_info("store", "said after", NULL);
    char *text = captured(file, saved);
    assert_int_equal(count(text, "said after"), 1);
    free(text);
    store_close(store);
}

static int clear(void **state)
{
    struct store *store = opened();
    (void)state;
    store_run(store, "DELETE FROM things", "");
    store_close(store);
    return 0;
}

static void values_come_back_as_they_went_in(void **state)
{
    static const char raw[] = { 'a', '\0', (char)0xff };
    struct store *store = opened();
    size_t length = 0;
    (void)state;
    assert_true(store_run(store,
                          "INSERT INTO things (name, number, size, raw) VALUES ($1, $2, $3, $4)",
                          "tinb", "sopaipilla ñ", INT64_MIN, -33.4372, raw, sizeof raw));
    assert_true(store_run(store,
                          "INSERT INTO things (name, number, size, raw) VALUES ($1, $2, $3, $4)",
                          "tonb", NULL, (int64_t)-1, (double)NAN, NULL, (size_t)0));
    struct store_rows *rows =
        store_query(store, "SELECT name, number, size, raw FROM things ORDER BY name DESC", "");
    assert_true(store_next(rows));
    assert_string_equal(store_text(rows, 0), "sopaipilla ñ");
    assert_true(store_int(rows, 1) == INT64_MIN);
    assert_true(store_number(rows, 2) == -33.4372);
    const void *bytes = store_bytes(rows, 3, &length);
    assert_int_equal(length, sizeof raw);
    assert_memory_equal(bytes, raw, sizeof raw);
    assert_true(store_next(rows));
    for (int column = 0; column < 4; column++)
        assert_true(store_is_null(rows, column));
    assert_true(isnan(store_number(rows, 2)));
    assert_false(store_next(rows));
    store_close(store);
}

static void what_is_rolled_back_never_was(void **state)
{
    struct store *store = opened();
    (void)state;
    store_begin(store);
    store_run(store, INSERT_A, "");
    store_rollback(store);
    assert_int_equal(first_int(store, COUNT_OF_THINGS), 0);
    store_begin(store);
    store_run(store, INSERT_A, "");
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(first_int(store, COUNT_OF_THINGS), 1);
    store_close(store);
}

static void an_error_sticks_until_the_rollback(void **state)
{
    struct store *store = opened();
    (void)state;
    store_begin(store);
    assert_true(store_run(store, "INSERT INTO things (id) VALUES ($1)", "i", (int64_t)1));
    assert_false(store_run(store, "INSERT INTO things (id) VALUES ($1)", "i", (int64_t)1));
    assert_false(store_run(store, INSERT_A, ""));
    assert_int_equal(first_int(store, COUNT_OF_THINGS), -1);
    assert_int_equal(store_status(store), STORE_NEVER);
    assert_int_equal(store_commit(store), STORE_NEVER);
    assert_int_equal(store_status(store), STORE_OK);
    assert_int_equal(first_int(store, COUNT_OF_THINGS), 0);
    store_close(store);
}

static void a_parameter_can_be_used_twice(void **state)
{
    struct store *store = opened();
    (void)state;
    struct store_rows *rows =
        store_query(store, "SELECT $1, $2, $1 || $2", "tt", "first", "second");
    assert_true(store_next(rows));
    assert_string_equal(store_text(rows, 2), "firstsecond");
    assert_string_equal(store_text(rows, 1), "second");
    store_close(store);
}

static void a_reader_keeps_its_picture(void **state)
{
    struct store *reader = opened(), *writer = opened();
    (void)state;
    store_begin_read(reader);
    assert_int_equal(first_int(reader, COUNT_OF_THINGS), 0);
    assert_true(store_run(writer, INSERT_A, ""));
    assert_int_equal(first_int(reader, COUNT_OF_THINGS), 0);
    assert_int_equal(store_commit(reader), STORE_OK);
    assert_int_equal(first_int(reader, COUNT_OF_THINGS), 1);
    store_close(writer);
    store_close(reader);
}

static void *write_in_turns(void *failures)
{
    struct store *store = opened();

    for (int i = 0; i < TURNS; i++) {
        store_begin(store);
        int64_t count = first_int(store, COUNT_OF_THINGS);
        store_run(store, "INSERT INTO things (id) VALUES ($1)", "i", count);
        *(int *)failures += store_commit(store) != STORE_OK;
    }
    store_close(store);
    return NULL;
}

/* Each reads, then writes what follows from it: without turns, two would take the same number. */
static void writers_take_turns(void **state)
{
    pthread_t threads[WRITERS];
    int failures[WRITERS] = { 0 };
    struct store *store = opened();
    (void)state;
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_in_turns, &failures[i]), 0);
    for (size_t i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(failures[i], 0);
    }
    assert_int_equal(first_int(store, COUNT_OF_THINGS), WRITERS * TURNS);
    store_close(store);
}

static void tables_are_made_once_by_many(void **state)
{
    char own[sizeof url + 16];
    (void)state;
    snprintf(own, sizeof own, "%s.tables", url);
    struct store *store = store_open(own, STORE_REPEATABLE);
    struct store *other = store_open(own, STORE_REPEATABLE);
    assert_int_equal(store_migrate(store), STORE_OK);
    assert_int_equal(store_migrate(other), STORE_OK);
    assert_int_equal(first_int(store, "SELECT COUNT(*) FROM positions"), 0);
    /* The large tables are one tree each. */
    assert_int_equal(first_int(store, "SELECT COUNT(*) FROM pragma_table_list WHERE wr = 1 "
                                      "AND name IN ('receipts', 'source_days', 'day_clients', "
                                      "'daily', 'track')"),
                     5);
    store_close(other);
    store_close(store);
}

static void a_result_committed_is_durable_where_it_must_be(void **state)
{
    struct store *repeatable = opened(), *durable = store_open(url, STORE_DURABLE);
    (void)state;
    assert_int_equal(first_int(repeatable, "PRAGMA synchronous"), 1);
    assert_int_equal(first_int(durable, "PRAGMA synchronous"), 2);
    store_close(durable);
    store_close(repeatable);
}

static void a_place_that_cannot_be_had_is_no_store(void **state)
{
    (void)state;
    assert_null(store_open("sqlite:///nowhere/at/all/store.db", STORE_DURABLE));
    assert_null(store_open("postgresql://db/carrito", STORE_DURABLE));
    store_close(NULL);
}

/* Both with the turns of one process. A path that forgot its transaction holds the lock. */
static void open_two(struct wake *wake, struct store *stores[2])
{
    for (int i = 0; i < 2; i++) {
        stores[i] = opened();
        store_set_wake(stores[i], wake);
    }
    store_begin(stores[0]);
    store_run(stores[0], INSERT_A, "");
}

static void assert_other_writes(struct store *other)
{
    assert_true(store_begin(other));
    store_run(other, INSERT_A, "");
    assert_int_equal(store_commit(other), STORE_OK);
    assert_int_equal(first_int(other, COUNT_OF_THINGS), 1);
}

static void a_forgotten_transaction_is_an_error_and_no_hang(void **state)
{
    struct wake *wake = wake_open();
    struct store *stores[2];
    (void)state;
    open_two(wake, stores);
    assert_false(store_begin(stores[0]));
    assert_int_equal(store_status(stores[0]), STORE_NEVER);
    assert_non_null(strstr(store_failure(stores[0]), "within another"));
    assert_other_writes(stores[1]);
    assert_int_equal(store_commit(stores[0]), STORE_NEVER);
    assert_true(store_begin(stores[0]));
    store_close(stores[0]);
    store_close(stores[1]);
    wake_close(wake);
}

/* As where a lease is lost between two looks: what comes next is a picture, and its end. */
static void a_picture_within_a_transaction_gives_the_lock_back(void **state)
{
    struct wake *wake = wake_open();
    struct store *stores[2];
    (void)state;
    open_two(wake, stores);
    assert_false(store_begin_read(stores[0]));
    store_rollback(stores[0]);
    assert_other_writes(stores[1]);
    store_close(stores[0]);
    store_close(stores[1]);
    wake_close(wake);
}

static void a_connection_has_room_for_all_statements(void **state)
{
    static char texts[STATEMENTS][16];
    struct store *store = opened();
    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < STATEMENTS; i++) {
            snprintf(texts[i], sizeof texts[i], "SELECT %d", i);
            assert_int_equal(first_int(store, texts[i]), i);
        }
    store_close(store);
}

static void what_cannot_be_asked_is_an_error(void **state)
{
    static const char query[] = "SELECT 1 UNION ALL SELECT 2";
    struct store *store = opened();
    (void)state;
    struct store_rows *rows = store_query(store, query, "");
    assert_true(store_next(rows));
    assert_false(store_next(store_query(store, query, "")));
    assert_int_equal(store_status(store), STORE_NEVER);
    store_rollback(store);
    assert_false(store_run(store, "SELECT $1", "q", 1));
    assert_int_equal(store_status(store), STORE_NEVER);
    store_rollback(store);
    assert_false(store_run(store, "SELECT $1", "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii", (int64_t)1,
                           (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1,
                           (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1,
                           (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1,
                           (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1,
                           (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1, (int64_t)1,
                           (int64_t)1, (int64_t)1));
    assert_int_equal(store_status(store), STORE_NEVER);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "values come back as they went in", values_come_back_as_they_went_in, clear, NULL, NULL },
        { "what is rolled back never was", what_is_rolled_back_never_was, clear, NULL, NULL },
        { "an error sticks until the rollback", an_error_sticks_until_the_rollback, clear, NULL,
          NULL },
        { "a parameter can be used twice", a_parameter_can_be_used_twice, clear, NULL, NULL },
        { "a reader keeps its picture", a_reader_keeps_its_picture, clear, NULL, NULL },
        { "writers take turns", writers_take_turns, clear, NULL, NULL },
        { "what is logged with the lock is written without it",
          what_is_logged_with_the_lock_is_written_without_it, clear, NULL, NULL },
        { "tables are made once, whoever comes first", tables_are_made_once_by_many, clear, NULL,
          NULL },
        { "commits are worth what was asked for", a_result_committed_is_durable_where_it_must_be,
          clear, NULL, NULL },
        { "a forgotten transaction is an error and no hang",
          a_forgotten_transaction_is_an_error_and_no_hang, clear, NULL, NULL },
        { "a picture within a transaction gives the lock back",
          a_picture_within_a_transaction_gives_the_lock_back, clear, NULL, NULL },
        { "a connection has room for all statements", a_connection_has_room_for_all_statements,
          clear, NULL, NULL },
        { "what cannot be asked is an error", what_cannot_be_asked_is_an_error, clear, NULL, NULL },
        { "a place that cannot be had is no store", a_place_that_cannot_be_had_is_no_store, clear,
          NULL, NULL },
    };
    return cmocka_run_group_tests(tests, make_folder, scratch_teardown);
}
