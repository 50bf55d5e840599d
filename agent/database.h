/* SQLite as the outbox uses it: opening with the settings that keep data, and short statements.
 *
 * Everything of sqlite3.h is behind this and outbox*.c. A failure is logged here, once. */
#ifndef CARRITO_AGENT_DATABASE_H
#define CARRITO_AGENT_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum database_result {
    DATABASE_OK,
    DATABASE_FULL,    /* SQLITE_FULL: a state, not a fault */
    DATABASE_BROKEN,  /* an I/O error: the handle must not be used again */
    DATABASE_DAMAGED, /* the file is no sound database, or its tables are not ours */
    DATABASE_REFUSED  /* no permission, no folder, locked */
};

/* WAL, synchronous=FULL read back, small cache, quick_check. On failure *db is NULL. */
enum database_result database_open(const char *path, sqlite3 **db);
/* The same without the quick_check, which reads all of the file: for one to which no row is added.
 */
enum database_result database_open_unchecked(const char *path, sqlite3 **db);
/* Reads beside a writer, and where nothing can be written: a card that is mounted read-only, with
 * or without a log that was left beside the file. */
enum database_result database_open_reader(const char *path, sqlite3 **db);
/* Reads all pages: is each where it belongs? */
enum database_result database_check(sqlite3 *db);
enum database_result database_judge(sqlite3 *db, int rc);
enum database_result database_script(sqlite3 *db, const char *sql);

/* Prepares once into *statement (kept by the caller) and binds: i int64_t, o int64_t (negative:
 * null), t const char * (NULL: null), n double (NAN: null). NULL where it cannot. */
sqlite3_stmt *database_bind(sqlite3 *db, sqlite3_stmt **statement, const char *sql,
                            const char *types, ...);
/* Runs a bound statement that has no rows, and resets it. */
enum database_result database_run(sqlite3 *db, sqlite3_stmt *statement);

/* Moves what is in the WAL to the file; readers are not waited for. */
enum database_result database_checkpoint(sqlite3 *db);

#endif
