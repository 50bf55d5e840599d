/* What is due, and what an acknowledgement moves. */
#include "agent/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The epoch is random; half of its digits are as much as a number holds. */
static uint64_t seed_of(const char *epoch)
{
    char half[EPOCH_LENGTH_MIN + 1];

    snprintf(half, sizeof half, "%.*s", EPOCH_LENGTH_MIN, epoch);
    return strtoull(half, NULL, 16);
}

void lane_begin(struct lane *lane, const char *epoch, const struct uplink_store *store)
{
    *lane = (struct lane){ .store = *store };
    snprintf(lane->epoch, sizeof lane->epoch, "%s", epoch);
    resend_begin(&lane->resend, seed_of(epoch));
    pace_begin(&lane->pace);
}

bool lane_is_used(const struct lane *lane)
{
    return lane->epoch[0] != '\0';
}

int64_t lane_acked_seq(const struct lane *lane)
{
    return lane->store.calls->acked_seq(lane->store.owner);
}

bool lane_waits(const struct lane *lane)
{
    return lane_is_used(lane) &&
           lane->store.calls->last_seq(lane->store.owner) > lane_acked_seq(lane);
}

bool lane_has_unsent(const struct lane *lane)
{
    return lane_waits(lane) && lane->store.calls->last_seq(lane->store.owner) > lane->in_flight_seq;
}

int64_t lane_due_ms(const struct lane *lane)
{
    return lane_waits(lane) ? resend_due_ms(&lane->resend) : INT64_MAX;
}

bool lane_read(struct lane *lane, unsigned events_max, int64_t now_ms, struct uplink_batch *batch)
{
    if (now_ms < lane_due_ms(lane))
        return false;
    if (lane->in_flight_seq <= lane_acked_seq(lane)) /* a store passes what it cannot read */
        lane->in_flight_seq = 0;
    bool again = lane->in_flight_seq > 0;
    struct uplink_range range = {
        .after_seq = lane_acked_seq(lane),
        .upto_seq = again ? lane->in_flight_seq : INT64_MAX,
        .events_max = events_max,
        .bytes_max = again ? BATCH_BYTES_MAX : lane->pace.bytes_max,
    };
    if (lane->store.calls->read(lane->store.owner, &range, batch) && batch->events > 0)
        return true;
    resend_put_off(&lane->resend, now_ms); /* the store is in trouble */
    return false;
}

void lane_sent(struct lane *lane, const struct uplink_batch *batch, int mid, int64_t now_ms)
{
    bool again = lane->in_flight_seq > 0;

    resend_sent(&lane->resend, mid, now_ms);
    pace_sent(&lane->pace, batch->ndjson.length);
    if (mid <= 0)
        return;
    lane->in_flight_seq = batch->last_seq;
    if (batch->last_seq > lane->sent_seq)
        lane->sent_seq = batch->last_seq;
    if (again)
        lane->batches_resent++;
    else
        lane->batches_sent++;
}

bool lane_confirmed(struct lane *lane, int mid, int64_t now_ms)
{
    if (!resend_confirmed(&lane->resend, mid, now_ms))
        return false;
    pace_confirmed(&lane->pace, now_ms - lane->resend.sent_ms);
    return true;
}

void lane_bridge_online(struct lane *lane, int64_t now_ms)
{
    resend_bridge_online(&lane->resend, now_ms, lane->in_flight_seq);
}

bool lane_acknowledge(struct lane *lane, int64_t seq, int64_t now_ms)
{
    if (seq <= lane_acked_seq(lane) || seq > lane->sent_seq)
        return false;
    lane->store.calls->acknowledge(lane->store.owner, seq);
    if (seq < lane->in_flight_seq)
        return false;
    lane->in_flight_seq = 0;
    resend_acknowledged(&lane->resend, now_ms);
    return true;
}
