/* One connection to the store, a database. SQLite is its only driver yet; what is asked of it here
 * is what PostgreSQL can do as well.
 *
 * A connection belongs to one thread. SQL comes from the files in sql/, with $1, $2, … as
 * parameters, numbered in the order in which they first appear; a statement is prepared once per
 * connection and kept under the address of its text.
 *
 * Errors stick: after one, every call until store_rollback() does nothing and reports failure, so
 * that a transaction is written straight down and judged once, at store_commit(). The log line is
 * written here. Calls block: for the disk, and for another writer at most STORE_BUSY_MS. */
#ifndef CARRITO_COLLECTOR_STORE_H
#define CARRITO_COLLECTOR_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_BUSY_MS 10000

/* What a commit is worth after a power cut. What can be read again from Kafka, because its position
 * is part of the same transaction, needs no fsync of its own; what a person was told does. */
enum store_durability {
    STORE_REPEATABLE,
    STORE_DURABLE,
    STORE_LOOK /* only read, and not a byte of the store is changed by the opening either */
};

enum store_result {
    STORE_OK,
    STORE_AGAIN,   /* busy, or the server is away: roll back and try later */
    STORE_NEVER,   /* a bug: do not try the same again */
    STORE_DAMAGED, /* the file is not as the database left it: write no more (wake_is_damaged()) */
    STORE_REFUSED  /* not for this program (store_schema.h) */
};

/* Why the store could not be had, in words for a person. */
struct store_cause {
    char text[256];
};

struct store;
struct store_rows;
struct wake;

/* `url` is sqlite://PATH (sqlite:///var/lib/… is absolute). NULL and a log line where it cannot be
 * opened now; the caller tries later. */
struct store *store_open(const char *url, enum store_durability durability);
/* The same, and the reason as a text. */
struct store *store_open_told(const char *url, enum store_durability durability,
                              struct store_cause *cause);
void store_close(struct store *store);
/* Whom a commit wakes that leaves work for another thread of this process, and where this
 * connection takes its turn to write; NULL: nobody, and it comes to the lock as it comes. */
void store_set_wake(struct store *store, struct wake *wake);
/* The name of the process that uses this connection (wake_process()). */
const char *store_process(const struct store *store);
/* Notes in a transaction what its commit leaves (a set of enum wake_for). */
void store_note(struct store *store, unsigned what);

/* Brings the tables up to the newest step (store_schema.h); makes those of an empty store. Safe to
 * run by several at once. STORE_REFUSED, and nothing is changed, where only a newer program may
 * work on it, or no release has made it; store_failure() says which. Outside of a transaction;
 * blocks for as long as the steps take. */
enum store_result store_migrate(struct store *store);

/* Does for all connections what no commit does by the way (store_keeper.h). Outside of a
 * transaction; waits for its turn to write, and blocks for the disk. Writers wait for it only for
 * the moment in which the work begins, and for the last pages of a log that became long. An error
 * is forgiven: there is a next time. */
void store_tidy(struct store *store);

/* After something was overwritten of which no trace may be left: begins the log of pages anew, so
 * that it has none as they were before. Outside of a transaction; waits for readers of those pages,
 * two seconds at most: false where one kept it so long. */
bool store_scrub(struct store *store);

/* Copies all that is committed now to the empty file at `path`, and checks the copy; others go on
 * reading and writing meanwhile. False, and logged, where it is not good. Outside of a transaction.
 */
bool store_backup(struct store *store, const char *path);
/* True where no other connection, of this process or another, has the store open; none gets in
 * from then on until store_close. Outside of a transaction. */
bool store_alone(struct store *store);

/* A transaction that will write: in SQLite it holds the write lock from here on. What the thread
 * logs meanwhile is written when the lock is free: a log that is stuck stops no writer. Outside of
 * one, each statement stands alone; a reader that wants one picture uses store_begin_read.
 *
 * To begin one within another is a bug of the caller's: it is logged, what was open is rolled back
 * and its turn given back, and this is STORE_NEVER. So are more parameters than
 * STORE_PARAMETERS_MAX, a letter of none, more than eight open queries, the same query twice at
 * once, and what has to be done outside of a transaction and is not. */
bool store_begin(struct store *store);
bool store_begin_read(struct store *store);
enum store_result store_commit(struct store *store);
/* Ends the transaction, if one is open, and forgives the error. */
void store_rollback(struct store *store);
enum store_result store_status(const struct store *store);
/* What the last call that failed said, in the database's words; "" where none has since the last
 * store_begin(). */
const char *store_failure(const struct store *store);

/* Parameters by letter: i int64_t · o int64_t (negative: null) · t const char * (NULL: null) · n
 * double (NAN: null) · b const void *, size_t (NULL: null). Text and bytes are copied or used
 * before the return. */
bool store_run(struct store *store, const char *sql, const char *types, ...);
/* Several statements of one text, without parameters. */
bool store_script(struct store *store, const char *sql);
/* Rows changed by the last store_run. */
int64_t store_changed(const struct store *store);

/* A query. Read with store_next until it is false, or give up with store_rows_end; the same text
 * must not be asked again in between. Never NULL: after an error it has no rows. */
struct store_rows *store_query(struct store *store, const char *sql, const char *types, ...);
/* Whether the query has a row; false after an error, too. */
bool store_has(struct store *store, const char *sql, const char *types, ...);
bool store_next(struct store_rows *rows);
void store_rows_end(struct store_rows *rows);
/* Columns from 0. Text and bytes live until the next store_next. */
bool store_is_null(struct store_rows *rows, int column);
int64_t store_int(struct store_rows *rows, int column);
double store_number(struct store_rows *rows, int column);    /* NAN for null */
const char *store_text(struct store_rows *rows, int column); /* NULL for null */
/* A copy that the caller frees; NULL for null. */
char *store_text_copy(struct store_rows *rows, int column);
const void *store_bytes(struct store_rows *rows, int column, size_t *length);

#endif
