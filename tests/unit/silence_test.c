/* Claims about silence counted in beats: what counts, what does not, and that order and restarts
 * change nothing. */
#include "collector/location/silence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOON  1790000000000LL
#define LIMIT 60000
#define CARTS 500

static struct silence_line *line_of(struct silence *silence)
{
    return silence_line(silence, 0, "b1");
}

/* The next record of the line. */
static struct silence_change beat_at(struct silence_line *line, int64_t at_ms, bool mqtt)
{
    return silence_beat(line, &(struct silence_beat){ at_ms, line->next, mqtt });
}

/* Beats every half second, from and to included. */
static void beat(struct silence *silence, int64_t from_ms, int64_t to_ms, bool mqtt)
{
    for (int64_t at = from_ms; at <= to_ms; at += 500)
        beat_at(line_of(silence), NOON + at, mqtt);
}

static void hear(struct silence *silence, const char *cart, int64_t at_ms)
{
    silence_word(silence,
                 &(struct silence_word){
                     .cart = cart, .bridge = "b1", .heard_ms = NOON + at_ms, .limit_ms = LIMIT });
}

static int open_silence(void **state)
{
    *state = silence_open();
    return 0;
}

static int close_silence(void **state)
{
    silence_close(*state);
    return 0;
}

static void a_cart_is_due_at_its_limit_and_not_before(void **state)
{
    struct silence *silence = *state;

    beat(silence, 0, 1000, true);
    hear(silence, "A", 1200);
    beat(silence, 1500, 61000, true);
    assert_null(silence_due(line_of(silence)));
    beat(silence, 61500, 61500, true);
    struct silence_cart *due = silence_due(line_of(silence));
    assert_non_null(due);
    assert_string_equal(due->cart, "A");
    assert_int_equal(silence_limit_ms(due), NOON + 61200);
}

static void a_word_sets_the_timer_on(void **state)
{
    struct silence *silence = *state;

    beat(silence, 0, 0, true);
    hear(silence, "A", 100);
    beat(silence, 500, 50000, true);
    hear(silence, "A", 50100);
    beat(silence, 50500, 110000, true);
    assert_null(silence_due(line_of(silence)));
    beat(silence, 110500, 110500, true);
    assert_int_equal(silence_limit_ms(silence_due(line_of(silence))), NOON + 110100);
}

static void an_older_word_changes_nothing(void **state)
{
    struct silence *silence = *state;

    beat(silence, 0, 0, true);
    hear(silence, "A", 5000);
    hear(silence, "A", 1000);
    beat(silence, 500, 64500, true);
    assert_null(silence_due(line_of(silence)));
    beat(silence, 65000, 65000, true);
    assert_int_equal(silence_limit_ms(silence_due(line_of(silence))), NOON + 65000);
}

static void a_long_interval_counts_nothing(void **state)
{
    struct silence *silence = *state;

    beat(silence, 0, 10000, true);
    hear(silence, "A", 10000);
    beat(silence, 40000, 40000 + 59500, true); /* 30 s without a beat */
    assert_null(silence_due(line_of(silence)));
    beat(silence, 100000, 100000, true);
    assert_int_equal(silence_limit_ms(silence_due(line_of(silence))), NOON + 100000);
}

static void three_seconds_between_beats_still_count(void **state)
{
    struct silence *silence = *state;

    hear(silence, "A", 1);
    for (int at = 0; at <= 60; at += 3)
        beat_at(line_of(silence), NOON + at * 1000, true);
    assert_null(silence_due(line_of(silence)));
    beat_at(line_of(silence), NOON + 63000, true);
    assert_non_null(silence_due(line_of(silence)));
}

static void time_without_mqtt_counts_nothing_at_either_end(void **state)
{
    struct silence *silence = *state;

    beat(silence, 0, 30000, true);
    hear(silence, "A", 0);
    beat(silence, 30500, 130000, false);
    /* 30 s have counted; the intervals to the first and from the last beat without MQTT have not.
     */
    beat(silence, 130500, 160000, true);
    assert_null(silence_due(line_of(silence)));
    beat(silence, 160500, 160500, true);
    assert_int_equal(silence_limit_ms(silence_due(line_of(silence))), NOON + 160500);
}

