/* Lines in one buffer that slides: acknowledged ones leave at the head, and the rest moves to the
 * front when half of the buffer is behind it, so each byte is moved about once. */
#include "sim/memory_outbox.h"

#include <string.h>

#define KEEP_BYTES 65536 /* an empty buffer that is larger (after an outage) is given back */

bool memory_outbox_has_room(const struct memory_outbox *outbox)
{
    return outbox->ndjson.length - outbox->head + EVENT_BYTES_MAX < outbox->bytes_max;
}

struct buffer *memory_outbox_tail(struct memory_outbox *outbox)
{
    return &outbox->ndjson;
}

void memory_outbox_commit(struct memory_outbox *outbox, int64_t seq)
{
    buffer_append(&outbox->ndjson, "\n", 1);
    outbox->last_seq = seq;
}

void memory_outbox_free(struct memory_outbox *outbox)
{
    buffer_free(&outbox->ndjson);
}

static bool read_events(void *owner, const struct uplink_range *range, struct uplink_batch *batch)
{
    const struct memory_outbox *outbox = owner;
    if (range->after_seq != outbox->acked_seq)
        return false; /* earlier ones are gone, later ones are not asked for */
    const char *start = outbox->ndjson.bytes + outbox->head;
    const char *end = outbox->ndjson.bytes + outbox->ndjson.length;
    const char *at = start;
    batch->last_seq = range->after_seq;
    while (at < end && batch->events < range->events_max && batch->last_seq < range->upto_seq) {
        const char *next = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
        if ((size_t)(next - start) > range->bytes_max)
            break;
        at = next;
        batch->events++;
        batch->last_seq++;
    }
    buffer_append(&batch->ndjson, start, (size_t)(at - start));
    return batch->events > 0;
}

static int64_t last_seq(void *owner)
{
    return ((const struct memory_outbox *)owner)->last_seq;
}

static int64_t acked_seq(void *owner)
{
    return ((const struct memory_outbox *)owner)->acked_seq;
}

static void acknowledge(void *owner, int64_t seq)
{
    struct memory_outbox *outbox = owner;
    struct buffer *ndjson = &outbox->ndjson;
    for (; outbox->acked_seq < seq && outbox->head < ndjson->length; outbox->acked_seq++) {
        const char *at = ndjson->bytes + outbox->head;
        const char *end = memchr(at, '\n', ndjson->length - outbox->head);
        outbox->head += (size_t)(end + 1 - at);
    }
    if (outbox->head * 2 < ndjson->length)
        return;
    memmove(ndjson->bytes, ndjson->bytes + outbox->head, ndjson->length - outbox->head);
    ndjson->length -= outbox->head;
    outbox->head = 0;
    if (ndjson->length == 0 && ndjson->capacity > KEEP_BYTES)
        buffer_free(ndjson);
}

const struct uplink_store_calls memory_outbox_calls = {
    .read = read_events,
    .last_seq = last_seq,
    .acked_seq = acked_seq,
    .acknowledge = acknowledge,
};
