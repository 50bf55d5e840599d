/* Claims about what the store forgets with age: what is old enough goes in batches, what decides
 * about repetitions and what is not over stays, and without a limit only mails go. */
#include "collector/alerts/alert.h"
#include "collector/store/retention.h"

#include "common/day.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define NOW       1790000000000LL
#define DAY_MS    86400000LL
#define DAYS      30
#define TURNS_MAX 1000

#define BLANK_ROWS 300000
#define TRIES      5

/* Until there is no more; returns the batches. */
static int forget_by(struct store *store, const struct retention *bounds)
{
    enum retention_result result;
    int turns = 0;

    while ((result = retention_turn(store, bounds, NOW)) == RETENTION_MORE)
        assert_true(++turns < TURNS_MAX);
    assert_int_equal(result, RETENTION_DONE);
    return turns;
}

static int forget_all(struct store *store, int64_t days)
{
    return forget_by(store, &(struct retention){ .days = days });
}

/* Runs the statement with a time so many days ago. */
static void put(struct store *store, const char *sql, int64_t days_ago)
{
    assert_true(store_run(store, sql, "i", NOW - days_ago * DAY_MS));
}

static void tracks_go_by_whole_days_of_the_calendar(void **state)
{
    static const char fix[] = "INSERT INTO track (cart, fix_ms, lat, lon) VALUES ($1, $2, 1, 2)";
    struct store *store = *state;
    int64_t first_ms = day_start_ms(day_of_ms(NOW) - DAYS);

    store_script(store, "INSERT INTO carts (cart, state, fugitive) VALUES ('A', 'heard', 0), "
                        "('B', 'heard', 0)");
    for (int64_t day = 0; day < 40; day++)
        for (int64_t hour = 0; hour < 24; hour++) {
            store_run(store, fix, "ti", "A", first_ms - (40 - day) * DAY_MS + hour * 3600000);
            store_run(store, fix, "ti", "B", first_ms + day * DAY_MS + hour * 3600000);
        }
    store_run(store, fix, "ti", "A", first_ms);
    store_run(store, fix, "ti", "B", first_ms - 1);
    assert_in_range(forget_all(store, DAYS), 40, 43);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM track WHERE cart = 'A'"), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM track WHERE cart = 'B'"), 40 * 24);
    assert_int_equal(ask(store, "SELECT MIN(fix_ms) FROM track"), first_ms);
}

static void the_trail_of_one_who_is_looked_for_stays(void **state)
{
    struct store *store = *state;

    put(store,
        "INSERT INTO fugitives (cart, since_ms, ended_ms, reason, locate_ms) VALUES "
        "('A', 1, $1, 'r', 0), ('B', 1, NULL, 'r', 0)",
        DAYS + 2);
    store_script(store, "INSERT INTO trail (cart, since_ms, time_ms, lat, lon) VALUES "
                        "('A', 1, 1, 0, 0), ('A', 1, 2, 0, 0), ('B', 1, 1, 0, 0)");
    store_script(store, "INSERT INTO reports (id, time_ms, cart, lat, lon, note, status) VALUES "
                        "('1', 1, 'A', 0, 0, 'n', 'closed'), ('2', 1, 'B', 0, 0, 'n', 'open')");
    forget_all(store, DAYS);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM trail WHERE cart = 'A'"), 0);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM trail WHERE cart = 'B'"), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM reports"), 2);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM reports WHERE note IS NULL"), 1);
}

static void queue(struct store *store, const char *id, const char *template, const char *status,
                  int64_t days_ago)
{
    assert_true(store_run(store,
                          "INSERT INTO mails (id, turn, recipient, template, parameters, "
                          "created_ms, next_ms, status, attempts) VALUES ($1, 1, 'a@x.cl', $2, "
                          "'{}', 1, $3, $4, 0)",
                          "ttit", id, template, NOW - days_ago * DAY_MS, status));
}

static void mails_go_after_ninety_days_whatever_is_set(void **state)
{
    struct store *store = *state;
    char id[16];

    for (int i = 0; i < 1200; i++) {
        snprintf(id, sizeof id, "old/%d", i);
        queue(store, id, "order", "sent", 92);
    }
    queue(store, "young", "order", "sent", 60);
    queue(store, "waiting", "order", "waiting", 92);
    queue(store, "held", "order", "held", 92);
    queue(store, "report", "report", "sent", 92);
    put(store,
        "INSERT INTO actions (id, time_ms, user_name, action, subject) VALUES (1, $1, 'a', 'b', "
        "'c')",
        92);
    assert_int_equal(forget_all(store, 0), 3);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails"), 4);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM actions"), 1);
    forget_all(store, DAYS);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails WHERE id = 'young'"), 0);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails"), 3);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM actions"), 0);
}

