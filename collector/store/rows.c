/* A hash table over rows that lie in blocks; what is written goes to the store in sets. */
#include "collector/store/rows.h"
#include "collector/store/store_driver.h"

#include "common/fnv.h"
#include "common/text.h"

#include <assert.h>
#include <math.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_MIN      64 /* a power of two */
#define BLOCK_MIN      2048
#define BLOCK_MAX      65536
#define ROWS_AT_ONCE   512 /* of one set: more save nothing, and their values leave the cache */
#define HASH_STEP      0x9e3779b97f4a7c15U /* odd, and half of its bits are set */
#define KEY_VALUES_MAX 4

struct row_slot {
    uint64_t hash;
    void *row; /* NULL: free */
};

struct row_block {
    struct row_block *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

/* ---- columns ---- */

static void *value_at(const void *row, const struct row_column *column)
{
    return (char *)row + column->offset;
}

static const char *text_of(const void *row, const struct row_column *column)
{
    return column->type == ROW_STRING ? *(const char **)value_at(row, column)
                                      : value_at(row, column);
}

static bool is_text(const struct row_column *column)
{
    return column->type == ROW_TEXT || column->type == ROW_TEXT_OR_NULL ||
           column->type == ROW_STRING;
}

static int64_t int_of(const void *row, const struct row_column *column)
{
    switch (column->type) {
    case ROW_INT32:
        return *(int32_t *)value_at(row, column);
    case ROW_BOOL:
        return *(bool *)value_at(row, column) ? 1 : 0;
    default:
        return *(int64_t *)value_at(row, column);
    }
}

static struct store_value value_of(const void *row, const struct row_column *column)
{
    struct store_value value = { .type = 'i' };

    if (is_text(column)) {
        value.bytes = text_of(row, column);
        value.length = value.bytes != NULL ? strlen(value.bytes) : 0;
        bool is_null =
            value.bytes == NULL || (column->type == ROW_TEXT_OR_NULL && value.length == 0);
        value.type = is_null ? '\0' : 't';
    } else if (column->type == ROW_NUMBER) {
        value.number = *(double *)value_at(row, column);
        value.type = isnan(value.number) ? '\0' : 'n';
    } else {
        value.integer = int_of(row, column);
        if (column->type == ROW_INT_OR_NULL && value.integer < 0)
            value.type = '\0';
    }
    return value;
}

static void read_column(void *row, const struct row_column *column, struct store_rows *rows,
                        int index)
{
    switch (column->type) {
    case ROW_INT32:
        *(int32_t *)value_at(row, column) = (int32_t)store_int(rows, index);
        return;
    case ROW_BOOL:
        *(bool *)value_at(row, column) = store_int(rows, index) != 0;
        return;
    case ROW_INT:
        *(int64_t *)value_at(row, column) = store_int(rows, index);
        return;
    case ROW_INT_OR_NULL:
        *(int64_t *)value_at(row, column) =
            store_is_null(rows, index) ? -1 : store_int(rows, index);
        return;
    case ROW_NUMBER:
        *(double *)value_at(row, column) = store_number(rows, index);
        return;
    default:
        assert(column->type == ROW_TEXT || column->type == ROW_TEXT_OR_NULL);
        text_put(value_at(row, column), column->size, store_text(rows, index));
    }
}

/* ---- keys ---- */

static uint64_t hash_of(const struct row_table *table, const void *row)
{
    uint64_t hash = 0;

    for (const struct row_column *column = table->key; column->type != ROW_END; column++) {
        const char *text = is_text(column) ? text_of(row, column) : NULL;
        uint64_t part = text != NULL ? fnv_1a(text, strlen(text)) : (uint64_t)int_of(row, column);
        hash = (hash ^ part) * HASH_STEP;
    }
    return hash ^ (hash >> 32);
}

/* By bytes, as both databases order keys. */
static int compare(const struct row_table *table, const void *left, const void *right)
{
    int order = 0;

    for (const struct row_column *column = table->key; order == 0 && column->type != ROW_END;
         column++) {
        if (is_text(column)) {
            order = strcmp(text_of(left, column), text_of(right, column));
        } else {
            int64_t a = int_of(left, column), b = int_of(right, column);
            order = (a > b) - (a < b);
        }
    }
    return order;
}

static struct row_slot *slot_for(const struct rows *rows, const void *key, uint64_t hash)
{
    size_t at = hash & (rows->capacity - 1);

    while (rows->slots[at].row != NULL &&
           (rows->slots[at].hash != hash || compare(rows->table, rows->slots[at].row, key) != 0))
        at = (at + 1) & (rows->capacity - 1);
    return &rows->slots[at];
}

/* Half of the slots stay free. */
static void make_room(struct rows *rows)
{
    struct rows wider = *rows;

    if (rows->capacity > 0 && rows->count < rows->capacity / 2)
        return;
    wider.capacity = rows->capacity > 0 ? rows->capacity * 2 : SLOTS_MIN;
    wider.slots = must(calloc(wider.capacity, sizeof *wider.slots));
    for (size_t i = 0; i < rows->capacity; i++)
        if (rows->slots[i].row != NULL)
            *slot_for(&wider, rows->slots[i].row, rows->slots[i].hash) = rows->slots[i];
    free(rows->slots);
    *rows = wider;
}

/* ---- memory ---- */

static void *take(struct rows *rows, size_t size)
{
    struct row_block *block = rows->blocks;
    size_t whole = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);

    if (block == NULL || block->size - block->used < whole) {
        size_t room = block == NULL             ? BLOCK_MIN
                      : block->size < BLOCK_MAX ? block->size * 2
                                                : BLOCK_MAX;
        if (room < whole)
            room = whole;
        block = must(malloc(sizeof *block + room));
        *block = (struct row_block){ rows->blocks, 0, room };
        rows->blocks = block;
    }
    block->used += whole;
    return block->bytes + block->used - whole;
}

