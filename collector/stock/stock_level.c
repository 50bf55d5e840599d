/* Reads, moves and writes levels. */
#include "collector/stock/stock_level.h"
#include "collector/tree.h"

#include "stock_sql.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
    const struct stock_level *a = left, *b = right;

    return strcmp(a->cart, b->cart);
}

static void load(struct stock_level *level, struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_STOCK_LEVEL_READ, "t", level->cart);

    if (!store_next(rows))
        return;
    snprintf(level->epoch, sizeof level->epoch, "%s", store_text(rows, 0));
    level->seq = store_int(rows, 1);
    level->time_ms = store_int(rows, 2);
    level->stock = store_int(rows, 3);
    level->batch = store_int(rows, 4);
    level->is_out = store_int(rows, 5) != 0;
    store_rows_end(rows);
}

struct stock_level *stock_levels_get(struct stock_levels *levels, struct store *store,
                                     const char *cart)
{
    bool is_new;
    struct stock_level key = { 0 };

    snprintf(key.cart, sizeof key.cart, "%s", cart);
    struct stock_level *found = tree_get(&levels->tree, &key, sizeof key, compare, &is_new);
    if (is_new)
        load(found, store);
    return found;
}

static void write_level(const void *node, VISIT visit, void *store)
{
    const struct stock_level *level = *(struct stock_level *const *)node;

    if ((visit != postorder && visit != leaf) || level->epoch[0] == '\0')
        return;
    store_run(store, SQL_STOCK_LEVEL_WRITE, "ttiiiii", level->cart, level->epoch, level->seq,
              level->time_ms, level->stock, level->batch, (int64_t)level->is_out);
}

void stock_levels_write(struct stock_levels *levels, struct store *store)
{
    twalk_r(levels->tree, write_level, store);
    stock_levels_forget(levels);
}

void stock_levels_forget(struct stock_levels *levels)
{
    tdestroy(levels->tree, free);
    levels->tree = NULL;
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
