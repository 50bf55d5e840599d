/* The role `stock`: what remains on each cart, and who needs more (contract, section 5).
 *
 * The last level is all that is kept of a cart. What a new one means for its restock batch and its
 * stock-out is judged when the partition has no backlog: in one, a cart that was low hours ago may
 * have been filled since, and nobody should be sent to it. Until then the level waits, in its row:
 * whoever has the partition next judges it. */
#include "collector/alerts/alert.h"
#include "collector/base/lang.h"
#include "collector/base/settings.h"
#include "collector/carts/cart_settings.h"
#include "collector/engine/event_time.h"
#include "collector/engine/role.h"
#include "collector/stock/restock.h"
#include "collector/stock/stock_level.h"

#include "stock_sql.h"

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

/* A partition that is applied up to this long ago, by Kafka's time, has no backlog: where something
 * comes all the time, its very end is never reached. */
#define LIVE_MS 2000
/* In one transaction; the others are judged in the next. */
#define JUDGED_MAX 2000
#define REST_MS    250 /* before Kafka is asked again where a backlog ends */

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
static void join(struct stock *stock, struct stock_level *level)
{
    struct restock_entry entry = { level->cart, level->stock, level->time_ms };

    restock_join(&stock->restock, stock->store, &entry);
    level->batch = stock->restock.number;
    if (stock->restock.entries >= stock->settings->restock_batch)
        restock_announce(&stock->restock, stock->store, stock->settings->lang, level->waits_ms);
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

static void judge_low(struct stock *stock, struct stock_level *level)
{
    for (; stock->counts_sales && level->low_sales > 0; level->low_sales--)
        join(stock, level);
    if (!stock->counts_sales && level->batch == 0)
        join(stock, level);
    else if (!stock->counts_sales)
        stay(stock, level);
    if (level->stock == 0 && !level->is_out)
        raise_stock_out(stock, level);
}

/* Somebody has been there: nobody need go, and the cart may join again. */
static void judge_enough(struct stock *stock, struct stock_level *level)
{
    if (level->batch != 0) {
        restock_know(&stock->restock, stock->store);
        if (level->batch == stock->restock.number)
            restock_leave(&stock->restock, stock->store, level->cart);
        level->batch = 0;
    }
    if (level->is_out)
        alert_end(stock->store, ALERT_STOCK_OUT, level->cart, level->waits_ms);
    level->is_out = false;
}

/* By the cart's own threshold, or the guild's where it has none; asked for once in a batch. */
static bool is_low(const struct stock *stock, struct stock_level *level)
{
    if (level->threshold < 0)
        level->threshold = cart_setting_number(stock->store, level->cart, CART_SETTING_THRESHOLD,
                                               stock->settings->restock_threshold);
    return stock_is_low(level->stock, level->threshold);
}

static void judge(struct stock *stock, struct stock_level *level)
{
    if (is_low(stock, level))
        judge_low(stock, level);
    else
        judge_enough(stock, level);
    level->waits_in = level->waits_ms = -1;
}

/* Whether a batch or a stock-out would change by it. */
static bool has_news(const struct stock *stock, struct stock_level *level)
{
    if (!is_low(stock, level))
        return level->batch != 0 || level->is_out;
    return (stock->counts_sales ? level->low_sales > 0 : level->batch == 0) ||
           (level->stock == 0 && !level->is_out);
}

/* Each low sale is an entry where sales are counted, but not one from before the cart was full. */
static void count_sale(const struct stock *stock, struct stock_level *level,
                       const struct event *event)
{
    if (!is_low(stock, level))
        level->low_sales = 0;
    else if (stock->counts_sales && event->type == EVENT_SALE)
        level->low_sales++;
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
    struct stock_level *level = stock_levels_get(&stock->levels, stock->store, event.cart);
    if (!stock_level_move(level, &event, event_time_ms(&event, event.ts_ms, record->append_ms)))
        return;
    count_sale(stock, level, &event);
    if (level->waits_in >= 0 || has_news(stock, level)) {
        level->waits_in = record->partition;
        level->waits_ms = record->append_ms;
    } else if (!stock->counts_sales && is_low(stock, level)) {
        stay(stock, level);
    }
}

static enum role_due due(void *state, struct store *store, const struct role_time *time)
{
    (void)state;
    (void)time;
    return store_has(store, SQL_STOCK_LEVELS_WAIT, "") ? ROLE_DUE_WATERMARK : ROLE_NOTHING_DUE;
}

static bool has_no_backlog(const struct role_time *time, int32_t partition)
{
    struct role_watermark mark = role_watermark_of(time, TOPIC_SALES, partition);

    return mark.to_end || (mark.watermark_ms > 0 && time->kafka_ms - mark.watermark_ms <= LIVE_MS);
}

static void tick(void *state, const struct role_time *time)
{
    struct stock *stock = state;
    struct store_rows *rows = store_query(stock->store, SQL_STOCK_LEVELS_WAITING, "");

    for (int judged = 0; judged < JUDGED_MAX && store_next(rows);) {
        if (!has_no_backlog(time, (int32_t)store_int(rows, 1)))
            continue;
        judge(stock, stock_levels_get(&stock->levels, stock->store, store_text(rows, 0)));
        judged++;
    }
    store_rows_end(rows);
}

static const char *const topics[] = { TOPIC_SALES, NULL };

const struct role_calls role_stock = {
    .name = "stock",
    .topics = topics,
    .gather_ms = 100,
    .gather_bytes = ROLE_GATHER_BYTES,
    .rest_ms = REST_MS,
    .open = open_stock,
    .close = close_stock,
    .begin = begin,
    .apply = apply,
    .end = end,
    .forget = forget,
    .due = due,
    .tick = tick,
};
