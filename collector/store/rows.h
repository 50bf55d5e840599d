/* Rows of one table that a transaction touches: read once, changed in memory, written back as one
 * set (store_run_set), in the order of the table's key.
 *
 * A const table says what a row's struct has to do with the columns; so load, compare and write
 * are here and nowhere else. Rows are found by a hash of their key: a batch of sales has thousands,
 * and in a search tree each lookup was a dozen misses of the cache. One thread. */
#ifndef CARRITO_COLLECTOR_ROWS_H
#define CARRITO_COLLECTOR_ROWS_H

#include "collector/store/store.h"

#include <stdbool.h>
#include <stddef.h>

/* How a member of the struct stands in the table. */
enum row_type {
    ROW_END,
    ROW_INT,          /* int64_t */
    ROW_INT_OR_NULL,  /* int64_t; negative is null */
    ROW_INT32,        /* int32_t */
    ROW_BOOL,         /* bool; 0 or 1 */
    ROW_NUMBER,       /* double; NAN is null */
    ROW_TEXT,         /* char[]; null is read as "" */
    ROW_TEXT_OR_NULL, /* char[]; "" is null */
    ROW_STRING        /* const char *; null is NULL; of a key never, and it is copied; not read */
};

struct row_column {
    enum row_type type;
    size_t offset, size;
};

#define ROW_COLUMN(type, structure, member)                                                        \
    {                                                                                              \
        type, offsetof(structure, member), sizeof((structure *)NULL)->member                       \
    }

/* Lists of columns end with ROW_END. */
struct row_table {
    size_t size;                     /* of the struct */
    const void *blank;               /* what a new one begins as; NULL: zeros */
    const struct row_column *key;    /* what rows are found by and ordered by */
    const struct row_column *loaded; /* what `read` answers */
    const char *read;                /* asked with the key; NULL: a row begins blank */
    const struct row_column *written;
    const char *write;                   /* one row of it; as a set where it has VALUES */
    bool (*is_written)(const void *row); /* NULL: all are */
};

/* Zero-initialised but for the table it is empty and valid. */
struct rows {
    const struct row_table *table;
    struct row_slot *slots;
    size_t capacity, count;
    struct row_block *blocks;
};

/* The row with this key, of which only the members of the key are looked at; read on first use.
 * Lives, and stays where it is, until write or forget. Never NULL. */
void *rows_get(struct rows *rows, struct store *store, const void *key);
/* The same, or NULL where it is not among them; reads nothing. */
void *rows_find(const struct rows *rows, const void *key);
/* A copy of the text, for a row of them; lives as long as they do. */
const char *rows_text(struct rows *rows, const char *text);
/* Reads the row anew; false where the table has none. */
bool rows_load(const struct row_table *table, struct store *store, void *row);
/* In the order of the key. */
void rows_each(const struct rows *rows, void (*visit)(void *owner, void *row), void *owner);
/* Writes them, and is empty again. */
void rows_write(struct rows *rows, struct store *store);
void rows_forget(struct rows *rows);

/* A count of the table that is there only while it is above zero. `insert` and `add` take what is
 * added and then the key, `read` and `delete` the key; `insert` does nothing where there is one. */
struct row_count {
    const struct row_column *key;
    const char *insert, *add, *read, *delete;
    /* What the last one met: the next one is tried the same way first, as most of a batch are
     * either new or known, and the wrong guess costs a search in the table. */
    bool are_known;
};

/* Adds to the count of this row: 1 where it is there from now on, -1 where it is no more, else 0.
 */
int rows_count(struct row_count *count, struct store *store, const void *row, int64_t added);

#endif
