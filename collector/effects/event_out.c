/* The row for Kafka of an event. */
#include "collector/effects/event_out.h"
#include "collector/effects/outgoing.h"

#include "common/wire_kafka.h"

#include "event_out_sql.h"

#include <string.h>

/* Whether what waits under this id is the same. */
static enum event_enqueued compare(struct store *store, const char *id,
                                   const struct event_bytes *as)
{
    struct store_rows *rows = store_query(store, SQL_EVENT_OUT_WAITING, "t", id);
    enum event_enqueued queued = EVENT_ENQUEUED;
    size_t length;

    if (store_next(rows)) {
        const void *bytes = store_bytes(rows, 0, &length);
        bool same = length == as->length && memcmp(bytes, as->bytes, length) == 0;
        queued = same ? EVENT_ENQUEUED_BEFORE : EVENT_CONFLICT;
    }
    store_rows_end(rows);
    return queued;
}

enum event_enqueued event_enqueue(struct store *store, const struct event *event,
                                  const struct event_bytes *as)
{
    const char *key = wire_key_of(event);
    char id[WIRE_ID_SIZE];

    wire_id_of(event, id);
    enum event_enqueued queued = compare(store, id, as);
    if (queued == EVENT_ENQUEUED)
        outgoing_add(store,
                     &(struct outgoing){ .id = id,
                                         .topic = wire_topic_name(wire_topic_of(event->type)),
                                         .key = key,
                                         .key_length = strlen(key),
                                         .value = as->bytes,
                                         .value_length = as->length,
                                         .source = as->source,
                                         .type = event_type_name(event->type) });
    return queued;
}
