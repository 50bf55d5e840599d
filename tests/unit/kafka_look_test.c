/* Claims about looks into Kafka's logs for a person: where a page may be, whatever a cursor says,
 * and that a Kafka that does not answer is waited for once. */
#include "collector/api/kafka_look.h"
#include "common/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_page_is_within_the_log(void **state)
{
    static const struct {
        int64_t to, low, high, limit, from, until;
    } rows[] = {
        { 90, 0, 100, 10, 80, 90 },
        { 90, 85, 100, 10, 85, 90 },
        { 101, 0, 100, 10, 90, 100 },
        { INT64_MAX, 0, 100, 10, 90, 100 },
        { INT64_MIN, 0, 100, 10, 0, 0 },
        { 3, 50, 100, 1001, 50, 50 },
        { INT64_MAX, 0, INT64_MAX, 1, INT64_MAX - 1, INT64_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kafka_span span = { .to = rows[i].to };
        kafka_span_before(&span, rows[i].low, rows[i].high, rows[i].limit);
        assert_int_equal(span.from, rows[i].from);
        assert_int_equal(span.to, rows[i].until);
    }
}

static void a_time_is_one_that_can_be_asked_for(void **state)
{
    (void)state;
    assert_int_equal(kafka_look_time(1790000000000), 1790000000000);
    assert_int_equal(kafka_look_time(-2), 0);
    assert_int_equal(kafka_look_time(INT64_MAX) + 1, INT64_MAX);
}

/* Nobody listens there. */
static void kafka_away_is_waited_for_once(void **state)
{
    struct kafka_look *look = kafka_look_open("127.0.0.1:1", NULL);
    int64_t low, high, since_ms = clock_mono_ms();

    (void)state;
    assert_non_null(look);
    assert_true(kafka_look_begin(look));
    assert_false(kafka_look_ends(look, "carrito.dead-letters", 0, &low, &high));
    kafka_look_end(look);
    assert_in_range(clock_mono_ms() - since_ms, KAFKA_LOOK_MS - 500, KAFKA_LOOK_MS + 3000);
    since_ms = clock_mono_ms();
    for (int i = 0; i < 10; i++)
        assert_false(kafka_look_begin(look));
    assert_in_range(clock_mono_ms() - since_ms, 0, 500);
    kafka_look_close(look);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a page is within the log, whatever its cursor says", a_page_is_within_the_log, NULL,
          NULL, NULL },
        { "a cursor's time is one that Kafka can be asked for", a_time_is_one_that_can_be_asked_for,
          NULL, NULL, NULL },
        { "a Kafka that does not answer is waited for once", kafka_away_is_waited_for_once, NULL,
          NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
