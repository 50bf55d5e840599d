/* A record for Kafka, as a row of what must leave (effects/effect.h).
 *
 * The id of a row does not change, so that whoever reads a record twice can tell. */
#ifndef CARRITO_COLLECTOR_OUTGOING_H
#define CARRITO_COLLECTOR_OUTGOING_H

#include "collector/kafka/kafka_in.h"
#include "collector/store/store.h"
#include "common/json_read.h"

struct outgoing {
    const char *id;
    const char *topic;
    const void *key; /* or NULL */
    size_t key_length;
    const void *value;
    size_t value_length;
    const struct json_reason *why; /* headers of a dead letter; or NULL */
    const char *source;            /* header of a dead letter; or NULL */
    const char *type;              /* ce_type, or NULL */
    const int32_t *partition;      /* or NULL: the key's */
};

/* In the caller's transaction. An id that is there already is left alone. */
void outgoing_add(struct store *store, const struct outgoing *record);
/* A record that cannot be read: its bytes to the dead letters, with the reason. */
void outgoing_dead_letter(struct store *store, const struct kafka_record *record,
                          const struct json_reason *why);

#endif
