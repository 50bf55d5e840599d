/* Proves what an operator's decision does with an event that was set aside: accepted, it counts
 * once under an identity of its own; dropped, not at all; the alert ends with the cart's last one.
 */
#include "collector/alerts/alert.h"
#include "collector/sales/set_aside.h"
#include "common/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define NOW 1790000100000LL
#define HEAD                                                                                       \
    "{\"v\":1,\"cart\":\"BBCL23\",\"epoch\":\"9f0c9f0c9f0c9f0c\",\"seq\":4,"                       \
    "\"ts_ms\":1790000000000,\"clock\":\"gps\","
#define SALE  HEAD "\"type\":\"sale\",\"receipt\":3,\"quantity\":2,\"client\":\"Ana\"}"
#define VOID  HEAD "\"type\":\"void\",\"receipt\":3}"
#define CLOCK HEAD "\"type\":\"clock\",\"boot\":\"b\",\"boot_ms\":5}"

static void set_aside(struct store *store, const char *id, const char *text)
{
    store_run(store,
              "INSERT INTO set_aside (id, time_ms, cart, epoch, seq, reason, text) "
              "VALUES ($1, 1, 'BBCL23', '9f0c9f0c9f0c9f0c', 4, 'identity-conflict', $2)",
              "tt", id, text);
}

static int open_conflict(void **state)
{
    if (open_store(state) != 0)
        return -1;
    struct store *store = *state;
    alert_raise(store, &(struct alert){ .kind = ALERT_IDENTITY_CONFLICT,
                                        .subject = "BBCL23",
                                        .cart = "BBCL23",
                                        .says = SAY_ALERT_IDENTITY_CONFLICT("BBCL23", "e", 1),
                                        .at_ms = 1 });
    store_run(store, "DELETE FROM effects", "");
    return 0;
}

static enum set_aside_verdict accept(struct store *store, const char *id, struct json_reason *why)
{
    store_begin(store);
    enum set_aside_verdict verdict = set_aside_accept(store, id, NOW, why);
    if (verdict == SET_ASIDE_DECIDED)
        assert_int_equal(store_commit(store), STORE_OK);
    else
        store_rollback(store);
    return verdict;
}

static int64_t number(struct store *store, const char *sql)
{
    struct store_rows *rows = store_query(store, sql, "");

    assert_true(store_next(rows));
    int64_t value = store_int(rows, 0);
    store_rows_end(rows);
    return value;
}

static int64_t open_alerts(struct store *store)
{
    return number(store, "SELECT COUNT(*) FROM alerts WHERE ended_ms IS NULL");
}

static void an_accepted_sale_counts_once_under_an_identity_of_its_own(void **state)
{
    struct store *store = *state;
    struct json_reason why = { 0 };
    struct event event;

    set_aside(store, "a", SALE);
    assert_int_equal(accept(store, "a", &why), SET_ASIDE_DECIDED);
    assert_int_equal(accept(store, "a", &why), SET_ASIDE_UNKNOWN);
    struct store_rows *rows =
        store_query(store, "SELECT value FROM effects WHERE topic = 'carrito.sales'", "");
    assert_true(store_next(rows));
    size_t length;
    const char *bytes = store_bytes(rows, 0, &length);
    assert_true(event_read(bytes, length, &event, &why));
    assert_false(store_next(rows));
    assert_string_not_equal(event.epoch, "9f0c9f0c9f0c9f0c");
    assert_int_equal(event.seq, 1);
    assert_int_equal(event.receipt, 1);
    assert_int_equal(event.quantity, 2);
    assert_string_equal(event.client, "Ana");
    assert_int_equal(event.ts_ms, 1790000000000);
}

static void a_dropped_one_counts_nowhere(void **state)
{
    struct store *store = *state;

    set_aside(store, "a", SALE);
    store_begin(store);
    assert_int_equal(set_aside_drop(store, "a", NOW), SET_ASIDE_DECIDED);
    assert_int_equal(set_aside_drop(store, "a", NOW), SET_ASIDE_UNKNOWN);
    assert_int_equal(set_aside_drop(store, "nothing", NOW), SET_ASIDE_UNKNOWN);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(number(store, "SELECT COUNT(*) FROM effects WHERE topic = 'carrito.sales'"),
                     0);
}

static void the_alert_ends_with_the_last_one_of_the_cart(void **state)
{
    struct store *store = *state;
    struct json_reason why = { 0 };

    set_aside(store, "a", SALE);
    set_aside(store, "b", SALE);
    assert_int_equal(accept(store, "a", &why), SET_ASIDE_DECIDED);
    assert_int_equal(open_alerts(store), 1);
    store_begin(store);
    assert_int_equal(set_aside_drop(store, "b", NOW), SET_ASIDE_DECIDED);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(open_alerts(store), 0);
}

static void a_void_takes_back_the_receipt_of_the_carts_own_epoch(void **state)
{
    struct store *store = *state;
    struct json_reason why = { 0 };
    struct event event;
    size_t length;

    set_aside(store, "a", VOID);
    assert_int_equal(accept(store, "a", &why), SET_ASIDE_REFUSED);
    assert_string_equal(why.field, "receipt");
    store_run(store,
              "INSERT INTO sources (source, cart, epoch, highest_seq, highest_receipt, duplicates, "
              "set_aside, member_checked) VALUES (1, 'BBCL23', '9f0c9f0c9f0c9f0c', 4, 3, 0, 0, 0)",
              "");
    store_run(store,
              "INSERT INTO receipts (source, seq, hash, kind, day, ts_ms, receipt, quantity) "
              "VALUES (1, 3, 0, 0, 1, 1, 3, 2)",
              "");
    assert_int_equal(accept(store, "a", &why), SET_ASIDE_DECIDED);
    struct store_rows *rows =
        store_query(store, "SELECT value FROM effects WHERE topic = 'carrito.sales'", "");
    assert_true(store_next(rows));
    const char *bytes = store_bytes(rows, 0, &length);
    assert_true(event_read(bytes, length, &event, &why));
    store_rows_end(rows);
    assert_int_equal(event.receipt, 3);
    assert_string_equal(event.sale_epoch, "9f0c9f0c9f0c9f0c");
}

static void a_clock_event_cannot_be_accepted(void **state)
{
    struct store *store = *state;
    struct json_reason why = { 0 };

    set_aside(store, "a", CLOCK);
    assert_int_equal(accept(store, "a", &why), SET_ASIDE_REFUSED);
    assert_string_equal(why.field, "type");
    assert_int_equal(open_alerts(store), 1);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_conflict, close_store, NULL                                           \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("an accepted sale counts once, under an identity of its own",
              an_accepted_sale_counts_once_under_an_identity_of_its_own),
        CLAIM("a dropped one counts nowhere", a_dropped_one_counts_nowhere),
        CLAIM("the alert ends with the last one of the cart",
              the_alert_ends_with_the_last_one_of_the_cart),
        CLAIM("a void takes back the receipt of the cart's own epoch",
              a_void_takes_back_the_receipt_of_the_carts_own_epoch),
        CLAIM("a clock event cannot be accepted", a_clock_event_cannot_be_accepted),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
