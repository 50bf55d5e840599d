/* Claims about the watermark: Kafka's time is Kafka's alone and never goes back, a question is
 * answered as of when it was asked, and what one leader queues holds up no other. */
#include "collector/engine/watermark.h"

#include "common/clock.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PATIENCE_MS 15000
#define NOON        1790000000000LL
#define BROKERS     3
#define PARTITIONS  3
#define SLOW_MS     1500

/* What the brokers have, and what was asked of them. Broker n leads partition n. */
static struct cluster {
    pthread_mutex_t lock;
    struct watermark_source_options options;
    int32_t partitions, time_partitions, leaders[PARTITIONS];
    bool slow[BROKERS]; /* takes SLOW_MS, and does not answer */
    int64_t ends[PARTITIONS];
    int64_t appended_ms; /* what a record to carrito.time gets; 0: none gets there */
    int asked[BROKERS], sent;
} cluster;

static void *open_source(const struct watermark_source_options *options)
{
    cluster.options = *options;
    return &cluster;
}

static void close_source(void *source)
{
    (void)source;
}

static void send_time(void *source, int32_t partitions)
{
    (void)source;
    pthread_mutex_lock(&cluster.lock);
    cluster.sent += partitions;
    int64_t append_ms = partitions > 0 ? cluster.appended_ms : 0;
    pthread_mutex_unlock(&cluster.lock);
    if (append_ms > 0)
        cluster.options.saw(cluster.options.owner, append_ms);
}

static void serve(void *source)
{
    (void)source;
}

static bool look(void *source, struct watermark_topic *topics, size_t count)
{
    (void)source;
    pthread_mutex_lock(&cluster.lock);
    for (size_t i = 0; i < count; i++) {
        bool is_time = strcmp(topics[i].name, "carrito.time") == 0;
        topics[i].partitions = is_time ? cluster.time_partitions : cluster.partitions;
        topics[i].leaders = calloc(PARTITIONS, sizeof *topics[i].leaders);
        for (int32_t k = 0; k < topics[i].partitions; k++)
            topics[i].leaders[k] = cluster.leaders[k];
    }
    pthread_mutex_unlock(&cluster.lock);
    return true;
}

static void ends(void *source, struct watermark_log *logs, size_t count)
{
    (void)source;
    pthread_mutex_lock(&cluster.lock);
    int32_t leader = logs[0].leader;
    bool slow = cluster.slow[leader];
    cluster.asked[leader]++;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(logs[i].leader, leader);
        logs[i].end = slow ? -1 : cluster.ends[logs[i].partition];
    }
    pthread_mutex_unlock(&cluster.lock);
    if (slow)
        clock_pause_ms(SLOW_MS);
}

static const struct watermark_source_calls source = {
    .open = open_source,
    .close = close_source,
    .send_time = send_time,
    .serve = serve,
    .look = look,
    .ends = ends,
};

static int open_watermark(void **state)
{
    cluster = (struct cluster){ .lock = PTHREAD_MUTEX_INITIALIZER,
                                .partitions = PARTITIONS,
                                .time_partitions = PARTITIONS,
                                .leaders = { 0, 1, 2 },
                                .ends = { 10, 11, 12 },
                                .appended_ms = NOON };
    *state = watermark_start(&(struct watermark_options){ .source = &source });
    watermark_follow(*state, "carrito.sales");
    return 0;
}

static int close_watermark(void **state)
{
    watermark_stop(*state);
    watermark_join(*state);
    return 0;
}

static void set_int32(int32_t *what, int32_t value)
{
    pthread_mutex_lock(&cluster.lock);
    *what = value;
    pthread_mutex_unlock(&cluster.lock);
}

static void set_slow(int broker, bool slow)
{
    pthread_mutex_lock(&cluster.lock);
    cluster.slow[broker] = slow;
    pthread_mutex_unlock(&cluster.lock);
}

static int asked_of(int broker)
{
    pthread_mutex_lock(&cluster.lock);
    int asked = cluster.asked[broker];
    pthread_mutex_unlock(&cluster.lock);
    return asked;
}

static int64_t wait_answer(struct watermark *watermark, int64_t question)
{
    int64_t began_ms = clock_mono_ms();

    while (!watermark_is_answered(watermark, question)) {
        assert_true(clock_mono_ms() - began_ms < PATIENCE_MS);
        clock_pause_ms(2);
    }
    return clock_mono_ms() - began_ms;
}

static bool knows(struct watermark *watermark, int64_t question, int32_t partition,
                  struct watermark_end *end)
{
    const struct watermark_log log = { .topic = "carrito.sales", .partition = partition };

    return watermark_end_of(watermark, question, &log, end);
}

/* Once it has looked, and a record to carrito.time has come back. */
static void wait_ready(struct watermark *watermark)
{
    int64_t end_ms = clock_mono_ms() + PATIENCE_MS;

    while (watermark_partitions(watermark, "carrito.sales") == 0 ||
           watermark_time_ms(watermark) == 0) {
        assert_true(clock_mono_ms() < end_ms);
        clock_pause_ms(2);
    }
}

static void a_question_is_answered_with_ends_and_time(void **state)
{
    struct watermark_end end;

    wait_ready(*state);
    int64_t question = watermark_ask(*state);
    wait_answer(*state, question);
    for (int32_t partition = 0; partition < PARTITIONS; partition++) {
        assert_true(knows(*state, question, partition, &end));
        assert_int_equal(end.end, 10 + partition);
        assert_int_equal(end.time_ms, NOON);
    }
    assert_false(knows(*state, question + 1, 0, &end));
    assert_false(knows(*state, question, PARTITIONS, &end));
    assert_int_equal(watermark_partitions(*state, "carrito.sales"), PARTITIONS);
    assert_int_equal(watermark_partitions(*state, "carrito.other"), 0);
}

