/* A role `sales` on a store in memory, and words for what its tests feed it.
 *
 * One cart, BBCL23, one outbox, noon of one day; other carts, outboxes and times where a test says
 * so. Every function fails the test by itself. */
#ifndef CARRITO_TESTS_SALES_OFFICE_H
#define CARRITO_TESTS_SALES_OFFICE_H

#include "collector/base/settings.h"
#include "collector/engine/role.h"
#include "collector/sales/sales_close.h"
#include "common/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON      1790000000000LL /* 2026-09-21 11:13 in Santiago */
#define DAY       20717
#define EPOCH     "9f0c9f0c9f0c9f0c"
#define EVENT_MAX 512
#define GRACE_S   300
#define SKEW_MS   SALES_CLOSE_SKEW_MS /* by which Kafka's time is ahead of ours here */

struct office {
    struct store *store;
    void *role, *other_role; /* the other one stands for another process on the same store */
    struct settings settings;
    int64_t offset;
    int64_t now_ms; /* what the clock on the wall says, and Kafka's */
};

static inline int open_office(void **state)
{
    struct office *office = calloc(1, sizeof *office);

    if (office == NULL || !day_set_zone("America/Santiago"))
        return -1;
    office->settings = (struct settings){ .close_grace_s = GRACE_S,
                                          .unregistered = true,
                                          .lang = (char *)"es",
                                          .report_mail = (char *)"ana@example.org, b@example.org" };
    office->now_ms = NOON;
    office->store = store_open("sqlite://:memory:", STORE_REPEATABLE);
    office->role = role_sales.open(&office->settings);
    office->other_role = role_sales.open(&office->settings);
    *state = office;
    return store_migrate(office->store) == STORE_OK ? 0 : -1;
}

static inline int close_office(void **state)
{
    struct office *office = *state;

    role_sales.close(office->role);
    role_sales.close(office->other_role);
    store_close(office->store);
    free(office);
    return 0;
}

static inline void begin(struct office *office)
{
    assert_true(store_begin(office->store));
    role_sales.begin(office->role, office->store, office->now_ms);
}

static inline void apply_at(struct office *office, const char *value, int64_t append_ms)
{
    struct kafka_record record = { .topic = "carrito.sales",
                                   .partition = 2,
                                   .offset = office->offset++,
                                   .append_ms = append_ms,
                                   .key = "BBCL23",
                                   .key_length = 6,
                                   .value = value,
                                   .value_length = strlen(value) };

    role_sales.apply(office->role, &record);
}