static void an_order_forgets_its_buyer_and_not_its_id(void **state)
{
    struct store *store = *state;

    put(store,
        "INSERT INTO orders (id, product, price, quantity, email, lat, lon, status, received_ms, "
        "done_ms) VALUES ('1', 'p', 1, 1, 'a@x.cl', 1, 2, 'finalizado', 1, $1), "
        "('2', 'p', 1, 1, 'a@x.cl', 1, 2, 'entregando', 1, NULL)",
        DAYS + 2);
    forget_all(store, DAYS);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM orders"), 2);
    assert_int_equal(
        ask(store, "SELECT COUNT(*) FROM orders WHERE email = '' AND lat IS NULL AND id = '1'"), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM orders WHERE email <> '' AND id = '2'"), 1);
}

static void what_waits_for_a_decision_stays_as_it_is(void **state)
{
    struct store *store = *state;

    put(store,
        "INSERT INTO set_aside (id, time_ms, cart, epoch, seq, reason, text, decision, decided_ms) "
        "VALUES ('1', 1, 'A', 'e', 1, 'r', 't', 'dropped', $1), "
        "('2', 1, 'A', 'e', 2, 'r', 't', NULL, NULL)",
        DAYS + 2);
    assert_int_equal(forget_all(store, DAYS), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM set_aside WHERE text = '' AND id = '1'"), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM set_aside WHERE text = 't'"), 1);
}

/* Positions and orders are bounded where nothing else is; the shorter bound counts. */
static void tracks_and_orders_have_bounds_of_their_own(void **state)
{
    const struct retention bounds = { .track_days = 90, .order_days = 400 };
    struct store *store = *state;

    store_script(store, "INSERT INTO carts (cart, state, fugitive) VALUES ('A', 'heard', 0)");
    for (int64_t days = 10; days < 100; days += 10)
        put(store, "INSERT INTO track (cart, fix_ms, lat, lon) VALUES ('A', $1, 1, 2)", days + 5);
    put(store,
        "INSERT INTO orders (id, product, price, quantity, email, status, received_ms, "
        "cancelled_ms) VALUES ('old', 'p', 1, 1, 'a@x.cl', 'cancelado', 1, $1)",
        402);
    put(store,
        "INSERT INTO orders (id, product, price, quantity, email, status, received_ms, "
        "failed_ms) VALUES ('new', 'p', 1, 1, 'b@x.cl', 'fallido', 1, $1)",
        398);
    put(store,
        "INSERT INTO actions (id, time_ms, user_name, action, subject) VALUES (1, $1, 'a', 'b', "
        "'c')",
        1000);
    forget_by(store, &bounds);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM track"), 8);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM orders WHERE email = '' AND id = 'old'"), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM orders WHERE email = ''"), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM actions"), 1);
    forget_by(store, &(struct retention){ .days = 50, .track_days = 90 });
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM track"), 4);
    assert_int_equal(forget_by(store, &(struct retention){ .days = 0 }), 0);
}

static void alerts_that_are_over_go(void **state)
{
    static const char alert[] =
        "INSERT INTO alerts (id, kind, subject, severity, status, started_ms, ended_ms, details, "
        "number) VALUES ('old', 'k', 's', 'MAJOR', 'CLEARED_UNACK', 1, $1, 'd', 0), "
        "('former', 'k', 's', 'MAJOR', 'CLEARED_ACK', 1, $1, 'd', NULL), "
        "('open', 'k', 'o', 'MAJOR', 'ACTIVE_ACK', 1, NULL, 'd', 1)";
    struct store *store = *state;

    put(store, alert, RETENTION_ALERT_DAYS - 1);
    assert_int_equal(forget_all(store, 0), 0);
    store_script(store, "DELETE FROM alerts");
    put(store, alert, RETENTION_ALERT_DAYS + 2);
    assert_int_equal(forget_all(store, 0), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM alerts WHERE id IN ('former', 'open')"), 2);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM alerts"), 2);
}

