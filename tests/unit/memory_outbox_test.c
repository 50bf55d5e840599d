/* Proves that a simulated cart's outbox hands out every event once it is asked, in order, within
 * the bounds of a batch, and keeps it until it is acknowledged. */
#include "sim/memory_outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct memory_outbox outbox;

static int begin(void **state)
{
    (void)state;
    outbox = (struct memory_outbox){ .bytes_max = 1 << 20 };
    return 0;
}

static int finish(void **state)
{
    (void)state;
    memory_outbox_free(&outbox);
    return 0;
}

static void put(int64_t seq, size_t padding)
{
    struct buffer *tail = memory_outbox_tail(&outbox);
    buffer_int(tail, seq);
    for (size_t i = 0; i < padding; i++)
        buffer_text(tail, "x");
    memory_outbox_commit(&outbox, seq);
}

/* What a read gives, as text; the caller frees. */
static struct uplink_batch get(int64_t after_seq, int64_t upto_seq, unsigned events_max)
{
    const struct uplink_range range = { after_seq, upto_seq, events_max, BATCH_BYTES_MAX };
    struct uplink_batch batch = { 0 };
    bool some = memory_outbox_calls.read(&outbox, &range, &batch);
    assert_int_equal(some, batch.events > 0);
    return batch;
}

static void expect(int64_t after_seq, int64_t upto_seq, unsigned events_max, const char *text)
{
    struct uplink_batch batch = get(after_seq, upto_seq, events_max);
    assert_string_equal(batch.ndjson.bytes, text);
    buffer_free(&batch.ndjson);
}

static void a_batch_is_in_order_and_bounded(void **state)
{
    (void)state;
    for (int64_t seq = 1; seq <= 5; seq++)
        put(seq, 0);
    expect(0, INT64_MAX, 3, "1\n2\n3\n");
    expect(0, 2, 64, "1\n2\n");
    expect(0, INT64_MAX, 64, "1\n2\n3\n4\n5\n");
}

static void a_batch_is_at_most_32_kib(void **state)
{
    (void)state;
    for (int64_t seq = 1; seq <= 64; seq++)
        put(seq, 999);
    struct uplink_batch batch = get(0, INT64_MAX, 64);
    assert_in_range(batch.ndjson.length, BATCH_BYTES_MAX - 1100, BATCH_BYTES_MAX);
    assert_int_equal(batch.last_seq, batch.events);
    buffer_free(&batch.ndjson);
}

static void what_is_acknowledged_is_gone_and_the_rest_is_kept(void **state)
{
    (void)state;
    for (int64_t seq = 1; seq <= 5; seq++)
        put(seq, 0);
    memory_outbox_calls.acknowledge(&outbox, 2);
    expect(2, INT64_MAX, 64, "3\n4\n5\n");
    memory_outbox_calls.acknowledge(&outbox, 5);
    assert_int_equal(memory_outbox_calls.acked_seq(&outbox), 5);
    put(6, 0);
    expect(5, INT64_MAX, 64, "6\n");
}

static void a_long_life_needs_little_memory(void **state)
{
    (void)state;
    char expected[32];
    for (int64_t seq = 1; seq <= 100000; seq++) {
        put(seq, 200);
        if (seq > 10)
            memory_outbox_calls.acknowledge(&outbox, seq - 10);
    }
    assert_true(outbox.ndjson.capacity <= 16384);
    struct uplink_batch batch = get(99990, INT64_MAX, 64);
    snprintf(expected, sizeof expected, "%dx", 99991);
    assert_memory_equal(batch.ndjson.bytes, expected, strlen(expected));
    assert_int_equal(batch.events, 10);
    buffer_free(&batch.ndjson);
}

static void a_full_outbox_has_no_room(void **state)
{
    (void)state;
    int64_t seq = 0;
    outbox.bytes_max = 32768;
    while (memory_outbox_has_room(&outbox))
        put(++seq, 1000);
    assert_in_range(outbox.ndjson.length, 32768 - EVENT_BYTES_MAX - 1010, 32768);
    memory_outbox_calls.acknowledge(&outbox, seq / 2);
    assert_true(memory_outbox_has_room(&outbox));
}

#define CLAIM(TEXT, TEST)                                                                          \
    {                                                                                              \
        TEXT, TEST, begin, finish, NULL                                                            \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a batch is in order and bounded", a_batch_is_in_order_and_bounded),
        CLAIM("a batch is at most 32 KiB", a_batch_is_at_most_32_kib),
        CLAIM("what is acknowledged is gone, and the rest is kept",
              what_is_acknowledged_is_gone_and_the_rest_is_kept),
        CLAIM("a long life needs little memory", a_long_life_needs_little_memory),
        CLAIM("a full outbox has no room", a_full_outbox_has_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
