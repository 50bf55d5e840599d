/* The store: chooses the driver, keeps the error that sticks, and unpacks parameters. */
#include "collector/store/store.h"
#include "collector/base/store_guard.h"
#include "collector/store/store_driver.h"
#include "collector/store/wake.h"

#include "scrub_sql.h"

#include "common/log.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS_MAX     8 /* queries open at once on one connection */
#define SCRUB_TRIES  100
#define SCRUB_NAP_MS 20 /* as long as an answer reads */

struct store_rows {
    struct store *store;
    void *cursor; /* NULL: free, or at its end */
    bool used;
};

struct store {
    const struct store_driver *driver;
    void *connection;
    enum store_result status;
    struct store_cause failure; /* the last one's */
    bool has_turn;              /* to write, among the threads of this process */
    struct wake *wake;
    unsigned notes; /* what the open transaction leaves for other threads */
    int64_t changed;
    struct store_rows rows[ROWS_MAX];
    struct store_rows none; /* the answer after an error */
};

static const struct store_driver *const drivers[] = { &store_sqlite };

struct store *store_open(const char *url, enum store_durability durability)
{
    struct store_cause cause;

    return store_open_told(url, durability, &cause);
}

struct store *store_open_told(const char *url, enum store_durability durability,
                              struct store_cause *cause)
{
    const struct store_driver *driver = NULL;

    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
        if (strncmp(url, drivers[i]->scheme, strlen(drivers[i]->scheme)) == 0)
            driver = drivers[i];
    if (driver == NULL) {
        log_error("store", "no driver for this store", "url=%s", url);
        snprintf(cause->text, sizeof cause->text, "no driver for this store");
        return NULL;
    }
    void *connection = driver->open(url + strlen(driver->scheme), durability, cause);
    if (connection == NULL)
        return NULL;
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL)
        abort();
    store->driver = driver;
    store->connection = connection;
    return store;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    store_rollback(store);
    store->driver->close(store->connection);
    free(store);
}

const char *store_process(const struct store *store)
{
    return wake_process(store->wake);
}

void store_set_wake(struct store *store, struct wake *wake)
{
    store->wake = wake;
}

void store_note(struct store *store, unsigned what)
{
    store->notes |= what;
}

static bool keep(struct store *store, enum store_result result)
{
    if (result == STORE_OK)
        return true;
    store->status = result;
    snprintf(store->failure.text, sizeof store->failure.text, "%s",
             store->driver->error(store->connection));
    if (result == STORE_DAMAGED)
        wake_tell_damage(store->wake, store->failure.text);
    return false;
}

bool store_script(struct store *store, const char *sql)
{
    return store->status == STORE_OK && keep(store, store->driver->script(store->connection, sql));
}

bool store_tables(struct store *store, const char *script, struct store_tables *tables)
{
    *tables = (struct store_tables){ .numbered = false };
    return store->status == STORE_OK &&
           keep(store, store->driver->tables(store->connection, script, tables));
}

void store_refuse(struct store *store, const char *reason)
{
    store->status = STORE_REFUSED;
    snprintf(store->failure.text, sizeof store->failure.text, "%s", reason);
}

static void end_turn(struct store *store)
{
    if (!store->has_turn)
        return;
    store->has_turn = false;
    store_guard_end();
    wake_write_end(store->wake);
    log_release();
}

static bool is_open(const struct store *store)
{
    return store->driver->is_open(store->connection);
}

/* A bug of the caller's: not tried again, and never waited for. */
static bool misused(struct store *store, const char *what)
{
    log_error("store", what, NULL);
    store->status = STORE_NEVER;
    snprintf(store->failure.text, sizeof store->failure.text, "%s", what);
    return true;
}

/* True, and an error, where a transaction is open. The library is asked, for a path that forgot its
 * transaction has forgotten the flag as well. Who waited for a turn to write while its own
 * connection holds the lock would wait for ever, and all others behind it: so it is given back. */
static bool is_within(struct store *store, const char *what)
{
    if (!is_open(store))
        return false;
    store_rollback(store);
    return misused(store, what);
}

