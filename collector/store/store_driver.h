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

struct store_driver {
    const char *scheme; /* "sqlite://" */
    /* NULL and a log line where it cannot be had now. */
    void *(*open)(const char *address, enum store_durability durability);
    void (*close)(void *connection);
    /* Several statements without parameters. */
    enum store_result (*script)(void *connection, const char *sql);
    enum store_result (*run)(void *connection, const struct store_statement *statement,
                             int64_t *changed);
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
    /* Housekeeping; what it cannot do now, it does next time. NULL: there is none. */
    void (*tidy)(void *connection);
    /* As store_backup() and store_alone(); NULL: it cannot. */
    bool (*backup)(void *connection, const char *path);
    bool (*alone)(void *connection);
    const char *begin, *begin_read;
};

extern const struct store_driver store_sqlite;

#endif