static inline void commit(struct office *office)
{
    role_sales.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static inline void roll_back(struct office *office)
{
    role_sales.end(office->role);
    store_rollback(office->store);
    role_sales.forget(office->role);
}

/* A batch of one. */
static inline void take(struct office *office, const char *value)
{
    begin(office);
    apply_at(office, value, office->now_ms);
    commit(office);
}

static inline void tick_as(struct office *office, void *role, int64_t watermark_ms)
{
    struct role_time time = { .now_ms = office->now_ms,
                              .kafka_ms = office->now_ms + SKEW_MS,
                              .watermark_ms = watermark_ms };

    assert_true(store_begin(office->store));
    role_sales.begin(role, office->store, office->now_ms);
    role_sales.tick(role, &time);
    role_sales.end(role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

/* As the processor does it: asks what is due, and lets the role act where something is. All of
 * Kafka has been applied. */
static inline enum role_due pass_to(struct office *office, int64_t now_ms)
{
    office->now_ms = now_ms;
    struct role_time time = { .now_ms = now_ms, .kafka_ms = now_ms + SKEW_MS };
    enum role_due due = role_sales.due(office->role, office->store, &time);
    for (int looks = 0; due == ROLE_DUE && looks < 3; looks++) {
        tick_as(office, office->role, 0);
        due = role_sales.due(office->role, office->store, &time);
    }
    if (due == ROLE_DUE_WATERMARK)
        tick_as(office, office->role, now_ms + SKEW_MS);
    return due;
}

/* `rest` follows the members that every event has; texts live until the eighth call after. */
static inline const char *event_at(const char *type, int seq, int64_t ts_ms, const char *rest)
{
    static char texts[8][EVENT_MAX];
    static size_t turn;
    char *text = texts[turn++ % 8];

    snprintf(text, EVENT_MAX,
             "{\"v\":1,\"type\":\"%s\",\"cart\":\"BBCL23\",\"epoch\":\"" EPOCH
             "\",\"seq\":%d,\"ts_ms\":%lld%s%s}",
             type, seq, (long long)ts_ms,
             strstr(rest, "\"clock\"") == NULL ? ",\"clock\":\"gps\"" : "", rest);
    return text;
}

static inline const char *event(const char *type, int seq, const char *rest)
{
    return event_at(type, seq, NOON, rest);
}

static inline const char *sale_at(int seq, int receipt, int64_t ts_ms, const char *client)
{
    char rest[160];

    snprintf(rest, sizeof rest, ",\"receipt\":%d,\"quantity\":3,\"amount\":1500%s%s%s", receipt,
             client != NULL ? ",\"client\":\"" : "", client != NULL ? client : "",
             client != NULL ? "\"" : "");
    return event_at("sale", seq, ts_ms, rest);
}

static inline const char *sale(int seq, int receipt, const char *client)
{
    return sale_at(seq, receipt, NOON, client);
}

static inline const char *taken_back(int seq, int receipt)
{
    char rest[32];

    snprintf(rest, sizeof rest, ",\"receipt\":%d", receipt);
    return event("void", seq, rest);
}

/* A sale of one, without amount and client, whose receipt is its number. */
static inline void take_sale_at(struct office *office, int seq, int64_t ts_ms, const char *clock)
{
    char rest[96];

    snprintf(rest, sizeof rest, ",\"clock\":\"%s\",\"receipt\":%d,\"quantity\":1", clock, seq);
    take(office, event_at("sale", seq, ts_ms, rest));
}

static inline int64_t ask(struct office *office, const char *sql)
{
    struct store_rows *rows = store_query(office->store, sql, "");
    int64_t value = store_next(rows) && !store_is_null(rows, 0) ? store_int(rows, 0) : -1;

    store_rows_end(rows);
    assert_int_equal(store_status(office->store), STORE_OK);
    return value;
}

/* Rows of one text column, each with a line end. */
static inline void assert_lines(struct office *office, const char *sql, const char *expected)
{
    struct store_rows *rows = store_query(office->store, sql, "");
    char text[8192] = "";

    while (store_next(rows)) {
        strncat(text, store_text(rows, 0), sizeof text - strlen(text) - 1);
        strncat(text, "\n", sizeof text - strlen(text) - 1);
    }
    assert_int_equal(store_status(office->store), STORE_OK);
    assert_string_equal(text, expected);
}

struct totals {
    int64_t sales, quantity, amount, clients, voided, unpriced;
};

static inline void assert_day(struct office *office, int32_t day, struct totals expected)
{
    struct store_rows *rows =
        store_query(office->store,
                    "SELECT sales, quantity, amount, named_clients + anonymous, voided, unpriced "
                    "FROM daily WHERE cart = 'BBCL23' AND day = $1",
                    "i", (int64_t)day);

    assert_true(store_next(rows));
    assert_int_equal(store_int(rows, 0), expected.sales);
    assert_int_equal(store_int(rows, 1), expected.quantity);
    assert_int_equal(store_int(rows, 2), expected.amount);
    assert_int_equal(store_int(rows, 3), expected.clients);
    assert_int_equal(store_int(rows, 4), expected.voided);
    assert_int_equal(store_int(rows, 5), expected.unpriced);
    store_rows_end(rows);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_office, close_office, NULL                                            \
    }

#endif
