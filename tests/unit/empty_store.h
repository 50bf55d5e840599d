/* A store in memory that is new for each test, in the guild's zone, and a number out of it. After
 * cmocka.h. */
#ifndef CARRITO_TESTS_EMPTY_STORE_H
#define CARRITO_TESTS_EMPTY_STORE_H

#include "collector/base/hash.h"
#include "collector/store/store.h"
#include "common/day.h"

static inline int open_store(void **state)
{
    *state = store_open("sqlite://:memory:", STORE_REPEATABLE);
    return hash_init() && day_set_zone("America/Santiago") && *state != NULL &&
                   store_migrate(*state) == STORE_OK
               ? 0
               : -1;
}

static inline int close_store(void **state)
{
    store_close(*state);
    return 0;
}

/* The first cell of the first row; -1 where there is none. */
static inline int64_t ask(struct store *store, const char *sql)
{
    struct store_rows *rows = store_query(store, sql, "");
    int64_t value = store_next(rows) ? store_int(rows, 0) : -1;

    store_rows_end(rows);
    assert_int_equal(store_status(store), STORE_OK);
    return value;
}

#endif