static void before_the_first_beat_nothing_counts(void **state)
{
    struct silence *silence = *state;

    hear(silence, "A", 0);
    beat(silence, 3600000, 3659500, true);
    assert_null(silence_due(line_of(silence)));
    beat(silence, 3660000, 3660000, true);
    assert_non_null(silence_due(line_of(silence)));
}

/* Topics are read side by side: a word may be read long before or after the beats around it. */
static void the_order_of_reading_changes_nothing(void **state)
{
    struct silence *silence = *state;

    hear(silence, "EARLY", 95000);
    beat(silence, 0, 90000, true);
    beat(silence, 100000, 120000, true); /* 10 s missing */
    hear(silence, "LATE", 95000);
    beat(silence, 120500, 159500, true);
    assert_null(silence_due(line_of(silence)));
    beat(silence, 160000, 160000, true);
    struct silence_cart *first = silence_due(line_of(silence));
    assert_int_equal(silence_limit_ms(first), NOON + 160000);
    silence_stop(silence, first->cart);
    struct silence_cart *second = silence_due(line_of(silence));
    assert_int_equal(silence_limit_ms(second), NOON + 160000);
    assert_ptr_not_equal(first, second);
}

#define BACK 600000 /* how far Kafka's clock is set back */

/* Silence goes on from the new time, for who was silent before and for who is heard after. */
static void a_clock_set_back_costs_nothing(void **state)
{
    struct silence *silence = *state;

    beat(silence, 0, 30000, true);
    hear(silence, "BEFORE", 10000);
    hear(silence, "AFTER", 30000);
    beat(silence, 30200 - BACK, 35200 - BACK, true);
    hear(silence, "AFTER", 35000 - BACK);
    beat(silence, 35700 - BACK, 69700 - BACK, true);
    assert_null(silence_due(line_of(silence)));
    beat(silence, 70200 - BACK, 70200 - BACK, true); /* 20 s before, 40 s after */
    struct silence_cart *due = silence_due(line_of(silence));
    assert_non_null(due);
    assert_string_equal(due->cart, "BEFORE");
    assert_int_equal(silence_limit_ms(due), NOON + 70200 - BACK);
    silence_stop(silence, "BEFORE");
    beat(silence, 70700 - BACK, 94700 - BACK, true);
    assert_null(silence_due(line_of(silence)));
    beat(silence, 95200 - BACK, 95200 - BACK, true);
    due = silence_due(line_of(silence));
    assert_non_null(due);
    assert_string_equal(due->cart, "AFTER");
    assert_int_equal(silence_limit_ms(due), NOON + 95000 - BACK);
}

/* What was over before the clock was set back, and is looked at afterwards. */
static void a_limit_of_before_is_told_in_its_own_time(void **state)
{
    struct silence *silence = *state;

    beat(silence, 0, 70000, true);
    hear(silence, "A", 1000);
    beat(silence, 70200 - BACK, 71200 - BACK, true);
    struct silence_cart *due = silence_due(line_of(silence));
    assert_non_null(due);
    assert_int_equal(silence_limit_ms(due), NOON + 61000);
}

/* A word of before that is read late, and one of after, though its time is earlier. */
static void words_of_before_and_after_are_told_apart(void **state)
{
    struct silence *silence = *state;
    struct silence_word before = { .cart = "A", .bridge = "b1", .heard_ms = NOON + 29900 },
                        after = { .cart = "A", .bridge = "b1", .heard_ms = NOON + 30900 - BACK };

    beat(silence, 0, 30000, true);
    assert_true(silence_is_older(silence, &after, &before));
    beat(silence, 30200 - BACK, 31200 - BACK, true);
    assert_true(silence_line_is_back(line_of(silence)));
    assert_false(silence_is_older(silence, &after, &before));
    assert_true(silence_is_older(silence, &before, &after));
    hear(silence, "A", 30900 - BACK);
    hear(silence, "A", 29900);
    beat(silence, 31700 - BACK, 90700 - BACK, true);
    assert_null(silence_due(line_of(silence)));
    beat(silence, 91200 - BACK, 91200 - BACK, true);
    assert_non_null(silence_due(line_of(silence)));
    beat(silence, 91700 - BACK, 30200, true);
    assert_false(silence_line_is_back(line_of(silence)));
}