/* Ids are made of how many there were, and old ones go: whatever is left, no id is there twice. */
static void who_was_blocked_is_known_for_ninety_days(void **state)
{
    static const char blocked[] =
        "INSERT INTO alerts (id, kind, subject, severity, status, started_ms, ended_ms, details, "
        "number) VALUES (CAST($1 AS TEXT), 'login-blocked', 'ana', 'MINOR', 'CLEARED_ACK', 1, $1, "
        "'ana', 0)";
    struct store *store = *state;

    put(store, blocked, RETENTION_SIGN_IN_DAYS - 1);
    put(store, blocked, RETENTION_SIGN_IN_DAYS + 2);
    forget_all(store, 0);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM alerts"), 1);
}

static void an_alert_is_new_whatever_has_gone(void **state)
{
    struct store *store = *state;

    for (int64_t at_ms = 1; at_ms < 60; at_ms++) {
        assert_true(store_begin(store));
        alert_raise(store, &(struct alert){ .kind = ALERT_STOCK_OUT,
                                            .subject = "A",
                                            .cart = "A",
                                            .says = SAY_ALERT_STOCK_OUT("A"),
                                            .lang = LANG_ES,
                                            .at_ms = at_ms * DAY_MS });
        alert_end(store, ALERT_STOCK_OUT, "A", at_ms * DAY_MS + 1);
        assert_int_equal(store_commit(store), STORE_OK);
        assert_int_equal(ask(store, "SELECT COUNT(*) FROM alerts WHERE ended_ms > started_ms"),
                         at_ms < 10 ? at_ms : 10);
        while (retention_turn(store, &(struct retention){ .days = 9 }, (at_ms + 1) * DAY_MS) ==
               RETENTION_MORE)
            ;
    }
}

static void what_is_gone_leaves_nothing(void **state)
{
    struct store *store = *state;

    put(store,
        "INSERT INTO beats (bridge, part, beat_ms, mqtt, down_ms, told, gaps) VALUES "
        "('gone', 0, $1, 1, 0, 0, ''), ('gone', 1, $1, 1, 0, 0, ''), "
        "('last', 0, $1, 1, 0, 0, ''), ('half', 0, $1, 1, 0, 0, '')",
        RETENTION_BRIDGE_DAYS + 2);
    put(store,
        "INSERT INTO beats (bridge, part, beat_ms, mqtt, down_ms, told, gaps) VALUES "
        "('half', 1, $1, 1, 0, 0, '')",
        RETENTION_BRIDGE_DAYS - 1);
    store_script(store, "INSERT INTO carts (cart, state, fugitive, bridge) VALUES "
                        "('A', 'silent', 0, 'last'), ('B', 'heard', 0, 'half')");
    put(store,
        "INSERT INTO simulations (id, kind, carts, total, seed, started_ms, produced) VALUES "
        "('a', 'events', 1, 5, 1, $1, 5), ('b', 'events', 1, 5, 1, $1, 4)",
        RETENTION_SIMULATION_DAYS + 2);
    forget_all(store, 0);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM beats WHERE bridge = 'gone'"), 0);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM beats"), 3);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM simulations WHERE id = 'b'"), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM simulations"), 1);
}

static void a_rejected_application_goes_and_a_member_stays(void **state)
{
    static const char member[] =
        "INSERT INTO members (id, person, rut, name, lastname, email, plate, premium, status, "
        "applied_ms, decided_ms) VALUES ('r', '1-9', '1-9', 'n', 'l', 'e', 'A', 0, 'rejected', "
        "1, $1), ('m', '1-9', '1-9', 'n', 'l', 'e', 'A', 0, 'accepted', 1, $1)";
    struct store *store = *state;

    put(store, member, RETENTION_REJECTED_DAYS + 2);
    put(store,
        "INSERT INTO members (id, person, rut, name, lastname, email, plate, premium, status, "
        "applied_ms, decided_ms) VALUES ('n', '2-7', '2-7', 'n', 'l', 'e', 'B', 0, 'rejected', "
        "1, $1)",
        RETENTION_REJECTED_DAYS - 1);
    forget_all(store, 0);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM members WHERE id = 'r'"), 0);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM members"), 2);
}

static void sums_of_older_carts_go_day_by_day(void **state)
{
    struct store *store = *state;
    int64_t today = day_of_ms(NOW);

    for (int64_t day = today - RETENTION_COUNTS_DAYS - 3; day <= today; day++)
        store_run(store,
                  "INSERT INTO cart_counts (cart, epoch, day, sales, quantity, amount, at_ms, "
                  "final) VALUES ('A', 'e', $1, 1, 1, 1, 1, 1), ('B', 'e', $1, 1, 1, 1, 1, 1)",
                  "i", day);
    assert_int_equal(forget_all(store, 0), 3);
    assert_int_equal(ask(store, "SELECT MIN(day) FROM cart_counts"), today - RETENTION_COUNTS_DAYS);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM cart_counts"),
                     2 * (RETENTION_COUNTS_DAYS + 1));
}

