/* An event that did not come by a bridge (an import, a dead letter that is good now, a simulation)
 * on its way into Kafka: to the topic and under the key and id that a bridge gives it
 * (common/wire_kafka.h). */
#ifndef CARRITO_COLLECTOR_EVENT_OUT_H
#define CARRITO_COLLECTOR_EVENT_OUT_H

#include "collector/store/store.h"
#include "common/event.h"

struct event_bytes {
    const char *bytes;
    size_t length;
    const char *source; /* goes into the record's header of this name */
};

enum event_enqueued {
    EVENT_ENQUEUED,
    EVENT_ENQUEUED_BEFORE, /* the same bytes wait to be sent already */
    EVENT_CONFLICT         /* another content waits under its identity */
};

/* In the caller's transaction. The bytes stay as they came, so that their hash does. */
enum event_enqueued event_enqueue(struct store *store, const struct event *event,
                                  const struct event_bytes *as);

#endif
