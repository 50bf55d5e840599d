/* Claims about the wait before a turn: it begins and lasts where much comes, and nowhere else. */
#include "bridge/gather.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROUND_TRIP_US 1000 /* to Kafka and back, with what a turn does itself */
#define TURNS         1000

/* A bridge to which messages come evenly, after a turn of `burst`; how many of its turns wait. */
static int waits_at(int64_t rate, size_t burst)
{
    struct gather gather = { .messages = burst };
    int64_t now_us = 5000000, read_us = now_us;
    int waits = 0;

    gather_answered(&gather, now_us);
    for (int i = 0; i < TURNS; i++) {
        if (gather.due_ms > now_us / 1000)
            now_us = gather.due_ms * 1000;
        waits += gather_ends(&gather, now_us / 1000);
        assert_false(gather_ends(&gather, now_us / 1000));
        int64_t count = (now_us - read_us) * rate / 1000000;
        if (count == 0) /* poll(2) waits for the first */
            now_us = read_us + 1000000 / rate, count = 1;
        gather.messages = (size_t)count;
        read_us = now_us;
        now_us += ROUND_TRIP_US;
        gather_answered(&gather, now_us);
    }
    return waits;
}

static void little_never_waits(void **state)
{
    (void)state;
    assert_int_equal(waits_at(1, 1), 0);
    assert_int_equal(waits_at(1000, 1), 0);
    assert_int_equal(waits_at(2000, 1), 0);
}

static void much_waits_in_each_turn(void **state)
{
    (void)state;
    assert_in_range(waits_at(4000, 1), TURNS - 2, TURNS);
    assert_in_range(waits_at(5000, 1), TURNS - 2, TURNS);
    assert_in_range(waits_at(20000, 1), TURNS - 2, TURNS);
}

/* A turn that waited reads more, and must not wait again for that. */
static void one_burst_is_one_wait_at_most(void **state)
{
    (void)state;
    assert_in_range(waits_at(1000, 20), 0, 1);
    assert_in_range(waits_at(100, 20), 0, 1);
}

static void a_large_turn_waits_for_nothing(void **state)
{
    (void)state;
    assert_int_equal(gather_ms(1000, 30000), 0);
    assert_int_equal(waits_at(300000, 1000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "where little comes no turn waits", little_never_waits, NULL, NULL, NULL },
        { "where much comes each turn waits", much_waits_in_each_turn, NULL, NULL, NULL },
        { "a burst is one wait at most", one_burst_is_one_wait_at_most, NULL, NULL, NULL },
        { "a turn that is large by itself waits for nothing", a_large_turn_waits_for_nothing, NULL,
          NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