const char *rows_text(struct rows *rows, const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(take(rows, size), text, size);
}

static void *make_row(struct rows *rows, const void *key)
{
    const struct row_table *table = rows->table;
    void *row = take(rows, table->size);

    if (table->blank != NULL)
        memcpy(row, table->blank, table->size);
    else
        memset(row, 0, table->size);
    for (const struct row_column *column = table->key; column->type != ROW_END; column++) {
        memcpy(value_at(row, column), value_at(key, column), column->size);
        if (column->type == ROW_STRING)
            *(const char **)value_at(row, column) = rows_text(rows, text_of(key, column));
    }
    return row;
}

/* ---- rows ---- */

static int key_values(const struct row_column *key, const void *row, struct store_value *values)
{
    int count = 0;

    for (; key[count].type != ROW_END; count++) {
        assert(count < KEY_VALUES_MAX);
        values[count] = value_of(row, &key[count]);
    }
    return count;
}

bool rows_load(const struct row_table *table, struct store *store, void *row)
{
    struct store_value key[KEY_VALUES_MAX];
    struct store_statement asked = { table->read, key, key_values(table->key, row, key) };
    struct store_rows *answer = store_query_values(store, &asked);
    bool is = store_next(answer);

    for (int i = 0; is && table->loaded[i].type != ROW_END; i++)
        read_column(row, &table->loaded[i], answer, i);
    store_rows_end(answer);
    return is;
}

void *rows_find(const struct rows *rows, const void *key)
{
    return rows->count > 0 ? slot_for(rows, key, hash_of(rows->table, key))->row : NULL;
}

void *rows_get(struct rows *rows, struct store *store, const void *key)
{
    uint64_t hash = hash_of(rows->table, key);

    make_room(rows);
    struct row_slot *slot = slot_for(rows, key, hash);
    if (slot->row == NULL) {
        *slot = (struct row_slot){ hash, make_row(rows, key) };
        rows->count++;
        if (rows->table->read != NULL)
            rows_load(rows->table, store, slot->row);
    }
    return slot->row;
}

static int compare_in_order(const void *left, const void *right, void *table)
{
    return compare(table, *(void *const *)left, *(void *const *)right);
}

static void **in_order(const struct rows *rows)
{
    void **ordered = must(malloc((rows->count + 1) * sizeof *ordered));
    size_t count = 0;

    for (size_t i = 0; i < rows->capacity; i++)
        if (rows->slots[i].row != NULL)
            ordered[count++] = rows->slots[i].row;
    qsort_r(ordered, count, sizeof *ordered, compare_in_order, (void *)rows->table);
    return ordered;
}

void rows_each(const struct rows *rows, void (*visit)(void *owner, void *row), void *owner)
{
    void **ordered = in_order(rows);

    for (size_t i = 0; i < rows->count; i++)
        visit(owner, ordered[i]);
    free(ordered);
}

static int width(const struct row_table *table)
{
    int columns = 0;

    while (table->written[columns].type != ROW_END)
        columns++;
    return columns;
}

void rows_write(struct rows *rows, struct store *store)
{
    const struct row_table *table = rows->table;
    size_t at_once = rows->count < ROWS_AT_ONCE ? rows->count : ROWS_AT_ONCE;

    if (rows->count == 0)
        return;
    void **ordered = in_order(rows);
    struct store_set set = { .sql = table->write, .columns = width(table) };
    struct store_value *values = must(malloc(at_once * (size_t)set.columns * sizeof *values));
    set.values = values;
    for (size_t i = 0; i < rows->count; i++) {
        bool wanted = table->is_written == NULL || table->is_written(ordered[i]);
        for (int j = 0; wanted && j < set.columns; j++)
            values[set.rows * (size_t)set.columns + (size_t)j] =
                value_of(ordered[i], &table->written[j]);
        set.rows += wanted ? 1 : 0;
        if (set.rows == at_once || i + 1 == rows->count) {
            store_run_set(store, &set);
            set.rows = 0;
        }
    }
    free(values);
    free(ordered);
    rows_forget(rows);
}

void rows_forget(struct rows *rows)
{
    while (rows->blocks != NULL) {
        struct row_block *block = rows->blocks;
        rows->blocks = block->next;
        free(block);
    }
    free(rows->slots);
    *rows = (struct rows){ .table = rows->table };
}

/* ---- counts ---- */

static bool changes(struct store *store, const struct store_statement *asked)
{
    return store_run_values(store, asked) && store_changed(store) == 1;
}

/* True where there was none. */
static bool count_up(struct row_count *count, struct store *store, struct store_statement *asked)
{
    bool was_known = count->are_known;

    asked->sql = was_known ? count->add : count->insert;
    if (!changes(store, asked)) {
        count->are_known = !was_known;
        asked->sql = was_known ? count->insert : count->add;
        store_run_values(store, asked);
    }
    return !count->are_known;
}

int rows_count(struct row_count *count, struct store *store, const void *row, int64_t added)
{
    struct store_value values[KEY_VALUES_MAX + 1] = { { .type = 'i', .integer = added } };
    int keys = key_values(count->key, row, values + 1);
    struct store_statement change = { count->add, values, keys + 1 },
                           look = { count->read, values + 1, keys },
                           end = { count->delete, values + 1, keys };

    if (added == 0)
        return 0;
    if (added > 0)
        return count_up(count, store, &change) ? 1 : 0;
    store_run_values(store, &change);
    struct store_rows *left = store_query_values(store, &look);
    bool is_above = store_next(left) && store_int(left, 0) != 0;
    store_rows_end(left);
    if (is_above)
        return 0;
    store_run_values(store, &end);
    return -1;
}
