/* Claims about what is in hand: what is confirmed leaves in its order, and what the broker must
 * keep is known. */
#include "bridge/in_hand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct batch *new_batch(enum keeper keeper, int64_t received_us)
{
    struct mqtt_message message = { .topic = "t", .payload = "1\n2", .length = 3 };
    struct batch *batch = batch_new("mqtt:", &message);

    batch->keeper = keeper;
    batch->received_us = received_us;
    batch->record_count = 2;
    for (size_t i = 0; i < 2; i++)
        batch->records[i] = (struct record){ .state = RECORD_HANDED };
    return batch;
}

static void confirm(struct batch *batch, size_t records)
{
    for (size_t i = 0; i < records; i++)
        batch->records[i].state = RECORD_CONFIRMED;
}

static void knows_what_the_broker_must_keep(void **state)
{
    struct in_hand in_hand = { .first = NULL };
    struct batch *batches[] = { new_batch(KEPT_BY_SENDER, 1), new_batch(KEPT_IN_QUEUE, 2),
                                new_batch(KEPT_BY_SENDER, 3), new_batch(KEPT_IN_QUEUE, 4) };

    (void)state;
    assert_int_equal(in_hand_oldest_us(&in_hand), INT64_MAX);
    for (size_t i = 0; i < 4; i++)
        in_hand_add(&in_hand, batches[i]);
    assert_int_equal(in_hand.count[KEPT_IN_QUEUE], 2);
    assert_int_equal(in_hand_oldest_us(&in_hand), 2);
    confirm(batches[0], 1);
    confirm(batches[1], 2);
    confirm(batches[2], 2);
    struct batch *confirmed = in_hand_take_confirmed(&in_hand);
    assert_ptr_equal(confirmed, batches[1]);
    assert_ptr_equal(confirmed->next, batches[2]);
    assert_null(confirmed->next->next);
    assert_int_equal(in_hand.count[KEPT_IN_QUEUE], 1);
    assert_int_equal(in_hand_oldest_us(&in_hand), 4);
    assert_ptr_equal(in_hand.first, batches[0]);
    assert_null(in_hand_take_confirmed(&in_hand));
    confirm(batches[3], 2);
    confirm(batches[0], 2);
    assert_ptr_equal(in_hand_take_confirmed(&in_hand), batches[0]);
    assert_ptr_equal(batches[0]->next, batches[3]);
    assert_int_equal(in_hand.count[KEPT_IN_QUEUE], 0);
    in_hand_add(&in_hand, batches[0]);
    for (size_t i = 1; i < 4; i++)
        batch_free(batches[i]);
    in_hand_free(&in_hand);
    assert_null(in_hand.first);
}

/* A broker with many carts whose partition waits: memory is bounded, and the rest stays there. */
static void keeps_so_many_states(void **state)
{
    struct in_hand in_hand = { .first = NULL };

    (void)state;
    for (int i = 0; i < IN_HAND_STATES_MAX; i++)
        in_hand_add(&in_hand, new_batch(KEPT_AS_STATE, 1));
    assert_int_equal(in_hand_oldest_us(&in_hand), INT64_MAX);
    in_hand_add(&in_hand, new_batch(KEPT_AS_STATE, 2));
    assert_int_equal(in_hand_oldest_us(&in_hand), 2);
    assert_int_equal(in_hand.count[KEPT_AS_STATE], IN_HAND_STATES_MAX);
    in_hand_free(&in_hand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "what is confirmed leaves in order, and what the broker must keep is known",
          knows_what_the_broker_must_keep, NULL, NULL, NULL },
        { "so many states are kept, further ones stay with the broker", keeps_so_many_states, NULL,
          NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
