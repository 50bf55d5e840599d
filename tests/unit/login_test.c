/* Claims about attempts as rows: the store is asked, not a process; attempts of another site count
 * and our own do not count twice; a block has an alert that ends with it. */
#include "collector/access/login.h"
#include "collector/access/users.h"
#include "collector/alerts/alert.h"
#include "collector/base/settings.h"
#include "collector/engine/role.h"
#include "common/day.h"
#include "common/protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON       1790000000000LL
#define BLOCK      900000
#define ANSWER_MAX 512
#define VALUE_MAX  512

struct office {
    struct store *store;
    struct settings settings;
    void *role;
    int64_t offset;
    int64_t now_ms;
    char answer[ANSWER_MAX];
};

static int open_office(void **state)
{
    struct office *office = calloc(1, sizeof *office);

    if (office == NULL)
        return -1;
    office->store = store_open("sqlite://:memory:", STORE_REPEATABLE);
    office->settings.lang = "es";
    office->settings.login_attempts = 5;
    office->settings.login_block_s = BLOCK / 1000;
    office->role = role_access.open(&office->settings);
    office->now_ms = NOON;
    *state = office;
    if (store_migrate(office->store) != STORE_OK)
        return -1;
    return user_add(office->store, &(struct user){ "ana", ROLE_ADMIN, NULL, "x" }, NOON) ? 0 : -1;
}

static int close_office(void **state)
{
    struct office *office = *state;

    role_access.close(office->role);
    store_close(office->store);
    free(office);
    return 0;
}

/* As the API does it: in one transaction, at now_ms. The attempt's verdict is what it gets unless
 * it is blocked. */
static bool try_this(struct office *office, struct login_attempt attempt)
{
    struct attempt_account account;

    attempt.at_ms = office->now_ms;
    assert_true(store_begin(office->store));
    login_open_account(office->store, &attempt, office->now_ms, &account);
    bool blocked = attempt_is_blocked(&account, office->now_ms);
    if (blocked)
        attempt.verdict = SIGN_IN_BLOCKED;
    if (attempt_counts(&account, office->now_ms))
        login_count(office->store, &office->settings, &attempt, office->now_ms);
    login_enqueue(office->store, &attempt);
    assert_int_equal(store_commit(office->store), STORE_OK);
    return !blocked;
}

#define HOME     "10.0.0.1"
#define STRANGER "203.0.113.9"

static bool try(struct office *office, const char *id)
{
    return try_this(office, (struct login_attempt){ id, "ana", HOME, 0, SIGN_IN_GRANTED });
}

/* So many attempts, all refused, from that address; how many were not answered 429. */
static int guess(struct office *office, const char *user, const char *address, int count)
{
    static int ids;
    int passed = 0;
    char id[32];

    for (int i = 0; i < count; i++) {
        snprintf(id, sizeof id, "guess%d", ids++);
        passed += try_this(office, (struct login_attempt){ id, user, address, 0, SIGN_IN_REFUSED });
    }
    return passed;
}

