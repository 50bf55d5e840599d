/* Claims about mails in hand: however long the mail server was away, what is queued now is tried.
 */
#include "collector/base/settings.h"
#include "collector/effects/mail.h"
#include "collector/notify/notify_mails.h"
#include "collector/notify/notify_plan.h"
#include "common/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define HOUR_MS NOTIFY_HOUR_MS
#define WAIT_MS 10000

/* Nobody listens there. */
static char nowhere[] = "smtp://127.0.0.1:1", lang[] = "es";
static const struct settings settings = { .lang = lang, .smtp = nowhere, .smtp_timeout_s = 5 };

static void queue(struct store *store, const char *id, int64_t now_ms)
{
    mail_add(
        store,
        &(struct mail){ .id = id, .recipient = "ana@x.cl", .template = "test", .parameters = "{}" },
        now_ms);
}

/* One round, and what is with the server comes to its end. */
static void turn(struct notify_mails *mails, struct store *store, struct lease *lease,
                 const struct effect_time *time)
{
    notify_mails_read(mails, store, time);
    notify_mails_begin(mails, store, lease, time);
    for (int64_t end_ms = clock_mono_ms() + WAIT_MS;
         notify_mails_under_way(mails) > 0 && clock_mono_ms() < end_ms;)
        notify_mails_wait(mails, 20);
    notify_mails_write_all(mails, store, lease);
    assert_int_equal(store_status(store), STORE_OK);
}

static void a_server_that_was_away_for_a_day_is_asked_again(void **state)
{
    struct store *store = *state;
    struct notify_mails *mails = notify_mails_open(&settings, NULL);
    struct lease lease = { .name = "notify" };
    struct effect_time time = { clock_wall_ms(), clock_mono_ms() };

    assert_non_null(mails);
    assert_true(lease_keep(&lease, store, time.mono_ms));
    queue(store, "first", time.now_ms);
    turn(mails, store, &lease, &time);
    assert_int_equal(ask(store, "SELECT attempts FROM mails WHERE status = 'waiting'"), 1);

    time.now_ms += 25 * HOUR_MS;
    time.mono_ms += 25 * HOUR_MS;
    queue(store, "second", time.now_ms);
    turn(mails, store, &lease, &time);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails WHERE id = 'first' AND "
                                "status = 'failed'"),
                     1);
    assert_int_equal(ask(store, "SELECT attempts FROM mails WHERE id = 'second' AND "
                                "status = 'waiting'"),
                     1);
    notify_mails_close(mails);
}

/* As after weeks in which nobody sent, or with a backup that was restored. */
static void what_is_a_day_old_is_not_sent(void **state)
{
    struct store *store = *state;
    struct notify_mails *mails = notify_mails_open(&settings, NULL);
    struct lease lease = { .name = "notify" };
    struct effect_time time = { clock_wall_ms(), clock_mono_ms() };

    assert_true(lease_keep(&lease, store, time.mono_ms));
    queue(store, "old", time.now_ms - NOTIFY_GIVE_UP_MS);
    turn(mails, store, &lease, &time);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails WHERE status = 'failed' AND "
                                "answer = 'not sent in a day'"),
                     1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects"), 0);
    notify_mails_close(mails);
}

/* It looked at its lease, was stopped for longer than that is good for, and goes on: another may
 * have the same mails in hand. */
static void who_was_stopped_for_long_begins_nothing(void **state)
{
    struct store *store = *state;
    struct notify_mails *mails = notify_mails_open(&settings, NULL);
    struct lease lease = { .name = "notify" };
    struct effect_time time = { clock_wall_ms(), clock_mono_ms() };

    assert_true(lease_keep(&lease, store, time.mono_ms));
    queue(store, "first", time.now_ms);
    notify_mails_read(mails, store, &time);
    lease.renewed_mono_ms -= LEASE_OWN_MS;
    notify_mails_begin(mails, store, &lease, &time);
    assert_int_equal(notify_mails_under_way(mails), 0);
    lease.renewed_mono_ms += LEASE_OWN_MS;
    notify_mails_begin(mails, store, &lease, &time);
    assert_int_equal(notify_mails_under_way(mails), 1);
    notify_mails_close(mails);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a server that was away for a day is asked again",
          a_server_that_was_away_for_a_day_is_asked_again, open_store, close_store, NULL },
        { "what is a day old is not sent", what_is_a_day_old_is_not_sent, open_store, close_store,
          NULL },
        { "who was stopped for long begins nothing", who_was_stopped_for_long_begins_nothing,
          open_store, close_store, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
