/* One table of where a type of event goes, as the bridge has it. */
#include "collector/kafka/event_out.h"
#include "collector/kafka/outgoing.h"

#include "event_out_sql.h"

#include <stdio.h>
#include <string.h>

static const char *const topics[EVENT_TYPES] = {
    [EVENT_SALE] = TOPIC_SALES,         [EVENT_VOID] = TOPIC_SALES,
    [EVENT_STOCK] = TOPIC_SALES,        [EVENT_CLOCK] = TOPIC_SALES,
    [EVENT_LOCATION] = TOPIC_LOCATIONS, [EVENT_ORDER] = TOPIC_ORDER_STEPS,
};

const char *event_topic(enum event_type type)
{
    return topics[type];
}

void event_id(const struct event *event, char id[EVENT_ID_SIZE])
{
    snprintf(id, EVENT_ID_SIZE, "%s/%s/%lld", event->cart,
             event->owntracks ? "owntracks" : event->epoch,
             (long long)(event->owntracks ? event->ts_ms : event->seq));
}

/* Whether what waits under this id is the same. */
static enum event_owed compare(struct store *store, const char *id, const struct event_bytes *as)
{
    struct store_rows *rows = store_query(store, SQL_EVENT_OUT_WAITING, "t", id);
    enum event_owed owed = EVENT_OWED;
    size_t length;

    if (store_next(rows)) {
        const void *bytes = store_bytes(rows, 0, &length);
        bool same = length == as->length && memcmp(bytes, as->bytes, length) == 0;
        owed = same ? EVENT_OWED_BEFORE : EVENT_CONFLICT;
    }
    store_rows_end(rows);
    return owed;
}

enum event_owed event_owe(struct store *store, const struct event *event,
                          const struct event_bytes *as)
{
    const char *key = event->type == EVENT_ORDER ? event->order : event->cart;
    char id[EVENT_ID_SIZE];

    event_id(event, id);
    enum event_owed owed = compare(store, id, as);
    if (owed == EVENT_OWED)
        outgoing_add(store, &(struct outgoing){ .id = id,
                                                .topic = topics[event->type],
                                                .key = key,
                                                .key_length = strlen(key),
                                                .value = as->bytes,
                                                .value_length = as->length,
                                                .source = as->source,
                                                .type = event_type_name(event->type) });
    return owed;
}
