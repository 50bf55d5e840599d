/* Proves how large batches are: what the link carries in four seconds, as the last ones have shown.
 */
#include "uplink_scene.h"

/* What the broker has of a batch so long after it was sent is what the link carries. */
static void drain_one(int64_t puback_ms)
{
    turn_after(puback_ms);
    confirm(0);
    hear_ack(EPOCH, strtoll(strchr(fake.last_events.correlation, ':') + 1, NULL, 10));
}

/* 1,250 bytes a second: a heartbeat waits four seconds, and not the 26 of 32 KiB. */
static void a_batch_is_what_a_slow_link_carries_in_four_seconds(void **state)
{
    (void)state;
    fake.mute = true;
    world.store.blanks = 220;
    connect_with_bridge();
    commit_to(1000);
    for (int i = 0; i < 5; i++)
        drain_one((int64_t)fake.last_events.length * 8 / 10);
    assert_in_range(fake.last_events.length, 4500, 5100);
}

static void a_fast_link_gets_the_largest_batches(void **state)
{
    (void)state;
    fake.mute = true;
    world.store.blanks = 900;
    connect_with_bridge();
    commit_to(1000);
    assert_in_range(fake.last_events.length, 7000, 8192);
    drain_one(100);
    drain_one(100);
    assert_in_range(fake.last_events.length, 31000, 32768);
    drain_one(100);
    assert_in_range(fake.last_events.length, 31000, 32768);
}

/* Its time is the way there and back, not what the link carries. */
static void a_small_batch_says_nothing_of_a_link(void **state)
{
    (void)state;
    fake.mute = true;
    connect_with_bridge();
    for (int64_t seq = 1; seq <= 20; seq++) {
        commit_to(seq);
        drain_one(6000);
    }
    world.store.blanks = 220;
    commit_to(1000);
    assert_in_range(fake.last_events.length, 7900, 8192);
}

#define CLAIM(TEXT, TEST)                                                                          \
    {                                                                                              \
        TEXT, TEST, begin, finish, NULL                                                            \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a batch is what a slow link carries in four seconds",
              a_batch_is_what_a_slow_link_carries_in_four_seconds),
        CLAIM("a fast link gets the largest batches", a_fast_link_gets_the_largest_batches),
        CLAIM("a small batch says nothing of a link", a_small_batch_says_nothing_of_a_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
