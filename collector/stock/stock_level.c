/* What a level is in the store, and how it moves. */
#include "collector/stock/stock_level.h"

#include "stock_sql.h"

#include <stdio.h>
#include <string.h>

static const struct row_column columns[] = {
    ROW_COLUMN(ROW_TEXT, struct stock_level, cart),
    ROW_COLUMN(ROW_TEXT, struct stock_level, epoch),
    ROW_COLUMN(ROW_INT, struct stock_level, seq),
    ROW_COLUMN(ROW_INT, struct stock_level, time_ms),
    ROW_COLUMN(ROW_INT, struct stock_level, stock),
    ROW_COLUMN(ROW_INT, struct stock_level, batch),
    ROW_COLUMN(ROW_BOOL, struct stock_level, is_out),
    ROW_COLUMN(ROW_INT_OR_NULL, struct stock_level, waits_in),
    ROW_COLUMN(ROW_INT_OR_NULL, struct stock_level, waits_ms),
    ROW_COLUMN(ROW_INT, struct stock_level, low_sales),
    { .type = ROW_END },
};
static const struct row_column key_columns[] = {
    ROW_COLUMN(ROW_TEXT, struct stock_level, cart),
    { .type = ROW_END },
};

/* Of a cart that was never counted. */
static const struct stock_level blank = { .waits_in = -1, .waits_ms = -1, .threshold = -1 };

static bool is_counted(const void *row)
{
    return ((const struct stock_level *)row)->epoch[0] != '\0';
}

static const struct row_table table = {
    .size = sizeof(struct stock_level),
    .blank = &blank,
    .key = key_columns,
    .read = SQL_STOCK_LEVEL_READ,
    .loaded = columns,
    .write = SQL_STOCK_LEVEL_WRITE,
    .written = columns,
    .is_written = is_counted,
};

struct stock_level *stock_levels_get(struct rows *levels, struct store *store, const char *cart)
{
    struct stock_level key = { 0 };

    levels->table = &table;
    snprintf(key.cart, sizeof key.cart, "%s", cart);
    return rows_get(levels, store, &key);
}

bool stock_level_move(struct stock_level *level, const struct event *event, int64_t when_ms)
{
    bool same = strcmp(level->epoch, event->epoch) == 0;
    bool first = level->epoch[0] == '\0';

    if (event->stock == EVENT_ABSENT ||
        (!first && (same ? event->seq <= level->seq : when_ms <= level->time_ms)))
        return false;
    snprintf(level->epoch, sizeof level->epoch, "%s", event->epoch);
    level->seq = event->seq;
    level->time_ms = when_ms;
    level->stock = event->stock;
    return true;
}

bool stock_is_low(int64_t stock, int64_t threshold)
{
    return stock <= threshold;
}
