/* Claims about beats: when one is made, for which partitions, and what counts as confirmed. */
#include "bridge/beat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void finish(struct record *const *records, size_t count, enum record_state state)
{
    for (size_t i = 0; i < count; i++)
        records[i]->state = state;
}

static void beats_every_partition(void **state)
{
    struct beat *beat = beat_open("b1");
    struct beat_facts facts = { .connected = true, .partitions = 3, .mono_ms = 1000, .wall_ms = 7 };
    struct record *const *records = NULL;

    (void)state;
    assert_int_equal(beat_make(beat, &facts, &records), 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(records[i]->partition, i);
        assert_int_equal(records[i]->topic, WIRE_PRESENCE);
        assert_string_equal(records[i]->type, "beat");
        assert_int_equal(records[i]->key_length, strlen("bridge/b1"));
        assert_memory_equal(records[i]->key, "bridge/b1", strlen("bridge/b1"));
        assert_memory_equal(records[i]->value, "{\"bridge\":\"b1\",\"mqtt\":true,\"ts_ms\":7}",
                            records[i]->value_length);
    }
    finish(records, 3, RECORD_CONFIRMED);
    facts.mono_ms = 1499;
    assert_int_equal(beat_make(beat, &facts, &records), 0);
    facts.mono_ms = 1500;
    assert_int_equal(beat_make(beat, &facts, &records), 3);
    beat_close(beat);
}

static void says_when_its_certificates_end(void **state)
{
    static const char expected[] =
        "{\"bridge\":\"b1\",\"mqtt\":false,\"ts_ms\":7,\"certificate_ms\":1798011616000}";
    struct beat *beat = beat_open("b1");
    struct beat_facts facts = { .partitions = 1, .wall_ms = 7, .certificate_ms = 1798011616000 };
    struct record *const *records = NULL;

    (void)state;
    assert_int_equal(beat_make(beat, &facts, &records), 1);
    assert_int_equal(records[0]->value_length, strlen(expected));
    assert_memory_equal(records[0]->value, expected, strlen(expected));
    beat_close(beat);
}

/* A partition without a leader: the others beat on, and it says the newest once it can. */
static void skips_while_unconfirmed(void **state)
{
    struct beat *beat = beat_open("b1");
    struct beat_facts facts = { .partitions = 2, .mono_ms = 1000, .wall_ms = 7 };
    struct record *const *records = NULL;

    (void)state;
    assert_int_equal(beat_make(beat, &facts, &records), 2);
    struct record *first = records[0], *second = records[1];
    first->state = RECORD_CONFIRMED;
    second->state = RECORD_HANDED;
    assert_true(beat_was_confirmed(beat));
    assert_false(beat_was_confirmed(beat));
    facts.mono_ms = facts.wall_ms = 9000;
    facts.changes = 1;
    assert_int_equal(beat_make(beat, &facts, &records), 1);
    assert_ptr_equal(records[0], first);
    assert_memory_equal(second->value, "{\"bridge\":\"b1\",\"mqtt\":false,\"ts_ms\":7}",
                        second->value_length);
    first->state = RECORD_HANDED;
    second->state = RECORD_GIVEN_UP;
    assert_false(beat_was_confirmed(beat));
    facts.mono_ms = facts.wall_ms = 9001;
    assert_int_equal(beat_make(beat, &facts, &records), 1);
    assert_ptr_equal(records[0], second);
    assert_int_equal(beat_due_ms(beat), 9500);
    second->state = RECORD_CONFIRMED;
    assert_true(beat_was_confirmed(beat));
    assert_int_equal(beat_make(beat, &facts, &records), 0);
    beat_close(beat);
}

static void beats_at_a_change(void **state)
{
    struct beat *beat = beat_open("b1");
    struct beat_facts facts = { .partitions = 1, .mono_ms = 1000 };
    struct record *const *records = NULL;

    (void)state;
    beat_make(beat, &facts, &records);
    finish(records, 1, RECORD_CONFIRMED);
    facts.mono_ms = 1001;
    facts.changes = 1;
    assert_int_equal(beat_make(beat, &facts, &records), 1);
    finish(records, 1, RECORD_CONFIRMED);
    assert_int_equal(beat_make(beat, &facts, &records), 0);
    beat_close(beat);
}

static void waits_for_partitions(void **state)
{
    struct beat *beat = beat_open("b1");
    struct beat_facts facts = { .mono_ms = 1000 };
    struct record *const *records = NULL;

    (void)state;
    assert_int_equal(beat_make(beat, &facts, &records), 0);
    facts.partitions = 6;
    assert_int_equal(beat_make(beat, &facts, &records), 6);
    beat_close(beat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "every 500 ms there is a beat for each partition", beats_every_partition, NULL, NULL,
          NULL },
        { "a beat says when its bridge's certificates end", says_when_its_certificates_end, NULL,
          NULL, NULL },
        { "a beat is skipped in a partition that has not confirmed the last one, and there only",
          skips_while_unconfirmed, NULL, NULL, NULL },
        { "a change of the MQTT connection is said at once, and once", beats_at_a_change, NULL,
          NULL, NULL },
        { "without known partitions there is no beat", waits_for_partitions, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
