/* The JSON of the uplink's messages: what a cart says of itself, what it hears of its bridge. Pure.
 * Only the uplink uses it. */
#ifndef CARRITO_UPLINK_MESSAGE_H
#define CARRITO_UPLINK_MESSAGE_H

#include "agent/uplink.h"
#include "common/wire_mqtt.h"

/* Who speaks, and when. */
struct uplink_speaker {
    char epoch[EPOCH_LENGTH_MAX + 1];
    char *version; /* owned by the uplink */
    int64_t session;
    int64_t wall_ms; /* of the latest turn */
    bool closed;     /* the day is */
    bool is_former;  /* of a plate that the cart no longer has */
    const struct uplink_calls *calls;
    void *owner;
};

/* Appends the whole object. */
void uplink_state_write(const struct uplink_speaker *speaker, enum link_state state,
                        struct buffer *text);
void uplink_heartbeat_write(const struct uplink_speaker *speaker, int64_t acked_seq,
                            struct buffer *text);

/* False where it is no ack, or one of another epoch. */
bool uplink_ack_read(const struct mqtt_message *message, const char *epoch, int64_t *seq);
/* An empty one says that the bridge is not there any more. False where it cannot be read. */
bool uplink_bridge_read(const struct mqtt_message *message, bool *online);

#endif
