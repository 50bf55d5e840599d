/* One MQTT message in hand: its bytes, the records that route makes of it, and the answer to it.
 *
 * It is the struct that travels through the bridge: mqtt_in makes it, route fills it, kafka_out
 * produces its records, and once all are confirmed it is answered and freed. One allocation. */
#ifndef CARRITO_BRIDGE_BATCH_H
#define CARRITO_BRIDGE_BATCH_H

#include "bridge/record.h"
#include "common/json_read.h"
#include "common/mqtt_link.h"
#include "common/owntracks.h"
#include "common/protocol.h"

enum batch_kind {
    BATCH_EVENTS,
    BATCH_STATE,
    BATCH_HEARTBEAT,
    BATCH_OWNTRACKS,
    BATCH_COMMAND, /* not MQTT: a refused record of carrito.commands, on its way to the dead letters
                    */
    BATCH_UNKNOWN
};

/* Who has the message until Kafka confirms it, beside us. */
enum keeper {
    KEPT_IN_QUEUE,  /* the broker's: for as long as it gets no PUBACK */
    KEPT_BY_SENDER, /* sent again until our `ack`; or of QoS 0, which promises nothing */
    KEPT_AS_STATE, /* the broker's, as the topic's retained message: it comes again at each connect,
                    * and the newest is what counts */
    KEEPERS
};

struct batch {
    struct batch *next;
    const char *source; /* "mqtt:{topic}" or "kafka:{topic}/{partition}/{offset}" */
    /* The message; strings and bytes are the batch's own. */
    const char *topic; /* what follows the colon in `source` */
    const char *payload;
    size_t length;           /* of the payload, at most RECORD_VALUE_MAX */
    size_t length_as_sent;   /* more than `length` where it was cut */
    const char *correlation; /* or NULL */
    char *scratch; /* at least `length` and OWNTRACKS_EVENT_ROOM bytes, for texts without their
                    * escapes, or the event of a phone's message */
    bool retained;
    bool former;        /* of an outbox that its cart has no more: no word of the cart */
    enum keeper keeper; /* until Kafka has it; route says so */
    enum owntracks_rule owntracks_rule;
    int64_t received_us;      /* monotonic */
    int64_t received_wall_ms; /* for ids where the message has none */
    /* What route finds. */
    enum batch_kind kind;
    char cart[CART_LENGTH_MAX + 1]; /* "" where the topic names none */
    char epoch[EPOCH_LENGTH_MAX + 1];
    int64_t ack_seq;            /* 0: there is nothing to acknowledge */
    size_t rejected;            /* records that are dead letters */
    struct json_reason refused; /* why the last of them is one */
    size_t record_count, record_max;
    struct record records[];
};

/* Copies the message; there is room for a record for each of its lines, at most BATCH_EVENTS_MAX.
 * `scheme` is WIRE_FROM_MQTT or WIRE_FROM_KAFKA. Never NULL. The caller sets the times, and the
 * rule where it is not OWNTRACKS_CART_IS_DEVICE. */
struct batch *batch_new(const char *scheme, const struct mqtt_message *message);
void batch_free(struct batch *batch);

#endif
