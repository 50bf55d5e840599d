/* What the tests of route share: a message that was routed, and what is asserted of its records. */
#ifndef CARRITO_TESTS_ROUTE_SCENE_H
#define CARRITO_TESTS_ROUTE_SCENE_H

#include "bridge/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A routed message; the caller frees it. */
static inline struct batch *routed(struct mqtt_message message)
{
    struct batch *batch = batch_new("mqtt:", &message);

    batch->received_wall_ms = 1790000000456;
    route(batch);
    return batch;
}

static inline void assert_key(const struct record *record, const char *key)
{
    assert_int_equal(record->key_length, strlen(key));
    assert_memory_equal(record->key, key, strlen(key));
}

static inline void assert_value(const struct record *record, const char *value)
{
    assert_int_equal(record->value_length, strlen(value));
    assert_memory_equal(record->value, value, strlen(value));
}

static inline void assert_dead(const struct batch *batch, size_t index, const char *reason)
{
    const struct record *record = &batch->records[index];

    assert_true(index < batch->record_count);
    assert_int_equal(record->topic, WIRE_DEAD_LETTERS);
    assert_null(record->type);
    assert_string_equal(record->refused->text, reason);
    assert_string_equal(record->origin, batch->source);
}

#endif
