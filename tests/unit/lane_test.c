/* Proves that a lane follows a store which passes by what it cannot read, also while that is in
 * flight. */
#include "agent/lane.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define EPOCH   "0123456789abcdef0123456789abcdef"
#define HOUR_MS 3600000

/* Events 1 to last, of which none from 1 to rotten can be read. */
struct store {
    int64_t last, acked, rotten;
};

static bool store_read(void *owner, const struct uplink_range *range, struct uplink_batch *batch)
{
    struct store *store = owner;
    int64_t upto = range->upto_seq < store->last ? range->upto_seq : store->last;

    if (store->acked < store->rotten)
        store->acked = store->rotten;
    for (int64_t seq = range->after_seq + 1; seq <= upto; seq++) {
        if (seq <= store->rotten)
            continue;
        buffer_format(&batch->ndjson, "%lld\n", (long long)seq);
        batch->last_seq = seq;
        batch->events++;
    }
    return batch->events > 0;
}

static int64_t store_last(void *owner)
{
    return ((struct store *)owner)->last;
}

static int64_t store_acked(void *owner)
{
    return ((struct store *)owner)->acked;
}

static void store_acknowledge(void *owner, int64_t seq)
{
    ((struct store *)owner)->acked = seq;
}

static struct uplink_store store_of(struct store *store)
{
    static const struct uplink_store_calls calls = { store_read, store_last, store_acked,
                                                     store_acknowledge };

    return (struct uplink_store){ &calls, store };
}

/* The batch that leaves at this time, with its PUBACK; its last number, 0 for none. */
static int64_t send(struct lane *lane, int64_t now_ms)
{
    struct uplink_batch batch = { 0 };
    static int mid;

    if (lane_read(lane, BATCH_EVENTS_MAX, now_ms, &batch)) {
        lane_sent(lane, &batch, ++mid, now_ms);
        assert_true(lane_confirmed(lane, mid, now_ms));
    }
    buffer_free(&batch.ndjson);
    return batch.last_seq;
}

static void what_is_in_flight_may_rot(void **state)
{
    struct store store = { .last = 3 };
    struct uplink_store as_store = store_of(&store);
    struct lane lane;

    (void)state;
    lane_begin(&lane, EPOCH, &as_store);
    assert_int_equal(send(&lane, 1), 3);
    store.rotten = 3;
    assert_int_equal(send(&lane, HOUR_MS), 0); /* its copy cannot be read any more */
    assert_int_equal(store.acked, 3);
    assert_false(lane_waits(&lane));
    store.last = 5;
    assert_int_equal(send(&lane, 2 * HOUR_MS), 5);
    assert_true(lane_acknowledge(&lane, 5, 2 * HOUR_MS));
}

static void a_part_of_it_may_rot(void **state)
{
    struct store store = { .last = 3 };
    struct uplink_store as_store = store_of(&store);
    struct lane lane;

    (void)state;
    lane_begin(&lane, EPOCH, &as_store);
    assert_int_equal(send(&lane, 1), 3);
    store.rotten = 2;
    assert_int_equal(send(&lane, HOUR_MS), 3);
    assert_true(lane_acknowledge(&lane, 3, HOUR_MS));
    assert_int_equal(lane.in_flight_seq, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "what is in flight may rot", what_is_in_flight_may_rot, NULL, NULL, NULL },
        { "a part of it may rot", a_part_of_it_may_rot, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