/* A batch of one record. */
static void hear(struct office *office, const char *value)
{
    struct kafka_record record = { .topic = TOPIC_LOGIN_ATTEMPTS,
                                   .offset = office->offset++,
                                   .append_ms = office->now_ms,
                                   .value = value,
                                   .value_length = strlen(value) };
    assert_true(store_begin(office->store));
    role_access.begin(office->role, office->store, office->now_ms);
    role_access.apply(office->role, &record);
    role_access.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static void hear_attempt(struct office *office, const char *id, const char *outcome, int64_t ts_ms)
{
    char value[VALUE_MAX];

    snprintf(value, sizeof value,
             "{\"id\":\"%s\",\"user\":\"ana\",\"address\":\"" HOME "\",\"outcome\":\"%s\","
             "\"ts_ms\":%lld}",
             id, outcome, (long long)ts_ms);
    hear(office, value);
}

/* What the API queued comes back from Kafka, some of it twice. */
static void hear_own(struct office *office)
{
    char values[16][VALUE_MAX] = { "" };
    size_t count = 0;
    struct store_rows *rows =
        store_query(office->store, "SELECT value FROM effects WHERE topic = $1 ORDER BY position",
                    "t", TOPIC_LOGIN_ATTEMPTS);

    while (count < 16 && store_next(rows)) {
        size_t length;
        const char *bytes = store_bytes(rows, 0, &length);
        snprintf(values[count++], VALUE_MAX, "%.*s", (int)length, bytes);
    }
    store_rows_end(rows);
    for (size_t i = 0; i < 2 * count; i++)
        hear(office, values[i % count]);
}

static void tick(struct office *office)
{
    assert_true(store_begin(office->store));
    role_access.begin(office->role, office->store, office->now_ms);
    role_access.tick(office->role, &(struct role_time){ .now_ms = office->now_ms });
    role_access.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static enum role_due due(struct office *office)
{
    return role_access.due(office->role, office->store,
                           &(struct role_time){ .now_ms = office->now_ms });
}

static const char *ask(struct office *office, const char *sql)
{
    struct store_rows *rows = store_query(office->store, sql, "");

    office->answer[0] = '\0';
    while (store_next(rows)) {
        const char *text = store_text(rows, 0);
        snprintf(office->answer + strlen(office->answer),
                 sizeof office->answer - strlen(office->answer), "%s%s",
                 office->answer[0] != '\0' ? " " : "", text != NULL ? text : "null");
    }
    store_rows_end(rows);
    return office->answer;
}

#define ALERTS "SELECT kind || '/' || subject || '/' || status FROM alerts ORDER BY started_ms"

static void block(struct office *office, const char *prefix)
{
    char id[32];

    for (int i = 0; i < 5; i++) {
        snprintf(id, sizeof id, "%s%d", prefix, i);
        assert_true(try(office, id));
    }
    assert_false(try(office, "sixth"));
}

static void five_block_and_raise_an_alert(void **state)
{
    struct office *office = *state;

    block(office, "a");
    assert_string_equal(ask(office, ALERTS), "login-blocked/ana/ACTIVE_UNACK");
    assert_string_equal(ask(office, "SELECT details FROM alerts"),
                        "ana: 5 intentos de entrar en menos de 60 s; la cuenta queda bloqueada "
                        "hasta 2026-09-21 11:28.");
    assert_string_equal(ask(office, "SELECT attempts FROM login_places"), "5");
}

static void every_attempt_is_owed_to_kafka(void **state)
{
    struct office *office = *state;

    block(office, "a");
    assert_string_equal(ask(office, "SELECT id FROM effects WHERE topic = 'carrito.login-attempts'"
                                    " AND record_key = CAST('ana' AS BLOB) ORDER BY position"),
                        "a0 a1 a2 a3 a4 sixth");
    assert_string_equal(ask(office, "SELECT value FROM effects WHERE id = 'sixth'"),
                        "{\"id\":\"sixth\",\"user\":\"ana\",\"address\":\"10.0.0.1\","
                        "\"outcome\":\"blocked\",\"ts_ms\":1790000000000}");
}

static void a_lift_ends_the_block_and_its_alert(void **state)
{
    struct office *office = *state;

    assert_false(login_lift(office->store, "ana", NOON));
    block(office, "a");
    office->now_ms += 10;
    assert_true(login_lift(office->store, "ana", office->now_ms));
    assert_false(login_lift(office->store, "ana", office->now_ms));
    assert_string_equal(ask(office, ALERTS), "login-blocked/ana/CLEARED_UNACK");
    office->now_ms += 10;
    hear_own(office); /* what Kafka says afterwards blocks nobody again */
    block(office, "b");
    assert_string_equal(ask(office, ALERTS),
                        "login-blocked/ana/CLEARED_UNACK login-blocked/ana/ACTIVE_UNACK");
}

/* Another site, which did not know of the block, let some pass before the lift. */
static void a_lift_forgets_what_is_heard_after_it(void **state)
{
    struct office *office = *state;

    block(office, "a");
    office->now_ms += 100;
    assert_true(login_lift(office->store, "ana", office->now_ms));
    for (int i = 0; i < 9; i++) {
        char id[8];
        snprintf(id, sizeof id, "f%d", i);
        hear_attempt(office, id, "ok", NOON + 10 * i);
    }
    office->now_ms++;
    assert_true(try(office, "b"));
}

static void our_own_attempts_count_once(void **state)
{
    struct office *office = *state;

    for (int i = 0; i < 4; i++) {
        char id[8];
        snprintf(id, sizeof id, "a%d", i);
        assert_true(try(office, id));
    }
    hear_own(office);
    assert_string_equal(ask(office, ALERTS), "");
    assert_true(try(office, "fifth"));
    assert_false(try(office, "sixth"));
}

static void attempts_of_another_site_count(void **state)
{
    struct office *office = *state;

    for (int i = 0; i < 3; i++) {
        char id[8];
        snprintf(id, sizeof id, "f%d", i);
        hear_attempt(office, id, i == 1 ? "ok" : "refused", NOON - 1000 * i);
        hear_attempt(office, id, "refused", NOON - 1000 * i);
    }
    hear_attempt(office, "f9", "blocked", NOON);
    assert_true(try(office, "a"));
    assert_true(try(office, "b"));
    assert_false(try(office, "c"));
}

static void a_store_made_anew_learns_the_block(void **state)
{
    struct office *office = *state;

    office->now_ms = NOON + 100000;
    for (int i = 0; i < 5; i++) {
        char id[8];
        snprintf(id, sizeof id, "f%d", i);
        hear_attempt(office, id, "refused", NOON + i);
    }
    assert_false(try(office, "a"));
    assert_string_equal(ask(office, "SELECT until_ms FROM login_accounts"), "1790000900004");
}

static void a_block_that_is_over_raises_nothing(void **state)
{
    struct office *office = *state;

    office->now_ms = NOON + BLOCK + 10;
    for (int i = 0; i < 9; i++) {
        char id[8];
        snprintf(id, sizeof id, "f%d", i);
        hear_attempt(office, id, "refused", NOON);
    }
    assert_string_equal(ask(office, ALERTS), "");
    assert_true(try(office, "a"));
    assert_int_equal(due(office), ROLE_NOTHING_DUE);
}

static void an_alert_ends_when_its_block_runs_out(void **state)
{
    struct office *office = *state;

    block(office, "a");
    office->now_ms = NOON + BLOCK - 1;
    assert_int_equal(due(office), ROLE_NOTHING_DUE);
    office->now_ms = NOON + BLOCK;
    assert_int_equal(due(office), ROLE_DUE);
    tick(office);
    assert_int_equal(due(office), ROLE_NOTHING_DUE);
    assert_string_equal(ask(office, "SELECT status || '/' || (ended_ms - started_ms) FROM alerts"),
                        "CLEARED_UNACK/900000");
}

static void a_new_block_has_a_new_alert_where_nobody_ended_the_old_one(void **state)
{
    struct office *office = *state;

    block(office, "a");
    office->now_ms = NOON + BLOCK;
    block(office, "b");
    assert_string_equal(ask(office, ALERTS),
                        "login-blocked/ana/CLEARED_UNACK login-blocked/ana/ACTIVE_UNACK");
}

static void strangers_lock_nobody_out_of_where_he_works(void **state)
{
    struct office *office = *state;

    assert_true(try(office, "a"));
    assert_int_equal(guess(office, "ana", STRANGER, 9), 5);
    assert_true(try(office, "b"));
    assert_int_equal(guess(office, "ana", "198.51.100.7", 1), 0);
    assert_string_equal(ask(office, ALERTS), "login-blocked/ana/ACTIVE_UNACK");
    /* There he has five of his own, the two good ones among them. */
    assert_int_equal(guess(office, "ana", HOME, 9), 3);
    assert_false(try(office, "c"));
    office->now_ms++;
    assert_true(login_lift(office->store, "ana", office->now_ms));
    office->now_ms++;
    assert_true(try(office, "d"));
    assert_int_equal(guess(office, "ana", STRANGER, 1), 1);
    assert_false(login_lift(office->store, "ana", office->now_ms));
}

static void five_where_somebody_works_block_nobody_elsewhere(void **state)
{
    struct office *office = *state;

    assert_true(try_this(
        office, (struct login_attempt){ "a", "ana", "2001:db8:1:2::7", 0, SIGN_IN_GRANTED }));
    assert_int_equal(guess(office, "ana", "2001:db8:1:2:ffff::8", 9), 4);
    assert_int_equal(guess(office, "ana", "2001:db8:1:3::7", 4), 4);
    assert_true(try(office, "b"));
}

static void a_place_is_forgotten_after_thirty_days(void **state)
{
    struct office *office = *state;

    assert_true(try(office, "a"));
    assert_false(login_is_place(office->store, STRANGER, office->now_ms));
    office->now_ms = NOON + 30 * 86400000LL - 1;
    assert_int_equal(guess(office, "ana", STRANGER, 5), 5);
    assert_int_equal(guess(office, "ana", HOME, 1), 1);
    office->now_ms++;
    assert_false(login_is_place(office->store, HOME, office->now_ms));
    assert_int_equal(guess(office, "ana", HOME, 1), 0);
    office->now_ms += BLOCK;
    tick(office);
    assert_string_equal(ask(office, "SELECT site FROM login_places"), "");
}

static void an_alert_ends_with_the_last_block_of_its_account(void **state)
{
    struct office *office = *state;

    assert_true(try(office, "a"));
    assert_int_equal(guess(office, "ana", STRANGER, 5), 5);
    office->now_ms += 60000;
    assert_int_equal(guess(office, "ana", HOME, 5), 5);
    office->now_ms = NOON + BLOCK;
    tick(office);
    assert_string_equal(ask(office, "SELECT status FROM alerts ORDER BY number"),
                        "CLEARED_UNACK ACTIVE_UNACK");
    office->now_ms = NOON + 60000 + BLOCK;
    tick(office);
    assert_string_equal(ask(office, "SELECT status FROM alerts ORDER BY number"),
                        "CLEARED_UNACK CLEARED_UNACK");
}

/* A store made anew reads two weeks of attempts, most of which count no more. */
static void places_are_learned_from_kafka(void **state)
{
    struct office *office = *state;

    office->now_ms = NOON + 86400000LL;
    hear_attempt(office, "a", "ok", NOON);
    office->now_ms += 2000;
    assert_int_equal(guess(office, "ana", STRANGER, 6), 5);
    assert_true(try(office, "b"));
}

static void unknown_names_are_one_alert_an_hour(void **state)
{
    struct office *office = *state;
    char name[64];

    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof name, "https://evil.example/%d", i);
        assert_int_equal(guess(office, name, i % 2 != 0 ? STRANGER : HOME, 6), 5);
        tick(office);
    }
    assert_string_equal(ask(office, ALERTS), "login-blocked/*/ACTIVE_UNACK");
    office->now_ms += 3599999;
    tick(office);
    assert_string_equal(ask(office, ALERTS), "login-blocked/*/ACTIVE_UNACK");
    office->now_ms++;
    tick(office);
    assert_string_equal(ask(office, "SELECT details FROM alerts ORDER BY number"),
                        "Nombres que no existen y con los que se intentó entrar hasta quedar "
                        "bloqueados: 1; direcciones: 1. "
                        "Nombres que no existen y con los que se intentó entrar hasta quedar "
                        "bloqueados: 49; direcciones: 2.");
    office->now_ms += 3600000;
    tick(office);
    assert_string_equal(ask(office, "SELECT status FROM alerts ORDER BY number"),
                        "CLEARED_UNACK CLEARED_UNACK");
    assert_string_equal(ask(office, "SELECT name FROM login_strangers"), "");
    assert_int_equal(due(office), ROLE_NOTHING_DUE);
}

