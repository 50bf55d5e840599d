/* Proves that the earliest due time is always the one a plain search finds. */
#include "sim/timers.h"

#include "common/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define THINGS 100

static void the_earliest_is_first_whatever_changes(void **state)
{
    (void)state;
    int64_t due_ms[THINGS];
    uint64_t random = 1;
    struct timers *timers = timers_open(THINGS);
    for (int i = 0; i < THINGS; i++)
        due_ms[i] = INT64_MAX;
    for (int round = 0; round < 20000; round++) {
        uint32_t thing = (uint32_t)(random_next(&random) % THINGS), earliest;
        due_ms[thing] = (int64_t)(random_next(&random) % 1000);
        timers_set(timers, thing, due_ms[thing]);
        int64_t least = INT64_MAX;
        for (int i = 0; i < THINGS; i++)
            least = due_ms[i] < least ? due_ms[i] : least;
        assert_int_equal(timers_earliest(timers, &earliest), least);
        assert_int_equal(due_ms[earliest], least);
    }
    timers_close(timers);
}

static void one_thing_is_enough(void **state)
{
    (void)state;
    uint32_t thing = 9;
    struct timers *timers = timers_open(1);
    assert_int_equal(timers_earliest(timers, &thing), INT64_MAX);
    timers_set(timers, 0, 5);
    assert_int_equal(timers_earliest(timers, &thing), 5);
    assert_int_equal(thing, 0);
    timers_close(timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "the earliest is first, whatever changes", the_earliest_is_first_whatever_changes, NULL,
          NULL, NULL },
        { "one thing is enough", one_thing_is_enough, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
