/* Claim: whatever is acknowledged stays for a week of the agent's running, in any history of
 * restarts, acknowledgements that were not saved, and clocks that are wrong by years; after that it
 * goes. */
#include "outbox_room.h"

#include "agent/outbox_parts.h"

#include "common/day.h"

#define HOUR_MS  3600000LL
#define DAY_MS   (24 * HOUR_MS)
#define STEPS    1200 /* some 200 days of running */
#define ACKS_MAX (2 * STEPS)

struct life {
    struct outbox *outbox;
    uint32_t random;
    int64_t mono_ms; /* begins anew with each boot */
    int64_t ran_ms;
    struct {
        int64_t ran_ms, seq;
    } acks[ACKS_MAX];
    size_t ack_count;
};

/* The numerical recipes' generator: the same history each time. `limit` is at most 2^24. */
static int64_t below(struct life *life, int64_t limit)
{
    life->random = life->random * 1664525u + 1013904223u;
    return (int64_t)(life->random >> 8) % limit;
}

static int64_t oldest(struct outbox *outbox)
{
    struct outbox_range first = { 0, INT64_MAX, 1, SIZE_MAX };
    struct buffer row = { 0 };
    unsigned events;
    int64_t seq = outbox_read(outbox, &first, &row, &events);

    buffer_free(&row);
    return seq;
}

/* Up to where was acknowledged so long ago. */
static int64_t acked_before(const struct life *life, int64_t ms)
{
    int64_t seq = 0;

    for (size_t i = 0; i < life->ack_count; i++)
        if (life->acks[i].ran_ms <= life->ran_ms - ms && life->acks[i].seq > seq)
            seq = life->acks[i].seq;
    return seq;
}

static void run_for(struct life *life, int64_t ms)
{
    for (int64_t step; ms > 0; ms -= step) {
        step = 1 + below(life, 2 * HOUR_MS);
        life->mono_ms += step;
        life->ran_ms += step;
        outbox_age(life->outbox, life->mono_ms);
    }
}

static void acknowledge(struct life *life, int64_t seq)
{
    outbox_acknowledge(life->outbox, seq);
    assert_true(life->ack_count < ACKS_MAX);
    life->acks[life->ack_count].ran_ms = life->ran_ms;
    life->acks[life->ack_count++].seq = seq;
}

/* A clock event that jumps by years moves nothing: the moment is the cart's, whatever it says. */
static void jump(struct life *life)
{
    struct moment moment = { below(life, 4000000) * 1000000, CLOCK_NTP, "boot", 1000 };
    struct sale_request sale = { .quantity = 1, .price = EVENT_ABSENT };
    struct event_maker maker = maker_of(life->outbox);
    struct event event;

    event_maker_sale(&maker, &moment, &sale, &event);
    assert_int_equal(outbox_commit(life->outbox, &event, 1, NULL), OUTBOX_OK);
}

static void restart(struct life *life, void **state)
{
    if (below(life, 2) == 0)
        assert_int_equal(outbox_save(life->outbox), OUTBOX_OK);
    outbox_close(life->outbox);
    life->outbox = opened(state);
    life->mono_ms = below(life, 100000);
    outbox_age(life->outbox, life->mono_ms);
}

static void live(struct life *life, void **state)
{
    int64_t last_seq = outbox_head(life->outbox)->last_seq;

    switch (below(life, 6)) {
    case 0:
    case 1:
        acknowledge(life, 1 + below(life, last_seq));
        break;
    case 2:
        acknowledge(life, last_seq);
        break;
    case 3:
        jump(life);
        break;
    case 4:
        restart(life, state);
        break;
    default:
        run_for(life, below(life, 48) * HOUR_MS);
    }
}

static void a_week_of_it_stays(void **state)
{
    struct life life = { .outbox = opened(state), .random = 20261130 };
    int64_t may_go = 0;

    outbox_age(life.outbox, 0);
    fill_ring(life.outbox, BULK);
    for (int step = 0; step < STEPS; step++) {
        live(&life, state);
        may_go = outbox_may_go(life.outbox);
        if (may_go > acked_before(&life, OUTBOX_KEPT_MS_MIN))
            fail_msg("step %d: up to %lld may go, up to %lld was acknowledged a week ago", step,
                     (long long)may_go, (long long)acked_before(&life, OUTBOX_KEPT_MS_MIN));
    }
    assert_true(may_go > BULK);
    outbox_close(life.outbox);
}

/* Running in pieces of some hours counts, too; and then the ring has its size again. */
static void and_then_it_goes(void **state)
{
    struct life life = { .outbox = opened(state), .random = 1 };

    fill_ring(life.outbox, RING_ROWS);
    acknowledge(&life, outbox_head(life.outbox)->last_seq);
    for (int day = 0; day < 11; day++) {
        outbox_age(life.outbox, life.mono_ms);
        run_for(&life, 20 * HOUR_MS);
        restart(&life, state);
    }
    fill_ring(life.outbox, BULK);
    assert_true(oldest(life.outbox) > BULK);
    outbox_close(life.outbox);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("what is acknowledged stays for a week of running", a_week_of_it_stays),
        CLAIM("and then it goes", and_then_it_goes),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