static void what_is_of_no_consequence_is_dropped(void **state)
{
    struct office *office = *state;

    block(office, "a");
    office->now_ms = NOON + BLOCK;
    tick(office);
    office->now_ms = NOON + BLOCK + 60001;
    hear_attempt(office, "old", "refused", NOON);
    assert_string_equal(ask(office, "SELECT id FROM login_attempts"), "");
    assert_string_equal(ask(office, "SELECT name FROM login_accounts"), "");
}

static void what_cannot_be_read_is_a_dead_letter(void **state)
{
    struct office *office = *state;

    hear(office, "{\"id\":\"x\",\"user\":\"ana\",\"ts_ms\":1}");
    hear(office, "nothing");
    assert_string_equal(ask(office, "SELECT error FROM effects WHERE topic = "
                                    "'carrito.dead-letters' ORDER BY position"),
                        "outcome is missing not a JSON object");
}

#define CLAIM(words, function)                                                                     \
    {                                                                                              \
        words, function, open_office, close_office, NULL                                           \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("five block, and raise an alert", five_block_and_raise_an_alert),
        CLAIM("every attempt is queued for Kafka", every_attempt_is_owed_to_kafka),
        CLAIM("a lift ends the block and its alert", a_lift_ends_the_block_and_its_alert),
        CLAIM("a lift forgets what is heard of after it", a_lift_forgets_what_is_heard_after_it),
        CLAIM("our own attempts count once", our_own_attempts_count_once),
        CLAIM("attempts of another site count", attempts_of_another_site_count),
        CLAIM("a store that is made anew learns the block", a_store_made_anew_learns_the_block),
        CLAIM("a block that is over raises nothing", a_block_that_is_over_raises_nothing),
        CLAIM("an alert ends when its block runs out", an_alert_ends_when_its_block_runs_out),
        CLAIM("a new block has a new alert where nobody ended the old one",
              a_new_block_has_a_new_alert_where_nobody_ended_the_old_one),
        CLAIM("strangers lock nobody out of where he works",
              strangers_lock_nobody_out_of_where_he_works),
        CLAIM("five where somebody works block nobody elsewhere",
              five_where_somebody_works_block_nobody_elsewhere),
        CLAIM("a place is forgotten after thirty days", a_place_is_forgotten_after_thirty_days),
        CLAIM("an alert ends with the last block of its account",
              an_alert_ends_with_the_last_block_of_its_account),
        CLAIM("places are learned from Kafka", places_are_learned_from_kafka),
        CLAIM("unknown names are one alert an hour", unknown_names_are_one_alert_an_hour),
        CLAIM("what is of no consequence is dropped", what_is_of_no_consequence_is_dropped),
        CLAIM("what cannot be read is a dead letter", what_cannot_be_read_is_a_dead_letter),
    };
    if (!day_set_zone("America/Santiago"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
