/* Proves that `notify` stands still while operators want it to, and then makes up what is queued.
 */
#include "collector/base/hash.h"
#include "collector/base/settings.h"
#include "collector/effects/effects.h"
#include "collector/effects/mail.h"
#include "collector/notify/notify.h"
#include "collector/store/role_desired.h"
#include "collector/store/store.h"
#include "common/clock.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define WAIT_MS 5000
#define STEP_MS 20

static void want(struct store *store, enum role_desired wish)
{
    assert_true(store_begin(store));
    role_desired_set(store, &(struct role_desired_change){ "notify", wish, "ana", 5 });
    assert_int_equal(store_commit(store), STORE_OK);
}

static void queue(struct store *store, const char *id)
{
    assert_true(store_begin(store));
    mail_add(
        store,
        &(struct mail){ .id = id, .recipient = "ana@x.cl", .template = "test", .parameters = "{}" },
        clock_wall_ms());
    assert_int_equal(store_commit(store), STORE_OK);
}

static int64_t waiting(struct store *store)
{
    struct store_rows *rows =
        store_query(store, "SELECT COUNT(*) FROM mails WHERE status = 'waiting'", "");
    int64_t count = store_next(rows) ? store_int(rows, 0) : -1;

    store_rows_end(rows);
    return count;
}

static void wait_for_none(struct store *store)
{
    for (int64_t waited_ms = 0; waiting(store) > 0 && waited_ms < WAIT_MS; waited_ms += STEP_MS)
        clock_pause_ms(STEP_MS);
    assert_int_equal(waiting(store), 0);
}

/* Without a mail server a mail's end is that it is skipped. */
static void a_stop_holds_mails_and_a_start_sends_them(void **state)
{
    const struct scratch *scratch = *state;
    char url[sizeof scratch->path + 16], lang[] = "es", none[] = "";

    snprintf(url, sizeof url, "sqlite://%s", scratch->path);
    struct settings settings = { .store = url, .lang = lang, .smtp = none };
    struct store *store = store_open(url, STORE_REPEATABLE);
    assert_non_null(store);
    assert_int_equal(store_migrate(store), STORE_OK);
    struct notify *notify = notify_open(&settings, NULL);
    struct effects *effects = effects_start(&(struct effects_options){
        .store_url = url, .senders = { { &notify_calls, notify } }, .sender_count = 1 });
    queue(store, "first");
    wait_for_none(store);

    want(store, ROLE_DESIRED_STOP);
    for (int64_t waited_ms = 0; !notify_is_paused(notify) && waited_ms < WAIT_MS;
         waited_ms += STEP_MS)
        clock_pause_ms(STEP_MS);
    assert_true(notify_is_paused(notify));
    queue(store, "second");
    clock_pause_ms(1000);
    assert_int_equal(waiting(store), 1);

    want(store, ROLE_DESIRED_RUN);
    wait_for_none(store);
    assert_false(notify_is_paused(notify));
    effects_stop(effects);
    effects_join(effects);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        { "a stop holds mails and a start sends them", a_stop_holds_mails_and_a_start_sends_them,
          scratch_setup, scratch_teardown, NULL },
    };
    if (!hash_init())
        return 1;
    return cmocka_run_group_tests(claims, NULL, NULL);
}
