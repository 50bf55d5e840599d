/* The role `stock` on a store of its own, driven by what carts say: of stock_test.c and
 * stock_backlog_test.c. After cmocka.h. Times are milliseconds; one thread. */
#ifndef CARRITO_TESTS_STOCK_OFFICE_H
#define CARRITO_TESTS_STOCK_OFFICE_H

#include "collector/base/settings.h"
#include "collector/engine/role.h"
#include "collector/stock/restock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOON      1790000000000LL
#define EPOCH     "9f0c9f0c9f0c9f0c"
#define EPOCH_2   "0a0a0a0a0a0a0a0a"
#define EVENT_MAX 512

struct office {
    struct settings settings;
    struct store *store;
    void *role;
    int64_t offset;
};

static inline int open_by(void **state, const char *count)
{
    struct office *office = calloc(1, sizeof *office);

    if (office == NULL)
        return -1;
    office->settings =
        (struct settings){ .restock_threshold = 20, .restock_batch = 5, .lang = "es" };
    office->settings.restock_count = strdup(count);
    office->store = store_open("sqlite://:memory:", STORE_REPEATABLE);
    office->role = role_stock.open(&office->settings);
    *state = office;
    return store_migrate(office->store) == STORE_OK ? 0 : -1;
}

static inline int open_office(void **state)
{
    return open_by(state, "carts");
}

static inline int open_sales_office(void **state)
{
    return open_by(state, "sales");
}

static inline int close_office(void **state)
{
    struct office *office = *state;

    role_stock.close(office->role);
    store_close(office->store);
    free(office->settings.restock_count);
    free(office);
    return 0;
}

static inline void begin(struct office *office)
{
    assert_true(store_begin(office->store));
    role_stock.begin(office->role, office->store, NOON);
}

static inline void apply(struct office *office, const char *value)
{
    struct kafka_record record = { .topic = "carrito.sales",
                                   .offset = office->offset++,
                                   .append_ms = NOON + 5000,
                                   .value = value,
                                   .value_length = strlen(value) };

    role_stock.apply(office->role, &record);
}

/* A batch of a backlog: nobody looks yet. */
static inline void commit_behind(struct office *office)
{
    role_stock.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

/* What is due, with the role's partition applied up to so long ago. */
static inline void look(struct office *office, int64_t behind_ms)
{
    struct role_watermark marks = { TOPIC_SALES, 0, NOON + 5000 - behind_ms, behind_ms == 0 };
    struct role_time time = {
        .now_ms = NOON, .kafka_ms = NOON + 5000, .watermarks = &marks, .watermark_count = 1
    };
    enum role_due due = role_stock.due(office->role, office->store, &time);

    store_rollback(office->store);
    if (due == ROLE_NOTHING_DUE)
        return;
    assert_int_equal(due, ROLE_DUE_WATERMARK);
    begin(office);
    role_stock.tick(office->role, &time);
    commit_behind(office);
}

static inline void commit(struct office *office)
{
    commit_behind(office);
    look(office, 0);
}

/* What is left on a cart after its `seq`th event; sales one second apart. */
struct word {
    int cart;
    const char *epoch;
    int seq, stock;
};

static inline void say(struct office *office, const struct word *word)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"sale\",\"cart\":\"CART-%d\",\"epoch\":\"%s\",\"seq\":%d,"
             "\"ts_ms\":%lld,\"clock\":\"gps\",\"receipt\":%d,\"quantity\":3,\"stock\":%d}",
             word->cart, word->epoch, word->seq, NOON + word->seq * 1000LL, word->seq, word->stock);
    apply(office, text);
}

/* A batch of one. */
static inline void take(struct office *office, int cart, int seq, int stock)
{
    begin(office);
    say(office, &(struct word){ cart, EPOCH, seq, stock });
    commit(office);
}

static inline void take_many(struct office *office, int first, int last, int seq, int stock)
{
    begin(office);
    for (int cart = first; cart <= last; cart++)
        say(office, &(struct word){ cart, EPOCH, seq, stock });
    commit(office);
}

/* Rows as "a b, c d", for comparison. */
static inline const char *ask(struct office *office, const char *sql)
{
    static char text[1024];
    struct store_rows *rows = store_query(office->store, sql, "");
    size_t length = 0;

    text[0] = '\0';
    while (store_next(rows) && length < sizeof text)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s",
                                   length > 0 ? ", " : "", store_text(rows, 0));
    assert_int_equal(store_status(office->store), STORE_OK);
    return text;
}

#define BATCHES "SELECT number || ' ' || status FROM restocks ORDER BY number"
#define ENTRIES                                                                                    \
    "SELECT number || ' ' || cart || ' ' || stock FROM restock_carts ORDER BY number, place"
#define ALERTS                                                                                     \
    "SELECT kind || ' ' || subject || ' ' || status FROM alerts ORDER BY kind, subject, id"
#define LEVELS "SELECT cart || ' ' || stock FROM stock_levels ORDER BY cart"
#define OPEN_ALERTS                                                                                \
    "SELECT kind || ' ' || subject FROM alerts WHERE ended_ms IS NULL ORDER BY kind, subject"

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_office, close_office, NULL                                            \
    }
#define BY_SALES(text, function)                                                                   \
    {                                                                                              \
        text, function, open_sales_office, close_office, NULL                                      \
    }

#endif