/* The processor's time of a look at what is too old, and of one batch. */
static double turn_ms(struct store *store)
{
    clock_t began = clock();

    assert_int_not_equal(retention_turn(store, &(struct retention){ .days = DAYS }, NOW),
                         RETENTION_FAILED);
    return (double)(clock() - began) * 1000 / CLOCKS_PER_SEC;
}

static void add_blank(struct store *store, int64_t from, int64_t count)
{
    store_run(store,
              "WITH RECURSIVE n (i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) "
              "INSERT INTO orders (id, product, price, quantity, email, status, received_ms, "
              "done_ms) SELECT CAST(i AS TEXT), 'p', 1, 1, '', 'finalizado', i, i FROM n",
              "ii", from, from + count - 1);
    store_run(store,
              "WITH RECURSIVE n (i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) "
              "INSERT INTO reports (id, time_ms, lat, lon, status) SELECT CAST(i AS TEXT), i, 0, "
              "0, 'closed' FROM n",
              "ii", from, from + count - 1);
    assert_int_equal(store_status(store), STORE_OK);
}

static void what_was_forgotten_is_not_read_again(void **state)
{
    struct store *store = *state;
    double few = 1e9, many = 1e9;

    add_blank(store, 1, 1000);
    for (int i = 0; i < TRIES; i++)
        few = fmin(few, turn_ms(store));
    add_blank(store, 1001, BLANK_ROWS);
    store_run(store,
              "INSERT INTO orders (id, product, price, quantity, email, status, received_ms, "
              "done_ms) VALUES ('x', 'p', 1, 1, 'a@x.cl', 'finalizado', 1, $1)",
              "i", (int64_t)BLANK_ROWS);
    many = turn_ms(store);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM orders WHERE email <> ''"), 0);
    for (int i = 0; i < TRIES; i++)
        many = fmin(many, turn_ms(store));
    assert_true(many < 10 * few + 5);
}

static void what_failed_is_no_end(void **state)
{
    struct store *store = *state;
    const struct retention bounds = { .days = DAYS };

    put(store,
        "INSERT INTO actions (id, time_ms, user_name, action, subject) VALUES (1, $1, 'a', 'b', "
        "'c')",
        DAYS + 2);
    store_script(store, "CREATE TRIGGER busy BEFORE DELETE ON actions BEGIN "
                        "SELECT RAISE(ABORT, 'busy'); END");
    assert_int_equal(retention_turn(store, &bounds, NOW), RETENTION_FAILED);
    store_script(store, "DROP TRIGGER busy");
    assert_int_equal(retention_turn(store, &bounds, NOW), RETENTION_MORE);
    assert_int_equal(retention_turn(store, &bounds, NOW), RETENTION_DONE);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("tracks go by whole days of the calendar", tracks_go_by_whole_days_of_the_calendar),
        CLAIM("the trail of one who is looked for stays", the_trail_of_one_who_is_looked_for_stays),
        CLAIM("mails go after ninety days, whatever is set",
              mails_go_after_ninety_days_whatever_is_set),
        CLAIM("an order forgets its buyer, and not its id",
              an_order_forgets_its_buyer_and_not_its_id),
        CLAIM("what waits for a decision stays as it is", what_waits_for_a_decision_stays_as_it_is),
        CLAIM("tracks and orders have bounds of their own",
              tracks_and_orders_have_bounds_of_their_own),
        CLAIM("alerts that are over go, but for those of an earlier release",
              alerts_that_are_over_go),
        CLAIM("who was blocked is known for ninety days", who_was_blocked_is_known_for_ninety_days),
        CLAIM("an alert is new, whatever has gone", an_alert_is_new_whatever_has_gone),
        CLAIM("what is gone leaves nothing", what_is_gone_leaves_nothing),
        CLAIM("a rejected application goes, and a member stays",
              a_rejected_application_goes_and_a_member_stays),
        CLAIM("sums of older carts go day by day", sums_of_older_carts_go_day_by_day),
        CLAIM("what was forgotten is not read again", what_was_forgotten_is_not_read_again),
        CLAIM("what failed is no end", what_failed_is_no_end),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