bool store_backup(struct store *store, const char *path)
{
    return !is_within(store, "a backup within a transaction") && store->driver->backup != NULL &&
           store->driver->backup(store->connection, path);
}

bool store_alone(struct store *store)
{
    return !is_within(store, "a question for the others within a transaction") &&
           store->driver->alone != NULL && store->driver->alone(store->connection);
}

bool store_begin(struct store *store)
{
    if (is_within(store, "a transaction is begun within another") || store->status != STORE_OK)
        return false;
    store->failure.text[0] = '\0';
    wake_write_begin(store->wake);
    store_guard_begin();
    store->has_turn = true;
    log_hold();
    if (!store_script(store, store->driver->begin))
        end_turn(store);
    return store->has_turn;
}

bool store_begin_read(struct store *store)
{
    return !is_within(store, "a picture is taken within a transaction") &&
           store_script(store, store->driver->begin_read);
}

enum store_result store_commit(struct store *store)
{
    if (is_open(store) && store_script(store, "COMMIT")) {
        end_turn(store);
        wake_call(store->wake, store->notes);
    }
    enum store_result result = store->status;
    store_rollback(store);
    return result;
}

void store_rollback(struct store *store)
{
    for (size_t i = 0; i < ROWS_MAX; i++)
        store_rows_end(&store->rows[i]);
    if (is_open(store))
        store->driver->script(store->connection, "ROLLBACK");
    end_turn(store);
    store->notes = 0;
    store->status = STORE_OK;
}

static void give_back(void *store)
{
    store_rollback(store);
}

/* True where a longer turn is worth it. */
static bool tidy_once(struct store *store, const struct store_release *release)
{
    bool more = false;

    if (store_begin(store) &&
        store->driver->tidy(store->connection, release, &more) == STORE_DAMAGED)
        wake_tell_damage(store->wake, "what its log holds does not fit the file");
    store_rollback(store);
    return more;
}

void store_tidy(struct store *store)
{
    const struct store_release soon = { give_back, store }, at_the_end = { NULL, NULL };

    if (store->driver->tidy != NULL && tidy_once(store, &soon))
        tidy_once(store, &at_the_end);
}

/* A reader of older pages keeps the log for as long as it reads. */
bool store_scrub(struct store *store)
{
    const struct timespec nap = { .tv_nsec = SCRUB_NAP_MS * 1000000L };
    bool done = store->driver->scrub_end == NULL;

    for (int i = 0; !done && i < SCRUB_TRIES; i++) {
        if (i > 0)
            nanosleep(&nap, NULL);
        store_tidy(store);
        store->driver->scrub_begin(store->connection);
        if (store_begin(store) && store_run(store, SQL_STORE_TOUCH, ""))
            store_run(store, SQL_STORE_UNTOUCH, "");
        store_commit(store);
        done = store->driver->scrub_end(store->connection);
    }
    return done;
}

enum store_result store_status(const struct store *store)
{
    return store->status;
}

const char *store_failure(const struct store *store)
{
    return store->failure.text;
}

/* How many there are; -1 where that cannot be. */
static int unpack(struct store_value *values, const char *types, va_list *arguments)
{
    int count = 0;

    for (; types[count] != '\0'; count++) {
        struct store_value *value = &values[count];
        if (count == STORE_PARAMETERS_MAX || strchr("iontb", types[count]) == NULL)
            return -1;
        value->type = types[count];
        switch (value->type) {
        case 'i':
            value->integer = va_arg(*arguments, int64_t);
            break;
        case 'o':
            value->integer = va_arg(*arguments, int64_t);
            value->type = value->integer < 0 ? '\0' : 'i';
            break;
        case 'n':
            value->number = va_arg(*arguments, double);
            value->type = isnan(value->number) ? '\0' : 'n';
            break;
        case 't':
            value->bytes = va_arg(*arguments, const char *);
            value->length = value->bytes != NULL ? strlen(value->bytes) : 0;
            break;
        default:
            value->bytes = va_arg(*arguments, const void *);
            value->length = va_arg(*arguments, size_t);
        }
        if ((value->type == 't' || value->type == 'b') && value->bytes == NULL)
            value->type = '\0';
    }
    return count;
}

