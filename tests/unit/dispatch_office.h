/* Orders, carts and their vendors, where the role `orders` dispatches. */
#ifndef CARRITO_TESTS_DISPATCH_OFFICE_H
#define CARRITO_TESTS_DISPATCH_OFFICE_H

#include "orders_office.h"

#include "collector/orders/dispatch.h"

#define EPOCH "9f0c9f0c9f0c9f0c"
#define OFFERS                                                                                     \
    "SELECT GROUP_CONCAT(turn || ' ' || cart || ' ' || outcome, ', ') FROM (SELECT turn, cart, "   \
    "COALESCE(outcome, 'open') AS outcome FROM offers WHERE order_id = '" ID "' ORDER BY turn)"
#define COMMANDS                                                                                   \
    "SELECT REPLACE(id, '" ID "', 'o') || '>' || record_key FROM effects WHERE lane = 'command' "  \
    "ORDER BY position"
#define CHANGES                                                                                    \
    "SELECT REPLACE(id, '" ID "/', '') FROM effects WHERE topic = 'carrito.order-processing' "     \
    "ORDER BY position"
#define MAILS   "SELECT REPLACE(id, 'order/" ID "/', '') FROM mails ORDER BY created_ms, id"
#define ALERTS  "SELECT REPLACE(subject, '" ID "', 'o') FROM alerts ORDER BY subject"
#define LETTERS "SELECT COUNT(*) FROM effects WHERE topic = 'carrito.dead-letters'"

static inline int open_dispatch(void **state)
{
    return open_with(state, "dispatch", 0);
}

static inline void run(struct office *office, const char *sql)
{
    store_run(office->store, sql, "");
    assert_int_equal(store_status(office->store), STORE_OK);
}

/* As on the first morning, for the next row of a table of claims. */
static inline void empty(struct office *office)
{
    static const char *const statements[] = {
        "DELETE FROM carts",  "DELETE FROM stock_levels", "DELETE FROM orders",
        "DELETE FROM offers", "DELETE FROM order_steps",  "DELETE FROM effects",
        "DELETE FROM alerts",
    };

    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        run(office, statements[i]);
}

/* A cart that may be offered anything, so many metres north of the buyer. */
static inline void add_cart(struct office *office, const char *cart, int metres)
{
    store_run(office->store,
              "INSERT INTO carts (cart, state, fugitive, lat, lon, fix_ms, heard_ms, listens) "
              "VALUES ($1, 'heard', 0, $2, -70.65, $3, $3, 1)",
              "tni", cart, -33.45 + metres / 111195.0, NOON);
    store_run(office->store,
              "INSERT INTO stock_levels (cart, epoch, seq, time_ms, stock, batch, is_out) "
              "VALUES ($1, 'e', 1, $2, 10, 0, 0)",
              "ti", cart, NOON - 60000);
    assert_int_equal(store_status(office->store), STORE_OK);
}

static inline void three_carts(struct office *office)
{
    add_cart(office, "NEAR01", 100);
    add_cart(office, "NEXT02", 200);
    add_cart(office, "LAST03", 300);
}

static inline void order(struct office *office, const char *id, int quantity)
{
    char text[400];

    snprintf(text, sizeof text,
             "{\"id\":\"%s\",\"product\":\"Sopaipilla\",\"price\":500,\"quantity\":%d,"
             "\"email\":\"ana@example.cl\",\"lat\":-33.45,\"lon\":-70.65,"
             "\"place\":\"el kiosco\",\"time_ms\":%lld}",
             id, quantity, (long long)office->now_ms);
    take(office, TOPIC_ORDER_REQUESTS, text);
}

struct step {
    const char *cart, *status;
    int seq;
};

static inline void step_text(const struct office *office, const struct step *step, char text[400])
{
    snprintf(text, 400,
             "{\"v\":1,\"type\":\"order\",\"cart\":\"%s\",\"epoch\":\"" EPOCH "\",\"seq\":%d,"
             "\"ts_ms\":%lld,\"clock\":\"gps\",\"order\":\"" ID "\",\"status\":\"%s\"}",
             step->cart, step->seq, (long long)office->now_ms, step->status);
}

static inline void say(struct office *office, const char *cart, const char *status, int seq)
{
    char text[400];

    step_text(office, &(struct step){ cart, status, seq }, text);
    take(office, TOPIC_ORDER_STEPS, text);
}

static inline void pass(struct office *office, int64_t ms)
{
    office->now_ms += ms;
    tick(office, office->now_ms);
}

/* A tick that something else asked for; all that Kafka had until then is applied. */
static inline void tick_knowing(struct office *office, int64_t watermark_ms)
{
    struct role_time time = { .now_ms = office->now_ms, .watermark_ms = watermark_ms };

    begin(office, office->now_ms);
    role_orders.tick(office->role, &time);
    commit(office);
}

static inline struct order read_order(struct office *office)
{
    struct order order;

    assert_true(order_book_read(office->store, ID, &order));
    return order;
}

static inline void assert_is(struct office *office, enum order_state state, const char *cart)
{
    struct order order = read_order(office);

    assert_string_equal(order_state_names[order.state], order_state_names[state]);
    assert_string_equal(order.cart, cart);
}

static inline struct dispatch *open_desk(struct office *office, struct dispatch *desk)
{
    *desk = (struct dispatch){ .now_ms = 0 };
    assert_true(store_begin(office->store));
    dispatch_begin(desk, &office->settings, office->store, office->now_ms);
    return desk;
}

static inline void close_desk(struct office *office, struct dispatch *desk)
{
    assert_int_equal(store_commit(office->store), STORE_OK);
    dispatch_free(desk);
}

enum act { ASSIGN, RELEASE, HOLD, CANCEL };

static inline bool act(struct office *office, enum act act, const char *cart)
{
    struct order order = read_order(office);
    struct dispatch desk;
    bool done = false;

    open_desk(office, &desk);
    if (act == ASSIGN)
        done = dispatch_assign(&desk, &order, cart);
    else if (act == RELEASE)
        done = dispatch_release(&desk, &order);
    else if (act == HOLD)
        done = dispatch_hold(&desk, &order);
    else
        done = dispatch_cancel(&desk, &order);
    close_desk(office, &desk);
    return done;
}

#endif
