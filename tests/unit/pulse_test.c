/* Proves that one thread that hangs is named while the others go on, and that neither rest, nor
 * long work that goes forward, nor a thread that has ended is taken for it. */
#include "collector/base/pulse.h"

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LIMIT_MS 1000

/* A thread that does what it is told, one step at a time. */
struct worker {
    pthread_t thread;
    sem_t step, done;
    void (*act)(void); /* NULL: end */
};

static void *run(void *argument)
{
    struct worker *worker = argument;

    pulse_begin("worker");
    for (;;) {
        sem_post(&worker->done);
        sem_wait(&worker->step);
        if (worker->act == NULL)
            return NULL;
        worker->act();
    }
}

static void tell(struct worker *worker, void (*act)(void))
{
    worker->act = act;
    sem_post(&worker->step);
    if (act != NULL)
        sem_wait(&worker->done);
}

static int start(void **state)
{
    static struct worker worker;

    sem_init(&worker.step, 0, 0);
    sem_init(&worker.done, 0, 0);
    if (pthread_create(&worker.thread, NULL, run, &worker) != 0)
        return -1;
    sem_wait(&worker.done);
    *state = &worker;
    pulse_stuck(0, LIMIT_MS); /* the first look */
    return 0;
}

static int end(void **state)
{
    struct worker *worker = *state;

    tell(worker, NULL);
    return pthread_join(worker->thread, NULL);
}

static void a_thread_that_hangs_is_named(void **state)
{
    (void)state;
    assert_null(pulse_stuck(LIMIT_MS - 1, LIMIT_MS));
    assert_string_equal(pulse_stuck(LIMIT_MS, LIMIT_MS), "worker");
}

static void a_beat_begins_the_time_anew(void **state)
{
    tell(*state, pulse_beat);
    assert_null(pulse_stuck(900, LIMIT_MS));
    assert_null(pulse_stuck(1899, LIMIT_MS));
    assert_string_equal(pulse_stuck(1900, LIMIT_MS), "worker");
    tell(*state, pulse_beat);
    assert_null(pulse_stuck(2000, LIMIT_MS));
}

static void rest_is_no_standstill(void **state)
{
    tell(*state, pulse_rest);
    assert_null(pulse_stuck(86400000, LIMIT_MS));
    tell(*state, pulse_beat);
    assert_null(pulse_stuck(86400001, LIMIT_MS));
    assert_string_equal(pulse_stuck(86401001, LIMIT_MS), "worker");
}

static void who_has_ended_is_not_missed(void **state)
{
    end(state);
    assert_null(pulse_stuck(86400000, LIMIT_MS));
    start(state);
    assert_null(pulse_stuck(LIMIT_MS - 1, LIMIT_MS));
}

static void who_did_not_begin_is_not_looked_at(void **state)
{
    (void)state;
    pulse_beat();
    pulse_rest();
    tell(*state, pulse_rest);
    assert_null(pulse_stuck(86400000, LIMIT_MS));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_thread_that_hangs_is_named, start, end),
        cmocka_unit_test_setup_teardown(a_beat_begins_the_time_anew, start, end),
        cmocka_unit_test_setup_teardown(rest_is_no_standstill, start, end),
        cmocka_unit_test_setup_teardown(who_has_ended_is_not_missed, start, end),
        cmocka_unit_test_setup_teardown(who_did_not_begin_is_not_looked_at, start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
