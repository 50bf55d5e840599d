/* Hands the outbox's rows to the uplink. What fails its checksum counts as acknowledged, so that
 * the rest goes on; the centre sees the receipt missing. */
#include "agent/outbox_uplink.h"

static bool read(void *owner, const struct uplink_range *range, struct uplink_batch *batch)
{
    struct outbox_range rows = { .after_seq = range->after_seq,
                                 .upto_seq = range->upto_seq,
                                 .events_max = range->events_max,
                                 .bytes_max = range->bytes_max };

    /* Where nothing can be read of what comes next, nothing of it can be sent, ever. */
    while ((batch->last_seq = outbox_read(owner, &rows, &batch->ndjson, &batch->events)) > 0 &&
           batch->events == 0) {
        outbox_acknowledge(owner, batch->last_seq);
        rows.after_seq = batch->last_seq;
    }
    return batch->events > 0;
}

static int64_t last_seq(void *owner)
{
    return outbox_head(owner)->last_seq;
}

static int64_t acked_seq(void *owner)
{
    return outbox_head(owner)->acked_seq;
}

static void acknowledge(void *owner, int64_t seq)
{
    outbox_acknowledge(owner, seq);
}

struct uplink_store outbox_uplink(struct outbox *outbox)
{
    static const struct uplink_store_calls calls = { read, last_seq, acked_seq, acknowledge };

    return (struct uplink_store){ .calls = &calls, .owner = outbox };
}
