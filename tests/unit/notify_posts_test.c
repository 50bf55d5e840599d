/* Claims about posts in hand: what is a day old is let go, and who was stopped for longer than the
 * lease is good for begins nothing. */
#include "collector/base/settings.h"
#include "collector/effects/effect.h"
#include "collector/notify/notify_plan.h"
#include "collector/notify/notify_posts.h"
#include "common/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

/* Nobody listens there. */
static char nowhere[] = "http://127.0.0.1:1/";
static const struct settings settings = { .webhook = nowhere };

static void queue(struct store *store, const char *id, int64_t created_ms)
{
    effect_add(store, &(struct effect){ .lane = EFFECT_POST,
                                        .id = id,
                                        .topic = "webhook",
                                        .key = id,
                                        .key_length = strlen(id),
                                        .value = "{}",
                                        .value_length = 2,
                                        .partition = -1,
                                        .created_ms = created_ms,
                                        .due_ms = EFFECT_AT_ONCE });
}

static int64_t waiting(struct store *store)
{
    return ask(store, "SELECT COUNT(*) FROM effects WHERE lane = 'post'");
}

static void what_is_a_day_old_is_let_go(void **state)
{
    struct store *store = *state;
    struct notify_posts *posts = notify_posts_open(&settings, NULL);
    struct lease lease = { .name = "notify" };
    struct effect_time time = effect_time_now();

    assert_true(lease_keep(&lease, store, time.mono_ms));
    queue(store, "old", time.now_ms - NOTIFY_GIVE_UP_MS);
    notify_posts_work(posts, store, &lease, &time);
    assert_int_equal(notify_posts_under_way(posts), 0);
    assert_int_equal(waiting(store), 0);
    notify_posts_close(posts);
}

static void who_was_stopped_for_long_begins_nothing(void **state)
{
    struct store *store = *state;
    struct notify_posts *posts = notify_posts_open(&settings, NULL);
    struct lease lease = { .name = "notify" };
    struct effect_time time = effect_time_now();

    assert_true(lease_keep(&lease, store, time.mono_ms));
    queue(store, "new", time.now_ms);
    lease.renewed_mono_ms -= LEASE_OWN_MS;
    notify_posts_work(posts, store, &lease, &time);
    /* Nothing was begun: what was is under way, or its end is written down. */
    assert_int_equal(notify_posts_under_way(posts), 0);
    assert_int_equal(ask(store, "SELECT attempts FROM effects WHERE id = 'new'"), 0);
    assert_int_equal(waiting(store), 1);
    lease.renewed_mono_ms += LEASE_OWN_MS;
    time.mono_ms += 1000; /* the next look at the table */
    notify_posts_work(posts, store, &lease, &time);
    assert_int_equal(notify_posts_under_way(posts) +
                         (size_t)ask(store, "SELECT attempts FROM effects WHERE id = 'new'"),
                     1);
    notify_posts_close(posts);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        { "what is a day old is let go", what_is_a_day_old_is_let_go, open_store, close_store,
          NULL },
        { "who was stopped for long begins nothing", who_was_stopped_for_long_begins_nothing,
          open_store, close_store, NULL },
    };

    return cmocka_run_group_tests(claims, NULL, NULL);
}
