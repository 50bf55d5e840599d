/* Claims about buyers who follow their orders: each hears of its own order and of no other, at the
 * beginning and when something has changed, and no more than once; who reads late hears the newest;
 * the end of an order is the end of its streams; an order and an address have so many, and it is
 * not the newcomer who goes. */
#include "collector/api/order_follow.h"

#include "common/clock.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ANA     "00000000000000000000000000000001"
#define BERTA   "00000000000000000000000000000002"
#define SOON_MS 5000 /* a thread looks every 400 ms */

/* Two orders as the store has them. */
struct office {
    pthread_mutex_t lock;
    char words[2][32];
    bool over[2], away;
    int looks;
    struct order_follow *follow;
};

static bool look(void *owner, const char *id, struct order_look *look)
{
    struct office *office = owner;
    int which = strcmp(id, BERTA) == 0;
    pthread_mutex_lock(&office->lock);
    bool known = !office->away;
    office->looks++;
    if (known)
        buffer_text(&look->text, office->words[which]);
    look->is_over = office->over[which];
    pthread_mutex_unlock(&office->lock);
    return known;
}

static void become(struct office *office, int which, const char *words, bool over)
{
    pthread_mutex_lock(&office->lock);
    snprintf(office->words[which], sizeof office->words[which], "%s", words);
    office->over[which] = over;
    pthread_mutex_unlock(&office->lock);
}

static int begin(void **state)
{
    static struct office office;
    office = (struct office){ .words = { "ana 1", "berta 1" } };
    pthread_mutex_init(&office.lock, NULL);
    office.follow = order_follow_open(&(struct order_follow_options){ look, &office });
    *state = &office;
    return 0;
}

static int finish(void **state)
{
    struct office *office = *state;
    order_follow_end(office->follow);
    order_follow_close(office->follow);
    pthread_mutex_destroy(&office->lock);
    return 0;
}

static void set_away(struct office *office, bool away)
{
    pthread_mutex_lock(&office->lock);
    office->away = away;
    pthread_mutex_unlock(&office->lock);
}

/* As the server lets one wait. */
struct buyer {
    struct order_follower *follower;
    pthread_mutex_t lock;
    bool suspended;
};

static void suspend(void *owner)
{
    struct buyer *buyer = owner;
    pthread_mutex_lock(&buyer->lock);
    buyer->suspended = true;
    pthread_mutex_unlock(&buyer->lock);
}

static void resume(void *owner)
{
    struct buyer *buyer = owner;
    pthread_mutex_lock(&buyer->lock);
    buyer->suspended = false;
    pthread_mutex_unlock(&buyer->lock);
}

static bool is_suspended(struct buyer *buyer)
{
    pthread_mutex_lock(&buyer->lock);
    bool suspended = buyer->suspended;
    pthread_mutex_unlock(&buyer->lock);
    return suspended;
}

static bool join(struct office *office, struct buyer *buyer, const char *id, uint8_t site)
{
    struct order_listener listener = { .site = { { site } } };
    struct order_look first = { .is_over = false };
    struct stream_waiting waiting = { suspend, resume, buyer };
    snprintf(listener.id, sizeof listener.id, "%s", id);
    *buyer = (struct buyer){ .suspended = false };
    pthread_mutex_init(&buyer->lock, NULL);
    look(office, id, &first);
    buyer->follower = order_follow_join(office->follow, &listener, &first, &waiting);
    buffer_free(&first.text);
    return buyer->follower != NULL;
}

static void leave(struct buyer *buyer)
{
    order_follow_leave(buyer->follower);
    pthread_mutex_destroy(&buyer->lock);
}

/* What it hears next, "" where that takes too long. */
static enum response_piece hear(struct buyer *buyer, char text[256])
{
    struct buffer out = { 0 };
    int64_t until_ms = clock_mono_ms() + SOON_MS;
    enum response_piece piece;
    while ((piece = order_follow_read(buyer->follower, &out)) == RESPONSE_WAIT)
        while (is_suspended(buyer) && clock_mono_ms() < until_ms)
            clock_pause_ms(5);
    snprintf(text, 256, "%s", out.bytes != NULL ? out.bytes : "");
    buffer_free(&out);
    return piece;
}

static void each_hears_its_own_order_and_no_other(void **state)
{
    struct office *office = *state;
    struct buyer ana, berta;
    char text[256];
    assert_true(join(office, &ana, ANA, 1) && join(office, &berta, BERTA, 2));
    assert_int_equal(hear(&ana, text), RESPONSE_MORE);
    assert_string_equal(text, "retry: 2000\n\nevent: order\ndata: ana 1\n\n");
    assert_int_equal(hear(&berta, text), RESPONSE_MORE);
    assert_string_equal(text, "retry: 2000\n\nevent: order\ndata: berta 1\n\n");
    become(office, 1, "berta 2", false);
    assert_int_equal(hear(&berta, text), RESPONSE_MORE);
    assert_string_equal(text, "event: order\ndata: berta 2\n\n");
    become(office, 0, "ana 2", false);
    assert_int_equal(hear(&ana, text), RESPONSE_MORE);
    assert_string_equal(text, "event: order\ndata: ana 2\n\n");
    leave(&ana);
    leave(&berta);
}

/* Until the thread has looked twice more. */
static void wait_for_looks(struct office *office)
{
    int64_t until_ms = clock_mono_ms() + SOON_MS;
    pthread_mutex_lock(&office->lock);
    int wanted = office->looks + 2;
    while (office->looks < wanted && clock_mono_ms() < until_ms) {
        pthread_mutex_unlock(&office->lock);
        clock_pause_ms(5);
        pthread_mutex_lock(&office->lock);
    }
    assert_true(office->looks >= wanted);
    pthread_mutex_unlock(&office->lock);
}