/* After Kafka lost data a log is read from its beginning. */
static void beats_that_are_read_again_count_nothing(void **state)
{
    struct silence *silence = *state;
    struct silence_line *line = line_of(silence);

    beat(silence, 0, 30000, true);
    hear(silence, "A", 30000);
    for (int at = 0; at < 30000; at += 500) {
        struct silence_change change =
            silence_beat(line, &(struct silence_beat){ NOON + at, at / 500, at < 15000 });
        assert_false(change.went_down || change.came_up);
    }
    assert_int_equal(line->beat_ms, NOON + 30000);
    assert_false(silence_line_is_down(line));
    beat(silence, 30500, 89500, true);
    assert_null(silence_due(line));
    beat(silence, 90000, 90000, true);
    assert_non_null(silence_due(line));
}

static void an_outage_is_told_once_and_ends(void **state)
{
    struct silence *silence = *state;
    struct silence_line *line = line_of(silence);

    beat(silence, 0, 1000, true);
    struct silence_change change = beat_at(line, NOON + 1400, false);
    assert_true(change.went_down && !change.came_up);
    assert_int_equal(change.down_ms, NOON + 1400);
    change = beat_at(line, NOON + 1900, false);
    assert_false(change.went_down || change.came_up);
    change = beat_at(line, NOON + 60000, false); /* beats were missing too */
    assert_false(change.went_down || change.came_up);
    change = beat_at(line, NOON + 60500, true);
    assert_true(change.came_up && !change.went_down);
    change = beat_at(line, NOON + 70000, true);
    assert_true(change.came_up && change.went_down);
    assert_int_equal(change.down_ms, NOON + 60500);
    assert_int_equal(change.up_ms, NOON + 70000);
}

/* At a first start broker and Kafka may take their time: there was no link yet. */
static void a_link_that_was_never_up_does_not_go_down(void **state)
{
    static const struct {
        int64_t at_ms;
        bool mqtt;
    } beats[] = { { 0, false }, { 500, false }, { 9000, false }, { 9500, false }, { 20000, true } };
    struct silence *silence = *state;
    struct silence_line *line = line_of(silence);

    assert_false(silence_line_was_up(line));
    for (size_t i = 0; i < sizeof beats / sizeof *beats; i++) {
        assert_false(silence_line_was_up(line));
        assert_false(beat_at(line, NOON + beats[i].at_ms, beats[i].mqtt).went_down);
    }
    assert_false(silence_line_is_down(line));
    assert_true(silence_line_was_up(line));
    assert_true(beat_at(line, NOON + 20500, false).went_down);
    assert_false(beat_at(line, NOON + 30000, false).went_down); /* it was told */
    assert_true(beat_at(line, NOON + 30500, true).came_up);
    assert_true(beat_at(line, NOON + 40000, true).went_down);
}

static void another_bridge_takes_a_cart_over(void **state)
{
    struct silence *silence = *state;
    struct silence_line *other = silence_line(silence, 0, "b2");

    beat(silence, 0, 0, true);
    beat_at(other, NOON, true);
    hear(silence, "A", 0);
    silence_word(silence,
                 &(struct silence_word){
                     .cart = "A", .bridge = "b2", .heard_ms = NOON + 1000, .limit_ms = LIMIT });
    beat(silence, 500, 100000, true);
    assert_null(silence_due(line_of(silence)));
    assert_null(silence_due(other));
    for (int at = 1; at <= 61; at++)
        beat_at(other, NOON + at * 1000, true);
    assert_non_null(silence_due(other));
}

static void a_stopped_cart_is_not_due_until_it_is_heard(void **state)
{
    struct silence *silence = *state;

    beat(silence, 0, 0, true);
    hear(silence, "A", 0);
    silence_stop(silence, "A");
    silence_stop(silence, "NEVER-HEARD");
    beat(silence, 500, 200000, true);
    assert_null(silence_due(line_of(silence)));
    hear(silence, "A", 200000);
    beat(silence, 200500, 260000, true);
    assert_non_null(silence_due(line_of(silence)));
}