bool store_run_values(struct store *store, const struct store_statement *asked)
{
    return store->status == STORE_OK &&
           keep(store, store->driver->run(store->connection, asked, &store->changed));
}

bool store_run(struct store *store, const char *sql, const char *types, ...)
{
    struct store_value values[STORE_PARAMETERS_MAX];
    struct store_statement statement = { .sql = sql, .values = values };
    va_list arguments;

    va_start(arguments, types);
    statement.count = unpack(values, types, &arguments);
    va_end(arguments);
    if (statement.count < 0)
        return !misused(store, "a statement has parameters that cannot be");
    return store_run_values(store, &statement);
}

int64_t store_changed(const struct store *store)
{
    return store->changed;
}

bool store_run_set(struct store *store, const struct store_set *set)
{
    return store->status == STORE_OK &&
           (set->rows == 0 || keep(store, store->driver->run_set(store->connection, set)));
}

struct store_rows *store_query_values(struct store *store, const struct store_statement *asked)
{
    struct store_rows *rows = NULL;

    for (size_t i = 0; i < ROWS_MAX && rows == NULL; i++)
        if (!store->rows[i].used)
            rows = &store->rows[i];
    store->none.store = store;
    if (store->status != STORE_OK)
        return &store->none;
    if (rows == NULL || asked->count < 0) {
        misused(store, rows == NULL ? "too many queries are open at once"
                                    : "a query has parameters that cannot be");
        return &store->none;
    }
    *rows = (struct store_rows){ .store = store };
    if (!keep(store, store->driver->query(store->connection, asked, &rows->cursor)))
        return &store->none;
    rows->used = true;
    return rows;
}

static struct store_rows *query(struct store *store, const char *sql, const char *types,
                                va_list *arguments)
{
    struct store_value values[STORE_PARAMETERS_MAX];
    struct store_statement statement = { .sql = sql, .values = values };

    statement.count = unpack(values, types, arguments);
    return store_query_values(store, &statement);
}

struct store_rows *store_query(struct store *store, const char *sql, const char *types, ...)
{
    va_list arguments;

    va_start(arguments, types);
    struct store_rows *rows = query(store, sql, types, &arguments);
    va_end(arguments);
    return rows;
}

bool store_has(struct store *store, const char *sql, const char *types, ...)
{
    va_list arguments;

    va_start(arguments, types);
    struct store_rows *rows = query(store, sql, types, &arguments);
    va_end(arguments);
    bool any = store_next(rows);
    store_rows_end(rows);
    return any;
}

bool store_next(struct store_rows *rows)
{
    bool row = false;

    if (rows->cursor == NULL)
        return false;
    if (keep(rows->store, rows->store->driver->next(rows->cursor, &row)) && row)
        return true;
    store_rows_end(rows);
    return false;
}

void store_rows_end(struct store_rows *rows)
{
    if (rows->cursor != NULL)
        rows->store->driver->cursor_end(rows->cursor);
    rows->cursor = NULL;
    rows->used = false;
}

bool store_is_null(struct store_rows *rows, int column)
{
    return rows->store->driver->is_null(rows->cursor, column);
}

int64_t store_int(struct store_rows *rows, int column)
{
    return rows->store->driver->integer(rows->cursor, column);
}

double store_number(struct store_rows *rows, int column)
{
    return store_is_null(rows, column) ? NAN : rows->store->driver->number(rows->cursor, column);
}

const char *store_text(struct store_rows *rows, int column)
{
    return rows->store->driver->text(rows->cursor, column);
}

char *store_text_copy(struct store_rows *rows, int column)
{
    const char *text = store_text(rows, column);
    char *own = text != NULL ? strdup(text) : NULL;

    if (text != NULL && own == NULL)
        abort();
    return own;
}

const void *store_bytes(struct store_rows *rows, int column, size_t *length)
{
    return rows->store->driver->bytes(rows->cursor, column, length);
}