static void time_is_the_greatest_seen_and_never_goes_back(void **state)
{
    wait_ready(*state);
    watermark_saw(*state, NOON + 5000);
    watermark_saw(*state, NOON - 600000);
    assert_int_equal(watermark_time_ms(*state), NOON + 5000);
}

/* Whatever our clock says: without a time of Kafka's nothing is known as of any time. */
static void without_kafkas_time_no_end_is_known(void **state)
{
    struct watermark_end end;

    set_int32(&cluster.time_partitions, 0);
    pthread_mutex_lock(&cluster.lock);
    cluster.appended_ms = 0;
    pthread_mutex_unlock(&cluster.lock);
    close_watermark(state);
    *state = watermark_start(&(struct watermark_options){ .source = &source });
    watermark_follow(*state, "carrito.sales");
    int64_t question = watermark_ask(*state);
    wait_answer(*state, question);
    assert_int_equal(watermark_time_ms(*state), 0);
    assert_false(knows(*state, question, 0, &end));
}

static void a_partition_without_a_leader_is_all_that_is_not_known(void **state)
{
    struct watermark_end end;

    set_int32(&cluster.leaders[1], -1);
    wait_ready(*state);
    close_watermark(state);
    *state = watermark_start(&(struct watermark_options){ .source = &source });
    watermark_follow(*state, "carrito.sales");
    wait_ready(*state);
    int64_t question = watermark_ask(*state);
    assert_true(wait_answer(*state, question) < SLOW_MS);
    assert_true(knows(*state, question, 0, &end) && knows(*state, question, 2, &end));
    assert_false(knows(*state, question, 1, &end));
    assert_int_equal(asked_of(1), 0);
}

/* The first question finds it out; from then on the others do not wait for it. */
static void a_leader_that_does_not_answer_holds_up_no_other(void **state)
{
    struct watermark_end end;
    int64_t question = 0, waited_ms = 0;

    wait_ready(*state);
    set_slow(1, true);
    wait_answer(*state, watermark_ask(*state));
    int before = asked_of(1);
    for (int i = 0; i < 5; i++) {
        question = watermark_ask(*state);
        int64_t ms = wait_answer(*state, question);
        waited_ms = ms > waited_ms ? ms : waited_ms;
        assert_true(knows(*state, question, 0, &end) && knows(*state, question, 2, &end));
        assert_false(knows(*state, question, 1, &end));
    }
    assert_true(waited_ms < SLOW_MS);
    assert_int_equal(asked_of(1), before); /* it rests */
}

static void a_leader_that_is_back_is_asked_again(void **state)
{
    struct watermark_end end;
    int64_t end_ms = clock_mono_ms() + PATIENCE_MS, question;

    wait_ready(*state);
    set_slow(1, true);
    wait_answer(*state, watermark_ask(*state));
    set_slow(1, false);
    do {
        assert_true(clock_mono_ms() < end_ms);
        question = watermark_ask(*state);
        wait_answer(*state, question);
        clock_pause_ms(50);
    } while (!knows(*state, question, 1, &end));
    assert_int_equal(end.end, 11);
}

/* A topic that was made anew with fewer partitions. */
static void partitions_that_are_gone_are_forgotten(void **state)
{
    struct watermark_end end;
    int64_t question;
    int64_t end_ms = clock_mono_ms() + PATIENCE_MS;

    wait_ready(*state);
    set_int32(&cluster.partitions, 2);
    set_slow(0, true); /* a failure is what makes it look again at once */
    wait_answer(*state, watermark_ask(*state));
    while (watermark_partitions(*state, "carrito.sales") != 2) {
        assert_true(clock_mono_ms() < end_ms);
        clock_pause_ms(5);
    }
    question = watermark_ask(*state);
    wait_answer(*state, question);
    assert_true(knows(*state, question, 1, &end));
    assert_false(knows(*state, question, 2, &end));
}

static void without_a_watermark_nothing_is_known_and_nobody_waits(void **state)
{
    struct watermark_end end;

    (void)state;
    assert_true(watermark_is_answered(NULL, watermark_ask(NULL)));
    assert_false(knows(NULL, 0, 0, &end));
    assert_int_equal(watermark_time_ms(NULL), 0);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_watermark, close_watermark, NULL                                      \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a question is answered with ends and Kafka's time",
              a_question_is_answered_with_ends_and_time),
        CLAIM("Kafka's time is the greatest seen, and never goes back",
              time_is_the_greatest_seen_and_never_goes_back),
        CLAIM("without Kafka's time no end is known, whatever our clock says",
              without_kafkas_time_no_end_is_known),
        CLAIM("a partition without a leader is all that is not known",
              a_partition_without_a_leader_is_all_that_is_not_known),
        CLAIM("a leader that does not answer holds up no other",
              a_leader_that_does_not_answer_holds_up_no_other),
        CLAIM("a leader that is back is asked again", a_leader_that_is_back_is_asked_again),
        CLAIM("partitions that are gone are forgotten", partitions_that_are_gone_are_forgotten),
        CLAIM("without a watermark nothing is known and nobody waits",
              without_a_watermark_nothing_is_known_and_nobody_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
