/* Sets for SQLite: a statement with `VALUES (…)`, which reads many rows of parameters at once from
 * a table-valued function of our own, where PostgreSQL would read arrays by unnest().
 *
 * Measured on SQLite 3.40, 4,000 rows a set, an upsert of nine values: 0.97 us a row; a prepared
 * statement for each row 1.40, one of 50 rows of VALUES 0.98, json_each() 3.1. */
#ifndef CARRITO_COLLECTOR_STORE_SQLITE_SET_H
#define CARRITO_COLLECTOR_STORE_SQLITE_SET_H

#include "collector/store/store_driver.h"

#include <sqlite3.h>

/* Makes the function known to the connection; an error of SQLite's, or SQLITE_OK. */
int sqlite_set_register(sqlite3 *db);
/* The statement that reads its rows from a set, to be freed; NULL where this one cannot: it has no
 * VALUES, or parameters elsewhere.
 *
 * An INSERT of many rows that may fail makes SQLite copy every page that it changes, so as to undo
 * that statement and no other. A transaction with a statement that failed is void (store.h), so it
 * says OR FAIL: nothing is copied, and what stands before the row that failed goes with the rest.
 */
char *sqlite_set_text(const char *sql);
/* The set must live until the statement has run. */
int sqlite_set_bind(sqlite3_stmt *statement, const struct store_set *set);

#endif
