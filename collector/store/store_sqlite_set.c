/* An eponymous virtual table over the values of a set (SQLite, "The Virtual Table Mechanism", and
 * "The Carray() Table-Valued Function", whose way of passing a pointer this is). */
#include "collector/store/store_sqlite_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME    "carrito_set"
#define POINTER "carrito_set" /* its type: no other pointer is taken for one */
#define VALUES  "VALUES ("
#define SELECT  "SELECT "
#define FROM    " FROM " NAME "(?1) WHERE true"
#define INSERT  "INSERT INTO"
#define OR_FAIL "INSERT OR FAIL INTO"

/* The column that the pointer is the argument of. */
#define HIDDEN STORE_PARAMETERS_MAX

struct set_cursor {
    sqlite3_vtab_cursor base;
    const struct store_set *set;
    size_t row;
};

static int connect(sqlite3 *db, void *unused, int argc, const char *const *argv,
                   sqlite3_vtab **table, char **error)
{
    char schema[STORE_PARAMETERS_MAX * 8 + 64];
    size_t length = (size_t)snprintf(schema, sizeof schema, "CREATE TABLE x (");
    (void)unused, (void)argc, (void)argv, (void)error;

    for (int i = 1; i <= STORE_PARAMETERS_MAX; i++)
        length += (size_t)snprintf(schema + length, sizeof schema - length, "c%d, ", i);
    snprintf(schema + length, sizeof schema - length, "given HIDDEN)");
    int rc = sqlite3_declare_vtab(db, schema);
    *table = rc == SQLITE_OK ? calloc(1, sizeof **table) : NULL;
    return rc == SQLITE_OK && *table == NULL ? SQLITE_NOMEM : rc;
}

static int disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

/* There is one way to read it: all, with the pointer. */
static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    for (int i = 0; i < info->nConstraint; i++) {
        if (info->aConstraint[i].iColumn != HIDDEN || !info->aConstraint[i].usable)
            continue;
        info->aConstraintUsage[i].argvIndex = 1;
        info->aConstraintUsage[i].omit = 1;
        info->estimatedCost = 1;
        return SQLITE_OK;
    }
    return SQLITE_CONSTRAINT;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **opened)
{
    struct set_cursor *cursor = calloc(1, sizeof *cursor);
    (void)table;
    if (cursor == NULL)
        return SQLITE_NOMEM;
    *opened = &cursor->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
    free(cursor);
    return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc,
                  sqlite3_value **argv)
{
    struct set_cursor *cursor = (struct set_cursor *)base;
    (void)number, (void)text;

    cursor->set = argc == 1 ? sqlite3_value_pointer(argv[0], POINTER) : NULL;
    cursor->row = 0;
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
    ((struct set_cursor *)base)->row++;
    return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *base)
{
    const struct set_cursor *cursor = (struct set_cursor *)base;

    return cursor->set == NULL || cursor->row >= cursor->set->rows;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int index)
{
    const struct set_cursor *cursor = (struct set_cursor *)base;
    const struct store_set *set = cursor->set;

    if (index >= set->columns)
        return SQLITE_OK; /* null */
    const struct store_value *value =
        &set->values[cursor->row * (size_t)set->columns + (size_t)index];
    if (value->type == 'i')
        sqlite3_result_int64(context, value->integer);
    else if (value->type == 'n')
        sqlite3_result_double(context, value->number);
    else if (value->type == 't')
        sqlite3_result_text(context, value->bytes, (int)value->length, SQLITE_STATIC);
    else if (value->type == 'b')
        sqlite3_result_blob(context, value->bytes, (int)value->length, SQLITE_STATIC);
    return SQLITE_OK;
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
    *id = (sqlite3_int64)((struct set_cursor *)base)->row;
    return SQLITE_OK;
}

int sqlite_set_register(sqlite3 *db)
{
    static const sqlite3_module module = {
        .xConnect = connect,
        .xBestIndex = best_index,
        .xDisconnect = disconnect,
        .xOpen = open_cursor,
        .xClose = close_cursor,
        .xFilter = filter,
        .xNext = next,
        .xEof = is_at_end,
        .xColumn = column,
        .xRowid = row_id,
    };

    return sqlite3_create_module(db, NAME, &module, NULL);
}

/* The parenthesis that closes the one which `at` is behind; NULL where none does. */
static const char *closing(const char *at)
{
    int depth = 1;

    for (; *at != '\0'; at++) {
        depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
        if (depth == 0)
            return at;
    }
    return NULL;
}

char *sqlite_set_text(const char *sql)
{
    const char *values = strstr(sql, VALUES);
    const char *first = values != NULL ? values + strlen(VALUES) : NULL;
    const char *last = first != NULL ? closing(first) : NULL;

    if (last == NULL || strchr(last, '$') != NULL || memchr(sql, '$', (size_t)(values - sql)))
        return NULL;
    const char *into = strncmp(sql, INSERT, strlen(INSERT)) == 0 ? sql + strlen(INSERT) : sql;
    size_t size = strlen(sql) + sizeof OR_FAIL SELECT FROM;
    char *text = malloc(size);
    if (text == NULL)
        return NULL;
    int length = snprintf(text, size, "%s%.*s" SELECT "%.*s" FROM "%s", into > sql ? OR_FAIL : "",
                          (int)(values - into), into, (int)(last - first), first, last + 1);
    for (char *at = text; at < text + length; at++)
        if (*at == '$')
            *at = 'c';
    return text;
}

int sqlite_set_bind(sqlite3_stmt *statement, const struct store_set *set)
{
    return sqlite3_bind_pointer(statement, 1, (void *)set, POINTER, NULL);
}
