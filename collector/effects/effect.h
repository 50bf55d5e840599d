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
    EFFECT_ALERT,   /* a change of an alert, of which people are to be told */
    EFFECT_MAIL,    /* a row of `mails` */
    EFFECT_POST,    /* JSON for the webhook */
    EFFECT_LANES
};

#define EFFECT_AT_ONCE 1 /* as due_ms */
#define EFFECT_AFTER   2 /* the same, but behind those */

struct effect {
    enum effect_lane lane;
    const char *id;
    const char *topic; /* Kafka's; of a mail its recipient, of an alert's change the alert's id */
    const void
        *key; /* or NULL; what has the same topic and key leaves in the order of its writing */
    size_t key_length;
    const void *value;
    size_t value_length;
    const char *error, *about, *source; /* headers of a dead letter, or NULL */
    const char *type;                   /* ce_type, or NULL */
    int32_t partition;                  /* negative: the key's */
    int64_t expires_ms;                 /* is not sent after that; 0: never too late */
    /* Of alerts, mails and posts only. Wall clock; EFFECT_AT_ONCE and _AFTER are always
     * due. */
    int64_t created_ms, due_ms;
};

/* In the caller's transaction. An id that waits already is left alone. The values are copied. */
void effect_add(struct store *store, const struct effect *effect);
/* Of alerts, mails and posts, in the caller's transaction: it is tried again then; it has left, or
 * never will. */
void effect_later(struct store *store, enum effect_lane lane, const char *id, int64_t due_ms);
void effect_end(struct store *store, enum effect_lane lane, const char *id);

#endif
