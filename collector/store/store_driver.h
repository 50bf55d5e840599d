/* What a database must be able to do to be a store: one const table per driver.
 *
 * The driver speaks to its library and decides nothing; store.c keeps the sticky error. */
#ifndef CARRITO_COLLECTOR_STORE_DRIVER_H
#define CARRITO_COLLECTOR_STORE_DRIVER_H

#include "collector/store/store.h"

#define STORE_PARAMETERS_MAX 32

struct store_value {
    char type; /* i, t, n, b as in store.h; 0: null */
    union {
        int64_t integer;
        double number;
        struct {
            const void *bytes;
            size_t length;
        };
    };
};

struct store_statement {
    const char *sql;
    const struct store_value *values;
    int count;
};

/* One statement for many rows of parameters. Where it has one `VALUES (…)` and no parameter
 * elsewhere, it runs once for all rows (and so does a subquery in it); else once a row. */
struct store_set {
    const char *sql;
    const struct store_value *values; /* row after row; texts and bytes are the caller's */
    int columns;                      /* values of a row: $1, $2, … */
    size_t rows;
};

/* The store's tables and indexes, held word for word against those that a script makes. */
struct store_tables {
    bool numbered; /* there is the table of the number; the others were not looked at */
    int objects;   /* there are */
    int strange;   /* that the script does not make */
    int missing;   /* that it makes and that are not there */
};

struct store_release {
    void (*call)(void *owner); /* or NULL */
    void *owner;
};

struct store_driver {
    const char *scheme; /* STORE_SQLITE_SCHEME */
    /* NULL, a log line and the cause where it cannot be had now. */
    void *(*open)(const char *address, enum store_durability durability, struct store_cause *cause);
    void (*close)(void *connection);
    /* What the library says of the last failure; lives until the next call. */
    const char *(*error)(void *connection);
    /* As store_tables(). */
    enum store_result (*tables)(void *connection, const char *script, struct store_tables *tables);
    /* Several statements without parameters. */
    enum store_result (*script)(void *connection, const char *sql);
    enum store_result (*run)(void *connection, const struct store_statement *statement,
                             int64_t *changed);
    enum store_result (*run_set)(void *connection, const struct store_set *set);
    /* *cursor is closed by cursor_end, at the latest. */
    enum store_result (*query)(void *connection, const struct store_statement *statement,
                               void **cursor);
    /* STORE_OK with *row false at the end. */
    enum store_result (*next)(void *cursor, bool *row);
    void (*cursor_end)(void *cursor);
    bool (*is_null)(void *cursor, int column);
    int64_t (*integer)(void *cursor, int column);
    double (*number)(void *cursor, int column);
    const char *(*text)(void *cursor, int column);
    const void *(*bytes)(void *cursor, int column, size_t *length);
    /* Housekeeping, within a transaction that has written nothing; what it cannot do now, it does
     * next time. `release` ends that transaction, and is called where the rest of the work needs it
     * no longer. *more: there is so much to do that it should be called again, with a release that
     * does nothing. NULL: there is none. */
    enum store_result (*tidy)(void *connection, const struct store_release *release, bool *more);
    /* Around a commit, after tidy: that it begins the log anew, and whether it did (store_scrub).
     */
    void (*scrub_begin)(void *connection);
    bool (*scrub_end)(void *connection);
    /* As store_backup() and store_alone(); NULL: it cannot. */
    bool (*backup)(void *connection, const char *path);
    bool (*alone)(void *connection);
    /* Whether a transaction is open, as the library says. */
    bool (*is_open)(void *connection);
    const char *begin, *begin_read;
};

extern const struct store_driver store_sqlite;

/* For store_schema.c. */
bool store_tables(struct store *store, const char *script, struct store_tables *tables);
/* An error like another, but for the log, which is the caller's: it sticks, and `reason` is what
 * store_failure() says. */
void store_refuse(struct store *store, const char *reason);

/* For rows.c. As store_run() and store_query(). */
bool store_run_values(struct store *store, const struct store_statement *asked);
/* What it changed is not counted. */
bool store_run_set(struct store *store, const struct store_set *set);
struct store_rows *store_query_values(struct store *store, const struct store_statement *asked);

#endif
