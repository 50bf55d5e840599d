/* Claim: each part of what becomes of an order is done with the whole or not at all. */
#include "dispatch_office.h"

/* ---- a death between any two writes */

#define BOMB_TABLES                                                                                \
    {                                                                                              \
        "orders", "offers", "effects", "mails", "alerts", "order_steps", "order_changes",          \
            "order_sales"                                                                          \
    }

/* Writes to the store fail from the n-th on. */
static void plant_bombs(struct office *office)
{
    static const char *const tables[] = BOMB_TABLES;
    char sql[300];

    run(office, "CREATE TABLE bomb (n BIGINT)");
    run(office, "INSERT INTO bomb VALUES (1000000)");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (int k = 0; k < 2; k++) {
            const char *how = k == 0 ? "INSERT" : "UPDATE";
            snprintf(sql, sizeof sql,
                     "CREATE TRIGGER %s_%s BEFORE %s ON %s BEGIN UPDATE bomb SET n = n - 1; SELECT "
                     "RAISE(ABORT, 'bomb') FROM bomb WHERE n < 0; END",
                     tables[i], how, how, tables[i]);
            assert_true(store_script(office->store, sql));
        }
}

/* All that was written, but for what says when. */
static char *all_of(struct office *office)
{
    return words(
        office, "SELECT id || status || COALESCE(cart, '') || turn || returns || COALESCE("
                "offer_cart, '') FROM orders UNION ALL SELECT turn || cart || COALESCE(outcome, "
                "'') FROM offers UNION ALL SELECT id || value FROM effects UNION ALL SELECT id "
                "FROM mails UNION ALL SELECT subject FROM alerts UNION ALL SELECT order_id || cart "
                "|| seq || told FROM order_steps UNION ALL SELECT order_id || turn || status FROM "
                "order_changes UNION ALL SELECT order_id || cart || outcome FROM order_sales "
                "WHERE outcome IS NOT NULL");
}

/* The transactions of a history: each is tried with a bomb at each of its writes, and then once
 * without. True where the bomb went off. */
static bool try_with(struct office *office, int writes, const struct step *step)
{
    struct role_time time = { .now_ms = office->now_ms, .watermark_ms = office->now_ms };
    char text[400];

    store_run(office->store, "UPDATE bomb SET n = $1", "i", (int64_t)writes);
    assert_true(store_begin(office->store));
    role_orders.begin(office->role, office->store, office->now_ms);
    if (step->cart == NULL) {
        role_orders.tick(office->role, &time);
    } else {
        step_text(office, step, text);
        apply(office, TOPIC_ORDER_STEPS, text);
    }
    role_orders.end(office->role);
    if (store_commit(office->store) == STORE_OK)
        return false;
    store_rollback(office->store);
    role_orders.forget(office->role);
    return true;
}

static void a_death_at_any_write_changes_nothing(void **state)
{
    static const struct {
        int64_t later_ms;
        const char *trouble; /* before it; NULL: none */
        struct step step;    /* without a cart: a tick */
    } history[] = {
        { 1000, NULL, { "NEAR01", "rechazado", 1 } },
        { 60000, NULL, { NULL, NULL, 0 } },
        { 1000, NULL, { "NEXT02", "preparando", 1 } }, /* too late */
        { 1000, NULL, { "LAST03", "preparando", 1 } },
        { 1000, NULL, { "LAST03", "rechazado", 2 } },
        { 1000, NULL, { "NEXT02", "preparando", 2 } },
        { 2000, "UPDATE carts SET state = 'offline' WHERE cart = 'NEXT02'", { NULL, NULL, 0 } },
        { 1000, "UPDATE carts SET state = 'heard'", { NULL, NULL, 0 } },
        { 1000, NULL, { "NEXT02", "preparando", 3 } },
        { 1000, NULL, { "NEXT02", "entregando", 4 } },
        { 2000, "UPDATE carts SET state = 'vanished' WHERE cart = 'NEXT02'", { NULL, NULL, 0 } },
        { 1000, NULL, { "NEXT02", "finalizado", 5 } },
        { 2000,
          "INSERT INTO order_sales (order_id, cart, epoch, seq, at_ms) VALUES ('" ID
          "', 'NEAR01', 'e', 1, 1)",
          { NULL, NULL, 0 } },
    };
    struct office *office = *state;
    int deaths = 0;

    three_carts(office);
    order(office, ID, 2);
    plant_bombs(office);
    for (size_t i = 0; i < sizeof history / sizeof *history; i++) {
        office->now_ms += history[i].later_ms;
        run(office, "UPDATE bomb SET n = 1000000");
        if (history[i].trouble != NULL)
            run(office, history[i].trouble);
        char *before = all_of(office);
        for (int writes = 0; try_with(office, writes, &history[i].step); writes++) {
            char *after = all_of(office);
            assert_string_equal(after, before);
            free(after);
            deaths++;
        }
        char *after = all_of(office);
        assert_string_not_equal(after, before);
        free(after);
        free(before);
    }
    assert_true(deaths > 40);
    assert_is(office, ORDER_DONE, "NEXT02");
    assert_words(office, OFFERS,
                 "1 NEAR01 refused, 2 NEXT02 unanswered, 3 LAST03 given-back, 4 NEXT02 taken-back, "
                 "5 NEXT02 accepted");
    assert_words(office, CHANGES,
                 "recibido preparando recibido/3 preparando/4 recibido/4 preparando/5 entregando "
                 "finalizado");
    assert_int_equal(count(office, LETTERS), 0);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_dispatch, close_office, NULL                                          \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a death at any write changes nothing", a_death_at_any_write_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
