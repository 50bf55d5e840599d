/* Claims about batch_size: a backlog is made up in large batches, but for no longer than the other
 * writers of the store may be held up. */
#include "collector/engine/batch_size.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MOST 32000

/* Turns of a backlog, where a record takes `record_us`. */
static size_t after_a_backlog(size_t size, int64_t record_us)
{
    for (int i = 0; i < 20; i++)
        size = batch_size_next(size, size, (int64_t)size * record_us, MOST);
    return size;
}

static void a_backlog_of_quick_records_makes_large_batches(void **state)
{
    (void)state;
    assert_int_equal(after_a_backlog(BATCH_SIZE_MIN, 2), MOST);
    assert_int_equal(after_a_backlog(BATCH_SIZE_MIN, 7), MOST);
}

static void no_batch_is_longer_than_others_may_wait(void **state)
{
    (void)state;
    for (int64_t record_us = 1; record_us < BATCH_US / BATCH_SIZE_MIN; record_us++) {
        size_t size = after_a_backlog(MOST, record_us);
        assert_true((int64_t)size * record_us <= BATCH_US);
        assert_true(size == MOST || (int64_t)size * record_us > BATCH_US / 2);
    }
}

static void a_disk_that_hangs_does_not_end_large_batches_for_good(void **state)
{
    size_t slow = batch_size_next(MOST, MOST, 60LL * 1000 * 1000, MOST);
    (void)state;

    assert_int_equal(slow, BATCH_SIZE_MIN);
    assert_int_equal(after_a_backlog(slow, 5), MOST);
}

static void few_records_say_nothing(void **state)
{
    (void)state;
    assert_int_equal(batch_size_next(BATCH_SIZE_MIN, 1, 500, MOST), BATCH_SIZE_MIN);
    assert_int_equal(batch_size_next(MOST, 10, 500, MOST), MOST);
    /* But where even they were slow, many would be slower. */
    assert_int_equal(batch_size_next(BATCH_SIZE_MIN, 2000, 2 * BATCH_US, MOST), BATCH_SIZE_MIN);
}

static void who_asks_for_no_more_gets_the_least(void **state)
{
    (void)state;
    assert_int_equal(batch_size_next(BATCH_SIZE_MIN, BATCH_SIZE_MIN, 1, 0), BATCH_SIZE_MIN);
    assert_int_equal(batch_size_next(BATCH_SIZE_MIN, BATCH_SIZE_MIN, 0, 0), BATCH_SIZE_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_backlog_of_quick_records_makes_large_batches),
        cmocka_unit_test(no_batch_is_longer_than_others_may_wait),
        cmocka_unit_test(a_disk_that_hangs_does_not_end_large_batches_for_good),
        cmocka_unit_test(few_records_say_nothing),
        cmocka_unit_test(who_asks_for_no_more_gets_the_least),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