/* A phone's cart that gets a board has the shorter limit at once. */
static void a_shorter_limit_counts_from_its_word(void **state)
{
    struct silence *silence = *state;
    struct silence_word phone = {
        .cart = "A", .bridge = "b1", .heard_ms = NOON, .limit_ms = 2100000
    };

    beat(silence, 0, 500, true);
    silence_word(silence, &phone);
    hear(silence, "A", 500);
    beat(silence, 1000, 60500, true);
    assert_int_equal(silence_limit_ms(silence_due(line_of(silence))), NOON + 60500);
}

/* Does silence since NOON count as so much at the line's last beat? */
static bool counts(struct silence_line *line, int64_t silence_ms)
{
    struct silence_cart key = { .heard_ms = NOON, .limit_ms = silence_ms, .line = line };

    return silence_limit_ms(&key) <= line->beat_ms;
}

static void many_outages_are_counted_short_and_never_long(void **state)
{
    struct silence *silence = *state;
    int64_t at = 0;

    beat(silence, 0, 0, true);
    hear(silence, "A", 0);
    for (int i = 0; i < 3 * SILENCE_GAPS_MAX; i++) {
        beat(silence, at + 4000, at + 4500, true);
        at += 4500;
    }
    assert_int_equal(line_of(silence)->gap_count, SILENCE_GAPS_MAX);
    assert_false(counts(line_of(silence), 3 * SILENCE_GAPS_MAX * 500 + 1));
    assert_true(counts(line_of(silence), (SILENCE_GAPS_MAX - 1) * 500));
}

/* The heap against the plain search. */
static void many_carts_are_due_in_their_order(void **state)
{
    struct silence *silence = *state;
    uint64_t random = 7;
    int64_t last_ms = 0;
    char plate[16];
    int due = 0;

    beat(silence, 0, 0, true);
    for (int i = 0; i < 4 * CARTS; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        snprintf(plate, sizeof plate, "C-%d", i % CARTS);
        hear(silence, plate, 1 + (int64_t)((random >> 33) % 50000));
        if (i % 3 == 0)
            silence_stop(silence, plate);
    }
    beat(silence, 500, 200000, true);
    for (struct silence_cart *cart; (cart = silence_due(line_of(silence))) != NULL; due++) {
        assert_true(silence_limit_ms(cart) >= last_ms || due == 0);
        last_ms = silence_limit_ms(cart);
        silence_stop(silence, cart->cart);
    }
    assert_true(due > CARTS / 10 && due <= CARTS);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_silence, close_silence, NULL                                          \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a cart is due at its limit and not before",
              a_cart_is_due_at_its_limit_and_not_before),
        CLAIM("a word sets the timer on", a_word_sets_the_timer_on),
        CLAIM("an older word changes nothing", an_older_word_changes_nothing),
        CLAIM("an interval of more than 3 s counts nothing", a_long_interval_counts_nothing),
        CLAIM("3 s between two beats still count", three_seconds_between_beats_still_count),
        CLAIM("time without MQTT counts nothing, at either end",
              time_without_mqtt_counts_nothing_at_either_end),
        CLAIM("before the first beat nothing counts", before_the_first_beat_nothing_counts),
        CLAIM("the order of reading changes nothing", the_order_of_reading_changes_nothing),
        CLAIM("a clock that is set back costs nothing", a_clock_set_back_costs_nothing),
        CLAIM("a limit of before it was is told in its own time",
              a_limit_of_before_is_told_in_its_own_time),
        CLAIM("words of before and after are told apart", words_of_before_and_after_are_told_apart),
        CLAIM("beats that are read again count nothing", beats_that_are_read_again_count_nothing),
        CLAIM("an outage is told once, and ends", an_outage_is_told_once_and_ends),
        CLAIM("a link that was never up does not go down",
              a_link_that_was_never_up_does_not_go_down),
        CLAIM("another bridge takes a cart over", another_bridge_takes_a_cart_over),
        CLAIM("a stopped cart is not due until it is heard",
              a_stopped_cart_is_not_due_until_it_is_heard),
        CLAIM("a shorter limit counts from its word", a_shorter_limit_counts_from_its_word),
        CLAIM("many outages are counted short and never long",
              many_outages_are_counted_short_and_never_long),
        CLAIM("many carts are due in their order", many_carts_are_due_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
