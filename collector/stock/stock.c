/* The role `stock`: what remains on each cart, and who needs more (contract, section 5).
 *
 * The last level is all that is kept of a cart. Only one at or below the threshold, or one that
 * was there before, touches more than that: its restock batch and its stock-out. */
#include "collector/alerts/alert.h"
#include "collector/base/lang.h"
#include "collector/base/settings.h"
#include "collector/engine/event_time.h"
#include "collector/engine/role.h"
#include "collector/stock/restock.h"
#include "collector/stock/stock_level.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stock {
    const struct settings *settings;
    bool counts_sales; /* each low sale is an entry, whichever cart it came from */
    struct rows levels;
    struct restock restock;
    struct store *store; /* of the batch in hand */
};

/* What an event did to its cart. */
struct change {
    struct stock_level *level;
    const struct event *event;
    int64_t append_ms;
};

static void *open_stock(const struct settings *settings)
{
    struct stock *stock = calloc(1, sizeof *stock);

    if (stock == NULL)
        abort();
    stock->settings = settings;
    stock->counts_sales =
        settings->restock_count != NULL && strcmp(settings->restock_count, "sales") == 0;
    return stock;
}

static void forget(void *state)
{
    struct stock *stock = state;

    rows_forget(&stock->levels);
    stock->restock = (struct restock){ 0 };
}

static void close_stock(void *state)
{
    forget(state);
    free(state);
}

static void begin(void *state, struct store *store, int64_t now_ms)
{
    struct stock *stock = state;

    (void)now_ms;
    stock->store = store;
    stock->restock = (struct restock){ 0 };
}

static void end(void *state)
{
    struct stock *stock = state;

    rows_write(&stock->levels, stock->store);
}

/* An entry more; the one that fills the batch announces it, at Kafka's time of its record. */
static void join(struct stock *stock, const struct change *change)
{
    struct stock_level *level = change->level;
    struct restock_entry entry = { level->cart, level->stock, level->time_ms };

    restock_join(&stock->restock, stock->store, &entry);
    level->batch = stock->restock.number;
    if (stock->restock.entries >= stock->settings->restock_batch)
        restock_announce(&stock->restock, stock->store, stock->settings->lang, change->append_ms);
}

/* In the open batch its latest level is shown; one that is announced stays as it was told. */
static void stay(struct stock *stock, const struct stock_level *level)
{
    struct restock_entry entry = { level->cart, level->stock, level->time_ms };

    restock_know(&stock->restock, stock->store);
    if (level->batch == stock->restock.number)
        restock_update(&stock->restock, stock->store, &entry);
}

static void raise_stock_out(struct stock *stock, struct stock_level *level)
{
    alert_raise(stock->store, &(struct alert){ .kind = ALERT_STOCK_OUT,
                                               .subject = level->cart,
                                               .cart = level->cart,
                                               .says = SAY_ALERT_STOCK_OUT(level->cart),
                                               .lang = lang_from_name(stock->settings->lang),
                                               .at_ms = level->time_ms });
    level->is_out = true;
}

static void apply_low(struct stock *stock, const struct change *change)
{
    struct stock_level *level = change->level;

    if (stock->counts_sales && change->event->type == EVENT_SALE)
        join(stock, change);
    else if (!stock->counts_sales && level->batch == 0)
        join(stock, change);
    else if (!stock->counts_sales)
        stay(stock, level);
    if (level->stock == 0 && !level->is_out)
        raise_stock_out(stock, level);
}

/* Somebody has been there: nobody need go, and the cart may join again. */
static void apply_enough(struct stock *stock, const struct change *change)
{
    struct stock_level *level = change->level;

    if (level->batch != 0) {
        restock_know(&stock->restock, stock->store);
        if (level->batch == stock->restock.number)
            restock_leave(&stock->restock, stock->store, level->cart);
        level->batch = 0;
    }
    if (level->is_out)
        alert_end(stock->store, ALERT_STOCK_OUT, level->cart, change->append_ms);
    level->is_out = false;
}

static void apply(void *state, const struct kafka_record *record)
{
    struct stock *stock = state;
    struct json_reason why;
    struct event event;

    /* What cannot be read is the dead letter of the role `sales`. */
    if (!event_read(record->value, record->value_length, &event, &why) ||
        event.stock == EVENT_ABSENT)
        return;
    struct change change = { .level = stock_levels_get(&stock->levels, stock->store, event.cart),
                             .event = &event,
                             .append_ms = record->append_ms };
    if (!stock_level_move(change.level, &event,
                          event_time_ms(&event, event.ts_ms, record->append_ms)))
        return;
    if (stock_is_low(event.stock,
                     stock_threshold(change.level->threshold, stock->settings->restock_threshold)))
        apply_low(stock, &change);
    else
        apply_enough(stock, &change);
}

static const char *const topics[] = { TOPIC_SALES, NULL };

const struct role_calls role_stock = {
    .name = "stock",
    .topics = topics,
    .gather_ms = 50,
    .open = open_stock,
    .close = close_stock,
    .begin = begin,
    .apply = apply,
    .end = end,
    .forget = forget,
};
