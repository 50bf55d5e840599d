/* Claims about mails of alerts: what comes and goes within minutes wakes nobody, and an end is told
 * to whoever was told of its beginning. */
#include "collector/alerts/alert.h"
#include "collector/base/settings.h"
#include "collector/notify/notify_alerts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define NOW      1790000000000LL
#define AFTER_S  300
#define AFTER_MS (AFTER_S * 1000LL)

static char lang[] = "es", addresses[] = "a@x.cl, b@x.cl", hook[] = "http://127.0.0.1:1/";
static const struct settings settings = {
    .lang = lang, .alert_mail = addresses, .webhook = hook, .alert_mail_after_s = AFTER_S
};

static void begin(struct store *store, enum alert_kind kind, int64_t at_ms)
{
    assert_true(store_begin(store));
    assert_true(alert_raise(store, &(struct alert){ .kind = kind,
                                                    .subject = "BBCL23",
                                                    .cart = "BBCL23",
                                                    .says = SAY_ALERT_STOCK_OUT("BBCL23"),
                                                    .at_ms = at_ms }));
    assert_int_equal(store_commit(store), STORE_OK);
}

static void end(struct store *store, enum alert_kind kind, int64_t at_ms)
{
    assert_true(store_begin(store));
    assert_true(alert_end(store, kind, "BBCL23", at_ms));
    assert_int_equal(store_commit(store), STORE_OK);
}

static void tell(struct store *store, int64_t now_ms)
{
    struct lease lease = { .name = "notify" };

    assert_true(lease_keep(&lease, store, 0));
    while (notify_alerts(&settings, store, &lease, now_ms))
        continue;
    lease_release(&lease, store);
}

static int64_t mails(struct store *store, const char *phase)
{
    char sql[128];

    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM mails WHERE id LIKE 'alert/%%/%s/%%'", phase);
    return ask(store, sql);
}

static int64_t posts(struct store *store)
{
    return ask(store, "SELECT COUNT(*) FROM effects WHERE lane = 'post'");
}

static void what_is_over_within_minutes_is_not_mailed(void **state)
{
    static const enum alert_kind kinds[] = { ALERT_CART_VANISHED, ALERT_LINK_DOWN,
                                             ALERT_GPS_STUCK };
    struct store *store = *state;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        begin(store, kinds[i], NOW);
        tell(store, NOW);
        end(store, kinds[i], NOW + AFTER_MS - 1);
        tell(store, NOW + AFTER_MS - 1);
        assert_int_equal(posts(store), 2 * (int64_t)(i + 1)); /* at once */
        tell(store, NOW + 10 * AFTER_MS);
        assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails"), 0);
    }
    assert_int_equal(posts(store), 6);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE lane = 'alert'"), 0);
}

static void what_lasts_is_mailed_once_and_so_is_its_end(void **state)
{
    struct store *store = *state;

    begin(store, ALERT_CART_VANISHED, NOW);
    tell(store, NOW);
    tell(store, NOW + AFTER_MS - 1);
    assert_int_equal(mails(store, "raised"), 0);
    tell(store, NOW + AFTER_MS);
    assert_int_equal(mails(store, "raised"), 2);
    /* As the alert is, not as the notice is called. */
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails WHERE parameters LIKE "
                                "'%\"status\":\"ACTIVE_UNACK\"%'"),
                     2);
    tell(store, NOW + 2 * AFTER_MS);
    assert_int_equal(mails(store, "raised"), 2);
    end(store, ALERT_CART_VANISHED, NOW + 3 * AFTER_MS);
    tell(store, NOW + 3 * AFTER_MS);
    assert_int_equal(mails(store, "ended"), 2);
    assert_int_equal(posts(store), 2);
}

static void a_stuck_gps_is_mailed_where_it_lasts(void **state)
{
    begin(*state, ALERT_GPS_STUCK, NOW);
    tell(*state, NOW);
    assert_int_equal(mails(*state, "raised"), 0);
    tell(*state, NOW + AFTER_MS);
    assert_int_equal(mails(*state, "raised"), 2);
}

static void a_fugitive_that_vanishes_is_mailed_at_once(void **state)
{
    struct store *store = *state;

    store_run(store,
              "INSERT INTO fugitives (cart, since_ms, reason, locate_ms) "
              "VALUES ('BBCL23', 1, 'report', 0)",
              "");
    begin(store, ALERT_CART_VANISHED, NOW);
    tell(store, NOW);
    assert_int_equal(mails(store, "raised"), 2);
}

static void what_does_not_come_and_go_is_mailed_at_once(void **state)
{
    begin(*state, ALERT_STOCK_OUT, NOW);
    tell(*state, NOW);
    assert_int_equal(mails(*state, "raised"), 2);
}

/* Six times, every ten minutes. */
static void a_cart_that_comes_and_goes_is_one_alert(void **state)
{
    struct store *store = *state;

    for (int i = 0; i < 6; i++) {
        begin(store, ALERT_CART_VANISHED, NOW + i * 2 * AFTER_MS);
        tell(store, NOW + i * 2 * AFTER_MS);
        end(store, ALERT_CART_VANISHED, NOW + i * 2 * AFTER_MS + 1000);
        tell(store, NOW + i * 2 * AFTER_MS + 1000);
    }
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM alerts"), ALERT_OFTEN);
    assert_int_equal(ask(store, "SELECT MAX(times) FROM alerts"), 4);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM alerts WHERE status = 'CLEARED_UNACK'"), 3);
    assert_int_equal(posts(store), 12); /* and each change is told to who counts them */
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE topic = 'carrito.alerts'"), 12);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails"), 0);
    /* Once it stays away, that is mailed. */
    begin(store, ALERT_CART_VANISHED, NOW + 12 * AFTER_MS);
    tell(store, NOW + 12 * AFTER_MS);
    tell(store, NOW + 13 * AFTER_MS);
    assert_int_equal(mails(store, "raised"), 2);
    /* Two hours later it is one of its own. */
    end(store, ALERT_CART_VANISHED, NOW + 14 * AFTER_MS);
    begin(store, ALERT_CART_VANISHED, NOW + 40 * AFTER_MS);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM alerts"), ALERT_OFTEN + 1);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("what is over within minutes is not mailed",
              what_is_over_within_minutes_is_not_mailed),
        CLAIM("what lasts is mailed once, and so is its end",
              what_lasts_is_mailed_once_and_so_is_its_end),
        CLAIM("a cart that comes and goes is one alert", a_cart_that_comes_and_goes_is_one_alert),
        CLAIM("a stuck GPS is mailed where it lasts", a_stuck_gps_is_mailed_where_it_lasts),
        CLAIM("a fugitive that vanishes is mailed at once",
              a_fugitive_that_vanishes_is_mailed_at_once),
        CLAIM("what does not come and go is mailed at once",
              what_does_not_come_and_go_is_mailed_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
