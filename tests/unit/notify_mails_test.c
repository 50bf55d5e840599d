/* Claims about mails in hand: however long the mail server was away, what is queued now is tried;
 * what strangers cause is bounded, and goes behind what the guild gets. */
#include "collector/base/settings.h"
#include "collector/effects/mail.h"
#include "collector/notify/notify_compose.h"
#include "collector/notify/notify_mails.h"
#include "collector/notify/notify_plan.h"
#include "common/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

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

/* An order of somebody who typed this address. */
static void queue_order(struct store *store, int number, const char *address, int64_t now_ms)
{
    char id[32];

    snprintf(id, sizeof id, "order/%d/recibido", number);
    mail_add(store,
             &(struct mail){ .id = id,
                             .recipient = address,
                             .template = "order",
                             .reader = MAIL_STRANGER,
                             .parameters = "{\"status\":\"recibido\"}" },
             now_ms);
}

/* How many were tried, and how many wait for room without a try. */
static void check_tried(struct store *store, int64_t tried, int64_t waiting)
{
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails WHERE attempts = 1"), tried);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails m JOIN effects e ON e.id = m.id WHERE "
                                "m.status = 'waiting' AND m.attempts = 0 AND m.first_ms IS NULL "
                                "AND e.due_ms > m.created_ms + 3540000"),
                     waiting);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails WHERE template = 'digest'"), 0);
}

/* Many addresses, one mailbox. */
static void a_plus_sign_and_capitals_are_no_other_mailbox(void **state)
{
    static const struct settings some = {
        .lang = lang, .smtp = nowhere, .smtp_timeout_s = 5, .mail_rate = 3
    };
    struct store *store = *state;
    struct notify_mails *mails = notify_mails_open(&some, NULL);
    struct lease lease = { .name = "notify" };
    struct effect_time time = { clock_wall_ms(), clock_mono_ms() };
    char address[64];

    assert_true(lease_keep(&lease, store, time.mono_ms));
    for (int i = 0; i < 200; i++) {
        snprintf(address, sizeof address, "%c+%d@%s", i % 2 == 0 ? 'v' : 'V', i,
                 i % 3 == 0 ? "x.cl" : "X.cl");
        queue_order(store, i, address, time.now_ms);
    }
    turn(mails, store, &lease, &time);
    check_tried(store, 3, 197);
    notify_mails_close(mails);
}

static void all_strangers_together_have_a_limit(void **state)
{
    static const struct settings some = {
        .lang = lang, .smtp = nowhere, .smtp_timeout_s = 5, .mail_rate = 3, .stranger_mail_rate = 5
    };
    struct store *store = *state;
    struct notify_mails *mails = notify_mails_open(&some, NULL);
    struct lease lease = { .name = "notify" };
    struct effect_time time = { clock_wall_ms(), clock_mono_ms() };
    char address[64];

    assert_true(lease_keep(&lease, store, time.mono_ms));
    for (int i = 0; i < 100; i++) {
        snprintf(address, sizeof address, "v%d@x.cl", i);
        queue_order(store, i, address, time.now_ms);
    }
    turn(mails, store, &lease, &time);
    check_tried(store, 5, 95);
    /* The guild's own are not among them. */
    queue(store, "guild", time.now_ms);
    time.mono_ms += NOTIFY_HOUR_MS;
    turn(mails, store, &lease, &time);
    check_tried(store, 6, 95);
    notify_mails_close(mails);
}

/* Many wait for a slow server when an alert comes. */
static void what_the_guild_gets_goes_before_strangers(void **state)
{
    struct store *store = *state;
    struct notify_mails *mails = notify_mails_open(&settings, NULL);
    struct lease lease = { .name = "notify" };
    struct effect_time time = { clock_wall_ms(), clock_mono_ms() };
    char address[64];

    assert_true(lease_keep(&lease, store, time.mono_ms));
    for (int i = 0; i < 1000; i++) {
        snprintf(address, sizeof address, "v%d@x.cl", i);
        queue_order(store, i, address, time.now_ms);
    }
    notify_mails_read(mails, store, &time);
    queue(store, "guild", time.now_ms);
    time.mono_ms += 1000;
    turn(mails, store, &lease, &time);
    assert_int_equal(ask(store, "SELECT attempts FROM mails WHERE id = 'guild'"), 1);
    notify_mails_close(mails);
}

static void check_not_in(const struct mail_letter *letter, const char *words)
{
    assert_null(strstr(letter->subject.bytes, words));
    assert_null(strstr(letter->body.bytes, words));
}

/* The address need not be theirs. As an earlier release wrote the parameters. */
static void what_a_stranger_typed_is_in_no_mail(void **state)
{
    static const char words[] = "GANASTE https://evil.example";
    struct config_pair list[] = { { "products.Té con leche", "900" } };
    struct config_pairs pairs = { list, 1 };
    struct settings listed = { .lang = lang, .pairs = &pairs };
    struct mail_row order = { .id = "order/1/recibido",
                              .recipient = "ana@x.cl",
                              .template = "order" };
    struct mail_row member = { .id = "member/1/accepted",
                               .recipient = "ana@x.cl",
                               .template = "member",
                               .parameters = "{\"name\":\"GANASTE https://evil.example\","
                                             "\"status\":\"accepted\",\"plate\":\"BBCL23\"}" };
    struct mail_letter letter = { 0 };

    order.parameters = "{\"product\":\"GANASTE https://evil.example\",\"status\":\"recibido\"}";
    assert_true(mail_compose(*state, &listed, &order, &letter));
    check_not_in(&letter, words);
    assert_non_null(strstr(letter.subject.bytes, "un producto del gremio"));
    mail_letter_free(&letter);
    assert_true(mail_compose(*state, &settings, &member, &letter));
    check_not_in(&letter, words);
    mail_letter_free(&letter);
    order.parameters = "{\"product\":\"té con leche\",\"status\":\"recibido\"}";
    assert_true(mail_compose(*state, &listed, &order, &letter));
    assert_non_null(strstr(letter.subject.bytes, "Té con leche"));
    mail_letter_free(&letter);
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
        { "a plus sign and capitals are no other mailbox",
          a_plus_sign_and_capitals_are_no_other_mailbox, open_store, close_store, NULL },
        { "what a stranger typed is in no mail", what_a_stranger_typed_is_in_no_mail, open_store,
          close_store, NULL },
        { "all strangers together have a limit", all_strangers_together_have_a_limit, open_store,
          close_store, NULL },
        { "what the guild gets goes before strangers", what_the_guild_gets_goes_before_strangers,
          open_store, close_store, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
