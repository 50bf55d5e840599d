/* Proves that a simulation makes what its row says: as many records, valid ones, the same again
 * after a restart, and never more. */
#include "collector/api/simulation.h"
#include "collector/members/member.h"
#include "collector/orders/order.h"
#include "common/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define NOW 1790000000000LL

static struct simulation make(enum simulation_kind kind, int64_t carts, int64_t total)
{
    return (struct simulation){ .id = "0123456789abcdef0123456789abcdef",
                                .kind = kind,
                                .carts = carts,
                                .total = total,
                                .seed = 7,
                                .started_ms = NOW };
}

static int64_t number(struct store *store, const char *sql)
{
    struct store_rows *rows = store_query(store, sql, "");

    assert_true(store_next(rows));
    int64_t value = store_int(rows, 0);
    store_rows_end(rows);
    return value;
}

static void carry_out(struct store *store, int64_t step)
{
    struct simulation simulation;

    while (simulation_next(store, &simulation)) {
        store_begin(store);
        assert_true(simulation_advance(store, &simulation, step));
        assert_int_equal(store_commit(store), STORE_OK);
    }
}

/* Each event is valid, seqs and receipts have no gap, times are not ahead. */
static void check_events(struct store *store, int64_t carts)
{
    int64_t seq[8] = { 0 }, receipt[8] = { 0 };
    struct store_rows *rows = store_query(store, "SELECT value FROM effects ORDER BY position", "");

    for (int64_t i = 0; store_next(rows); i++) {
        struct json_reason why;
        struct event event;
        size_t length;
        const char *bytes = store_bytes(rows, 0, &length);
        assert_true(event_read(bytes, length, &event, &why));
        assert_int_equal(strncmp(event.cart, "SIM", 3), 0);
        assert_int_equal(event.seq, ++seq[i % carts]);
        if (event.type == EVENT_SALE)
            assert_int_equal(event.receipt, ++receipt[i % carts]);
        assert_true(event.ts_ms <= NOW);
    }
    store_rows_end(rows);
    assert_true(receipt[0] > 0 && receipt[0] < seq[0]);
}

static void events_are_as_many_as_asked_for_valid_and_without_gaps(void **state)
{
    struct store *store = *state;
    struct simulation simulation = make(SIMULATION_EVENTS, 7, 200);

    assert_true(simulation_add(store, &simulation));
    carry_out(store, 64);
    assert_int_equal(number(store, "SELECT COUNT(*) FROM effects"), 200);
    check_events(store, 7);
    assert_true(simulation_read(store, simulation.id, &simulation));
    assert_int_equal(simulation.produced, 200);
}

static void the_same_records_come_whatever_the_steps(void **state)
{
    struct store *store = *state;
    struct simulation simulation = make(SIMULATION_EVENTS, 3, 50);

    simulation_add(store, &simulation);
    carry_out(store, 50);
    store_run(store, "CREATE TABLE before AS SELECT id, value FROM effects", "");
    store_run(store, "DELETE FROM effects", "");
    store_run(store, "UPDATE simulations SET produced = 0", "");
    carry_out(store, 3);
    assert_int_equal(number(store, "SELECT COUNT(*) FROM effects JOIN before USING (id, value)"),
                     50);
}

static void a_step_that_another_process_made_is_not_made_again(void **state)
{
    struct store *store = *state;
    struct simulation simulation = make(SIMULATION_EVENTS, 3, 50), late;

    simulation_add(store, &simulation);
    assert_true(simulation_next(store, &late));
    carry_out(store, 50);
    store_begin(store);
    assert_false(simulation_advance(store, &late, 10));
    store_rollback(store);
}

static void orders_and_applications_can_be_read_by_their_roles(void **state)
{
    struct store *store = *state;
    struct simulation orders = make(SIMULATION_ORDERS, 3, 20);
    struct simulation members = make(SIMULATION_MEMBERS, 30, 20);
    struct json_reason why;
    size_t length;

    for (int64_t i = 0; i < 20; i++) {
        simulation_enqueue(store, &orders, i);
        simulation_enqueue(store, &members, i);
    }
    assert_int_equal(number(store, "SELECT COUNT(*) FROM effects"), 40);
    struct store_rows *rows = store_query(store, "SELECT topic, value FROM effects", "");
    while (store_next(rows)) {
        struct order order;
        struct member member;
        const char *bytes = store_bytes(rows, 1, &length);
        if (strcmp(store_text(rows, 0), TOPIC_ORDER_REQUESTS) == 0) {
            assert_true(order_read_request(bytes, length, NOW, &order, &why));
            continue;
        }
        assert_string_equal(store_text(rows, 0), TOPIC_MEMBERS);
        cJSON *object = json_read_object(bytes, length, 4096, 3, &why);
        assert_non_null(object);
        assert_true(member_read_record(object, &member, &why));
        cJSON_Delete(object);
    }
    store_rows_end(rows);
}

static void no_more_than_a_few_wait(void **state)
{
    struct simulation simulation = make(SIMULATION_EVENTS, 1, 1);

    for (int i = 0; i < SIMULATION_WAITING_MAX; i++) {
        snprintf(simulation.id, sizeof simulation.id, "%d", i);
        assert_true(simulation_add(*state, &simulation));
    }
    assert_false(simulation_add(*state, &simulation));
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("events are as many as asked for, valid and without gaps",
              events_are_as_many_as_asked_for_valid_and_without_gaps),
        CLAIM("the same records come, whatever the steps",
              the_same_records_come_whatever_the_steps),
        CLAIM("a step that another process made is not made again",
              a_step_that_another_process_made_is_not_made_again),
        CLAIM("orders and applications can be read by their roles",
              orders_and_applications_can_be_read_by_their_roles),
        CLAIM("no more than a few wait", no_more_than_a_few_wait),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
