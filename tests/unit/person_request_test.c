/* Claims about the register of persons' requests: each is due in 30 days, one alert tells of it a
 * week before, and an answer ends both the alert and the note. */
#include "collector/base/settings.h"
#include "collector/effects/lease.h"
#include "collector/notify/notify_people.h"
#include "collector/people/person_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "empty_store.h"

#define DAY_MS   86400000LL
#define START_MS 1790000000000LL
#define OPEN     "SELECT COUNT(*) FROM alerts WHERE kind = 'person-request' AND ended_ms IS NULL"

static char lang[] = "en";

static void look(struct store *store, int64_t now_ms)
{
    struct settings settings = { .lang = lang };
    struct lease lease = { .name = "notify" };

    assert_true(lease_keep(&lease, store, now_ms));
    notify_people(&settings, store, &lease, now_ms);
    lease_release(&lease, store);
    assert_int_equal(store_status(store), STORE_OK);
}

static void ask_for(struct store *store, const char *id, int64_t now_ms)
{
    assert_true(store_begin(store));
    person_request_open(store,
                        &(struct person_request){
                            .id = id, .kind = "erasure", .note = "Ana Soto", .opened_ms = now_ms });
    assert_int_equal(store_commit(store), STORE_OK);
}

static bool answer(struct store *store, const char *id, int64_t now_ms)
{
    assert_true(store_begin(store));
    bool done = person_request_done(store, id, now_ms);
    assert_int_equal(store_commit(store), STORE_OK);
    return done;
}

static void one_alert_a_week_before_it_is_due(void **state)
{
    ask_for(*state, "a", START_MS);
    look(*state, START_MS + 23 * DAY_MS - 1);
    assert_int_equal(ask(*state, OPEN), 0);
    look(*state, START_MS + 23 * DAY_MS);
    look(*state, START_MS + 24 * DAY_MS);
    assert_int_equal(ask(*state, OPEN), 1);
    assert_int_equal(
        ask(*state, "SELECT COUNT(*) FROM alerts WHERE details LIKE '%a %2026-10-21%'"), 1);
}

static void an_answer_ends_alert_and_note(void **state)
{
    ask_for(*state, "a", START_MS);
    ask_for(*state, "b", START_MS + DAY_MS);
    look(*state, START_MS + 29 * DAY_MS);
    assert_int_equal(ask(*state, OPEN), 2);
    assert_true(answer(*state, "a", START_MS + 29 * DAY_MS));
    assert_false(answer(*state, "a", START_MS + 29 * DAY_MS));
    assert_false(answer(*state, "x", START_MS + 29 * DAY_MS));
    look(*state, START_MS + 40 * DAY_MS);
    assert_int_equal(ask(*state, OPEN), 1);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM people_requests WHERE note IS NULL"), 1);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM people_requests"), 2);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        cmocka_unit_test_setup_teardown(one_alert_a_week_before_it_is_due, open_store, close_store),
        cmocka_unit_test_setup_teardown(an_answer_ends_alert_and_note, open_store, close_store),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
