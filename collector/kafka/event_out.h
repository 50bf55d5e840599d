/* An event that did not come by a bridge (an import, a dead letter that is good now, a simulation)
 * on its way into Kafka: to the topic and under the key that a bridge would give it. */
#ifndef CARRITO_COLLECTOR_EVENT_OUT_H
#define CARRITO_COLLECTOR_EVENT_OUT_H

#include "collector/store/store.h"
#include "common/event.h"

#define EVENT_ID_SIZE 96 /* `{cart}/{epoch}/{seq}` and NUL */

struct event_bytes {
    const char *bytes;
    size_t length;
    const char *source; /* goes into the record's header of this name */
};

enum event_owed {
    EVENT_OWED,
    EVENT_OWED_BEFORE, /* the same bytes wait to be sent already */
    EVENT_CONFLICT     /* another content waits under its identity */
};

/* The topic for events of this type. */
const char *event_topic(enum event_type type);
/* ce_id: by identity; a phone's position by its time. */
void event_id(const struct event *event, char id[EVENT_ID_SIZE]);
/* In the caller's transaction. The bytes stay as they came, so that their hash does. */
enum event_owed event_owe(struct store *store, const struct event *event,
                          const struct event_bytes *as);

#endif
