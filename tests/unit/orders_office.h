/* A role `orders` on a store in memory, to which records and times are given. */
#ifndef CARRITO_TESTS_ORDERS_OFFICE_H
#define CARRITO_TESTS_ORDERS_OFFICE_H

#include "collector/base/settings.h"
#include "collector/engine/role.h"
#include "collector/orders/order_book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON 1790000000000LL
#define ID   "0123456789abcdef0123456789abcdef"
#define ID_2 "ffffffffffffffffffffffffffffffff"

struct office {
    struct store *store;
    void *role;
    struct settings settings;
    int64_t offset;
    int64_t now_ms; /* of what is taken; Kafka had it 5 ms before */
};

static inline int open_with(void **state, const char *mode, int64_t step_ms)
{
    struct office *office = calloc(1, sizeof *office);

    if (office == NULL)
        return -1;
    office->settings.orders = strdup(mode);
    office->settings.order_step_ms = step_ms;
    office->settings.offer_s = 60;
    office->settings.dispatch_s = 600;
    office->settings.orders_per_cart = 3;
    office->store = store_open("sqlite://:memory:", STORE_REPEATABLE);
    office->role = role_orders.open(&office->settings);
    office->now_ms = NOON + 5;
    *state = office;
    return store_migrate(office->store) == STORE_OK ? 0 : -1;
}

static inline int close_office(void **state)
{
    struct office *office = *state;

    role_orders.close(office->role);
    store_close(office->store);
    free(office->settings.orders);
    free(office);
    return 0;
}

static inline void begin(struct office *office, int64_t now_ms)
{
    assert_true(store_begin(office->store));
    role_orders.begin(office->role, office->store, now_ms);
}

static inline void commit(struct office *office)
{
    role_orders.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static inline void apply(struct office *office, const char *topic, const char *value)
{
    struct kafka_record record = { .topic = topic,
                                   .partition = 2,
                                   .offset = office->offset++,
                                   .append_ms = office->now_ms - 5,
                                   .key = ID,
                                   .key_length = strlen(ID),
                                   .value = value,
                                   .value_length = strlen(value) };

    role_orders.apply(office->role, &record);
}

/* A batch of one. */
static inline void take(struct office *office, const char *topic, const char *value)
{
    begin(office, office->now_ms);
    apply(office, topic, value);
    commit(office);
}

/* All that Kafka has is applied, up to now. */
static inline void tick(struct office *office, int64_t now_ms)
{
    struct role_time time = { .now_ms = now_ms, .watermark_ms = now_ms };

    if (role_orders.due(office->role, office->store, &time) == ROLE_NOTHING_DUE)
        return;
    begin(office, now_ms);
    role_orders.tick(office->role, &time);
    commit(office);
}

/* All rows' first column, with a blank between; the caller frees. */
static inline char *words(struct office *office, const char *sql)
{
    struct store_rows *rows = store_query(office->store, sql, "");
    struct buffer text = { 0 };

    buffer_text(&text, "");
    while (store_next(rows))
        buffer_format(&text, "%s%s", text.length > 0 ? " " : "", store_text(rows, 0));
    assert_int_equal(store_status(office->store), STORE_OK);
    return text.bytes;
}

static inline void assert_words(struct office *office, const char *sql, const char *expected)
{
    char *found = words(office, sql);

    assert_string_equal(found, expected);
    free(found);
}

static inline int64_t count(struct office *office, const char *sql)
{
    struct store_rows *rows = store_query(office->store, sql, "");
    int64_t value = store_next(rows) ? store_int(rows, 0) : -1;

    store_rows_end(rows);
    return value;
}

#endif
