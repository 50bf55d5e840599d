/* What must leave: a row of the table `effects`, written in the transaction of its cause and sent
 * afterwards by the runner (effects.h).
 *
 * Nothing is sent from where it is decided: a transaction that is undone has said nothing to
 * anybody, and one that is repeated says the same, since the id is made of the cause. */
#ifndef CARRITO_COLLECTOR_EFFECT_H
#define CARRITO_COLLECTOR_EFFECT_H

#include "collector/store/store.h"

#include <stddef.h>
#include <stdint.h>

/* Who sends it. An id is unique within its lane. */
enum effect_lane {
    EFFECT_KAFKA,   /* a record of any topic */
    EFFECT_COMMAND, /* a command to a cart: a record, too, but of no use after its time */
    EFFECT_LANES
};

struct effect {
    enum effect_lane lane;
    const char *id;
    const char *topic;
    const void
        *key; /* or NULL; what has the same topic and key leaves in the order of its writing */
    size_t key_length;
    const void *value;
    size_t value_length;
    const char *error, *source; /* headers of a dead letter, or NULL */
    const char *type;           /* ce_type, or NULL */
    int32_t partition;          /* negative: the key's */
    int64_t expires_ms;         /* is not sent after that; 0: never too late */
};

/* In the caller's transaction. An id that waits already is left alone. The values are copied. */
void effect_add(struct store *store, const struct effect *effect);
/* "kafka", "command". */
const char *effect_lane_name(enum effect_lane lane);

#endif
