/* Claims about outgoing: what is queued for Kafka is written with its cause, in order, once per id,
 * and a dead letter is the bytes as they came. Alerts are rows of the same kind: opened once. */
#include "collector/alerts/alert.h"
#include "collector/effects/outgoing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

static void a_dead_letter_is_the_bytes_as_they_came(void **state)
{
    static const char bytes[] = { '{', '\0', (char)0xc3, '"', '\n' };
    static const char key[] = { 'k', '\0', 'y' };
    struct kafka_record record = { .topic = "carrito.sales",
                                   .partition = 4,
                                   .offset = 17,
                                   .key = key,
                                   .key_length = sizeof key,
                                   .value = bytes,
                                   .value_length = sizeof bytes };
    struct json_reason why;
    size_t length = 0;

    json_refuse(&why, "", SAY_REASON_NUL());
    outgoing_dead_letter(*state, &record, &why);
    struct store_rows *rows = store_query(
        *state, "SELECT record_key, value, error, source, topic, about FROM effects", "");
    assert_true(store_next(rows));
    const void *stored = store_bytes(rows, 0, &length);
    assert_int_equal(length, sizeof key);
    assert_memory_equal(stored, key, sizeof key);
    stored = store_bytes(rows, 1, &length);
    assert_int_equal(length, sizeof bytes);
    assert_memory_equal(stored, bytes, sizeof bytes);
    assert_string_equal(store_text(rows, 2), "NUL byte");
    assert_string_equal(store_text(rows, 3), "kafka:carrito.sales/4/17");
    assert_string_equal(store_text(rows, 4), "carrito.dead-letters");
    assert_string_equal(store_text(rows, 5), "{\"say\":\"nul\"}");
    store_rows_end(rows);
}

static void an_empty_record_is_a_dead_letter_too(void **state)
{
    struct kafka_record record = { .topic = "carrito.sales", .value = "" };
    struct json_reason why;

    json_refuse(&why, "", SAY_REASON_EMPTY());
    outgoing_dead_letter(*state, &record, &why);
    assert_int_equal(ask(*state, "SELECT LENGTH(value) FROM effects WHERE record_key IS NULL"), 0);
}

static void an_id_is_owed_once_and_order_is_kept(void **state)
{
    static const char *const ids[] = { "z", "a", "z", "m" };
    char order[8] = "";

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        outgoing_add(*state, &(struct outgoing){ .id = ids[i],
                                                 .topic = "carrito.alerts",
                                                 .value = "{}",
                                                 .value_length = 2 });
    struct store_rows *rows = store_query(*state, "SELECT id FROM effects ORDER BY position", "");
    while (store_next(rows))
        strcat(order, store_text(rows, 0));
    assert_string_equal(order, "zam");
}

static void what_caused_it_and_was_undone_owes_nothing(void **state)
{
    store_begin(*state);
    outgoing_add(*state,
                 &(struct outgoing){ .id = "a", .topic = "t", .value = "{}", .value_length = 2 });
    store_rollback(*state);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM effects"), 0);
}

static void one_alert_is_open_per_kind_and_subject(void **state)
{
    struct alert alert = { .kind = ALERT_KAFKA_LOST_DATA,
                           .subject = "sales/carrito.sales/3",
                           .says = SAY_ALERT_KAFKA_LOST_DATA(),
                           .at_ms = 1000 };

    assert_true(alert_raise(*state, &alert));
    alert.at_ms = 2000;
    assert_false(alert_raise(*state, &alert));
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM alerts"), 1);
    assert_int_equal(ask(*state, "SELECT started_ms FROM alerts"), 1000);
    alert.subject = "sales/carrito.sales/4";
    assert_true(alert_raise(*state, &alert));
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM alerts WHERE status = 'ACTIVE_UNACK'"), 2);
    assert_true(alert_end(*state, ALERT_KAFKA_LOST_DATA, alert.subject, 4000));
    assert_false(alert_end(*state, ALERT_KAFKA_LOST_DATA, alert.subject, 4000));
    assert_true(alert_raise(*state, &alert));
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM alerts WHERE ended_ms IS NULL"), 2);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM alerts"), 3);
}

static void an_alert_lives_from_unseen_to_cleared(void **state)
{
    static const struct {
        const char *status;
        bool acknowledge, end, clear;
    } lives[] = {
        { "ACTIVE_UNACK", false, false, false }, { "ACTIVE_ACK", true, false, false },
        { "CLEARED_UNACK", false, true, false }, { "CLEARED_ACK", true, true, false },
        { "CLEARED_ACK", false, false, true },
    };

    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
        char subject[16], id[ALERT_ID_SIZE];
        snprintf(subject, sizeof subject, "BBCL2%zu", i);
        alert_raise(*state, &(struct alert){ .kind = ALERT_STOCK_OUT,
                                             .subject = subject,
                                             .cart = subject,
                                             .says = SAY_ALERT_STOCK_OUT(subject),
                                             .at_ms = 1000 });
        struct store_rows *rows =
            store_query(*state, "SELECT id FROM alerts WHERE subject = $1", "t", subject);
        assert_true(store_next(rows));
        snprintf(id, sizeof id, "%s", store_text(rows, 0));
        store_rows_end(rows);
        assert_int_equal(lives[i].acknowledge && !alert_acknowledge(*state, id, 2000), 0);
        assert_int_equal(lives[i].end && !alert_end(*state, ALERT_STOCK_OUT, subject, 3000), 0);
        assert_int_equal(lives[i].clear && !alert_clear(*state, id, 3000), 0);
        rows = store_query(*state, "SELECT status FROM alerts WHERE id = $1", "t", id);
        assert_true(store_next(rows));
        assert_string_equal(store_text(rows, 0), lives[i].status);
        store_rows_end(rows);
    }
    /* Each change is queued for Kafka once: 1 + 2 + 2 + 3 + 2. */
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM effects WHERE topic = 'carrito.alerts'"),
                     10);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM effects WHERE lane = 'alert'"), 10);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a dead letter is the bytes as they came", a_dead_letter_is_the_bytes_as_they_came),
        CLAIM("an empty record is a dead letter too", an_empty_record_is_a_dead_letter_too),
        CLAIM("an id is owed once, and the order is kept", an_id_is_owed_once_and_order_is_kept),
        CLAIM("what is undone queues nothing", what_caused_it_and_was_undone_owes_nothing),
        CLAIM("one alert is open per kind and subject", one_alert_is_open_per_kind_and_subject),
        CLAIM("an alert lives from unseen to cleared", an_alert_lives_from_unseen_to_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