static void nothing_is_said_twice_and_who_reads_late_hears_the_newest(void **state)
{
    struct office *office = *state;
    struct buffer out = { 0 };
    struct buyer ana;
    char text[256];
    assert_true(join(office, &ana, ANA, 1));
    assert_int_equal(hear(&ana, text), RESPONSE_MORE);
    wait_for_looks(office);
    assert_int_equal(order_follow_read(ana.follower, &out), RESPONSE_WAIT);
    assert_null(out.bytes);
    become(office, 0, "ana 2", false);
    wait_for_looks(office);
    become(office, 0, "ana 3", false);
    wait_for_looks(office);
    assert_int_equal(hear(&ana, text), RESPONSE_MORE);
    assert_string_equal(text, "event: order\ndata: ana 3\n\n");
    leave(&ana);
}

static void a_store_that_is_away_ends_nothing(void **state)
{
    struct office *office = *state;
    struct buyer ana;
    char text[256];
    assert_true(join(office, &ana, ANA, 1));
    assert_int_equal(hear(&ana, text), RESPONSE_MORE);
    set_away(office, true);
    wait_for_looks(office);
    set_away(office, false);
    become(office, 0, "ana 2", false);
    assert_int_equal(hear(&ana, text), RESPONSE_MORE);
    assert_string_equal(text, "event: order\ndata: ana 2\n\n");
    leave(&ana);
}

static void the_end_of_an_order_is_the_end_of_its_streams(void **state)
{
    struct office *office = *state;
    struct buyer ana, late;
    char text[256];
    assert_true(join(office, &ana, ANA, 1));
    assert_int_equal(hear(&ana, text), RESPONSE_MORE);
    become(office, 0, "ana ended", true);
    assert_int_equal(hear(&ana, text), RESPONSE_END);
    assert_string_equal(text, "event: order\ndata: ana ended\n\n");
    assert_true(join(office, &late, ANA, 1));
    assert_int_equal(hear(&late, text), RESPONSE_END);
    assert_string_equal(text, "retry: 2000\n\nevent: order\ndata: ana ended\n\n");
    leave(&ana);
    leave(&late);
}

static void the_end_of_the_server_is_the_end_of_all(void **state)
{
    struct office *office = *state;
    struct buyer ana, late;
    char text[256];
    assert_true(join(office, &ana, ANA, 1));
    assert_int_equal(hear(&ana, text), RESPONSE_MORE);
    order_follow_end(office->follow);
    assert_int_equal(hear(&ana, text), RESPONSE_END);
    assert_false(join(office, &late, ANA, 1));
    leave(&ana);
}

static void of_too_many_on_one_order_the_oldest_ends(void **state)
{
    static struct buyer buyers[ORDER_FOLLOWERS_OF_ORDER + 1];
    struct office *office = *state;
    struct buyer other;
    char text[256];
    assert_true(join(office, &other, BERTA, 1));
    for (int i = 0; i < ORDER_FOLLOWERS_OF_ORDER; i++) {
        assert_true(join(office, &buyers[i], ANA, 1));
        assert_int_equal(hear(&buyers[i], text), RESPONSE_MORE);
    }
    assert_true(join(office, &buyers[ORDER_FOLLOWERS_OF_ORDER], ANA, 2));
    assert_int_equal(hear(&buyers[0], text), RESPONSE_END);
    assert_string_equal(text, "");
    become(office, 0, "ana 2", false);
    become(office, 1, "berta 2", false);
    for (int i = 1; i <= ORDER_FOLLOWERS_OF_ORDER; i++)
        assert_int_equal(hear(&buyers[i], text), RESPONSE_MORE);
    assert_int_equal(hear(&other, text), RESPONSE_MORE);
    for (int i = 0; i <= ORDER_FOLLOWERS_OF_ORDER; i++)
        leave(&buyers[i]);
    leave(&other);
}

static void an_address_has_so_many(void **state)
{
    static struct buyer buyers[ORDER_FOLLOWERS_OF_SITE + 1];
    struct office *office = *state;
    struct buyer other;
    char id[ORDER_ID_SIZE];
    int joined = 0;
    for (; joined < ORDER_FOLLOWERS_OF_SITE; joined++) {
        snprintf(id, sizeof id, "%032d", 100 + joined);
        assert_true(join(office, &buyers[joined], id, 1));
    }
    assert_false(join(office, &buyers[joined], BERTA, 1));
    assert_true(join(office, &other, BERTA, 2));
    leave(&other);
    leave(&buyers[0]);
    assert_true(join(office, &buyers[0], ANA, 1));
    while (joined > 0)
        leave(&buyers[--joined]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "each hears its own order and no other", each_hears_its_own_order_and_no_other, begin,
          finish, NULL },
        { "nothing is said twice, and who reads late hears the newest",
          nothing_is_said_twice_and_who_reads_late_hears_the_newest, begin, finish, NULL },
        { "a store that is away ends nothing", a_store_that_is_away_ends_nothing, begin, finish,
          NULL },
        { "the end of an order is the end of its streams",
          the_end_of_an_order_is_the_end_of_its_streams, begin, finish, NULL },
        { "the end of the server is the end of all", the_end_of_the_server_is_the_end_of_all, begin,
          finish, NULL },
        { "of too many on one order the oldest ends", of_too_many_on_one_order_the_oldest_ends,
          begin, finish, NULL },
        { "an address has so many", an_address_has_so_many, begin, finish, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
