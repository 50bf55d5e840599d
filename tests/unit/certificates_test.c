/* Claims about `certificate-expiring`: raised fourteen days before a certificate ends that a cart
 * or a bridge connects by, once, and ended by the word of another one. */
#include "location_office.h"

#include "collector/alerts/alert.h"

#define DAY_MS  86400000LL
#define WARN_MS (14 * DAY_MS)
#define ALERTS                                                                                     \
    "SELECT COALESCE(GROUP_CONCAT(x, '; '), '') FROM (SELECT subject || ' ' || COALESCE(cart, "    \
    "'-') || ' ' || (started_ms - 1790000000000) || ' ' || COALESCE(CAST(ended_ms - "              \
    "1790000000000 AS TEXT), '-') AS x FROM alerts WHERE kind = 'certificate-expiring' "           \
    "ORDER BY started_ms, subject)"

static void heartbeat(struct office *office, int64_t at_ms, int64_t end_ms)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"ts_ms\":%lld,\"waiting\":0,\"acked\":1,\"certificate_ms\":%lld}", NOON + at_ms,
             NOON + end_ms);
    headers.type = "heartbeat";
    take(office, "carrito.presence", text, NOON + at_ms);
    headers.type = NULL;
}

static void beat(struct office *office, int32_t partition, int64_t at_ms, int64_t end_ms)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"bridge\":\"b1\",\"mqtt\":true,\"ts_ms\":%lld,\"certificate_ms\":%lld}",
             NOON + at_ms, NOON + end_ms);
    headers.type = "beat";
    take_from(office, partition, "carrito.presence", text, NOON + at_ms);
    headers.type = NULL;
}

static void look(struct office *office, int64_t at_ms)
{
    struct role_time time = { .now_ms = NOON + at_ms };

    if (role_location.due(office->role, office->store, &time) == ROLE_NOTHING_DUE)
        return;
    assert_true(store_begin(office->store));
    role_location.begin(office->role, office->store, time.now_ms);
    role_location.tick(office->role, &time);
    role_location.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static void a_carts_certificate_is_told_of_14_days_before_its_end(void **state)
{
    struct office *office = *state;

    heartbeat(office, 1000, 1000 + WARN_MS + 120000);
    look(office, 2000);
    assert_string_equal(ask(office, ALERTS), "");
    look(office, 121001 + 60000); /* no further word came */
    assert_string_equal(ask(office, ALERTS), "BBCL23 BBCL23 121000 -");
    assert_string_equal(ask(office, "SELECT details FROM alerts WHERE kind = "
                                    "'certificate-expiring'"),
                        "A certificate of cart BBCL23 ends on 2026-10-05; without a new one it "
                        "cannot connect.");
}

static void one_that_is_heard_of_late_is_told_at_once(void **state)
{
    struct office *office = *state;

    look(office, 500); /* the next would be in a minute */
    heartbeat(office, 1000, DAY_MS);
    look(office, 1100);
    assert_string_equal(ask(office, ALERTS), "BBCL23 BBCL23 1000 -");
}

static void a_newer_one_ends_the_alert(void **state)
{
    struct office *office = *state;

    heartbeat(office, 1000, DAY_MS);
    look(office, 2000);
    heartbeat(office, 21000, DAY_MS);
    assert_string_equal(ask(office, ALERTS), "BBCL23 BBCL23 1000 -");
    heartbeat(office, 41000, 365 * DAY_MS);
    look(office, 100000);
    assert_string_equal(ask(office, ALERTS), "BBCL23 BBCL23 1000 41000");
}

static void what_an_operator_cleared_is_not_told_again(void **state)
{
    struct office *office = *state;

    heartbeat(office, 1000, DAY_MS);
    look(office, 2000);
    assert_true(store_begin(office->store));
    assert_true(alert_end(office->store, ALERT_CERTIFICATE_EXPIRING, CART, NOON + 3000));
    assert_int_equal(store_commit(office->store), STORE_OK);
    for (int64_t at = 21000; at < 300000; at += 20000) {
        heartbeat(office, at, DAY_MS);
        look(office, at + 1);
    }
    assert_string_equal(ask(office, ALERTS), "BBCL23 BBCL23 1000 3000");
}

static void a_bridge_has_one_alert_whichever_partition_says_it(void **state)
{
    struct office *office = *state;

    beat(office, 0, 1000, DAY_MS);
    beat(office, 1, 1000, DAY_MS);
    look(office, 2000);
    beat(office, 0, 3000, 365 * DAY_MS);
    beat(office, 1, 2500, DAY_MS); /* a partition that is behind */
    look(office, 100000);
    assert_string_equal(ask(office, ALERTS), "b1 - 1000 3000");
}

static void say(struct office *office, const char *state, const char *rest, int64_t at_ms)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"state\":\"%s\",\"epoch\":\"" EPOCH "\",\"session\":3,\"version\":\"1\","
             "\"ts_ms\":%lld%s}",
             state, NOON + at_ms, rest);
    headers.type = "state";
    take(office, "carrito.presence", text, NOON + at_ms);
    headers.type = NULL;
}

static void a_request_stands_until_the_cart_says_none(void **state)
{
    static const char asked[] = "SELECT COALESCE(MAX(request), '') FROM certificate_requests";
    struct office *office = *state;

    say(office, "online", ",\"request\":\"one\"", 1000);
    say(office, "lost", "", 2000); /* the will was written at the connection's start */
    assert_string_equal(ask(office, asked), "one");
    say(office, "online", ",\"request\":\"two\"", 3000);
    say(office, "online", "", 2500); /* an older word, of another partition */
    say(office, "online", ",\"request\":5", 2600);
    assert_string_equal(ask(office, asked), "two");
    say(office, "offline", ",\"request\":\"two\"", 4000);
    assert_string_equal(ask(office, asked), "two");
    say(office, "online", "", 5000);
    assert_string_equal(ask(office, asked), "");
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("a cart's certificate is told of 14 days before its end",
              a_carts_certificate_is_told_of_14_days_before_its_end),
        CLAIM("one that is heard of late is told at once",
              one_that_is_heard_of_late_is_told_at_once),
        CLAIM("a newer one ends the alert", a_newer_one_ends_the_alert),
        CLAIM("what an operator cleared is not told again",
              what_an_operator_cleared_is_not_told_again),
        CLAIM("a bridge has one alert, whichever partition says it",
              a_bridge_has_one_alert_whichever_partition_says_it),
        CLAIM("a request stands until the cart says none",
              a_request_stands_until_the_cart_says_none),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
