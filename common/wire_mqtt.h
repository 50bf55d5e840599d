/* The topics of carrito's MQTT messages, built and taken apart, and the words of the link between
 * cart and centre (contract, section 3): for agent, bridge, simulator and command line. Pure. */
#ifndef CARRITO_WIRE_MQTT_H
#define CARRITO_WIRE_MQTT_H

#include "common/protocol.h"

#include <stdbool.h>
#include <stddef.h>

#define BRIDGE_ID_MAX 64

/* What is under carrito/v1/{cart}/. */
enum wire_leaf { LEAF_EVENTS, LEAF_STATE, LEAF_HEARTBEAT, LEAF_ACK, LEAF_COMMAND, WIRE_LEAVES };

#define WIRE_ANYBODY         "+" /* for a cart or a bridge: the filter for all of them */
#define WIRE_MQTT_TOPIC_SIZE (sizeof MQTT_ROOT + BRIDGE_ID_MAX + 32)

void wire_mqtt_topic(char topic[WIRE_MQTT_TOPIC_SIZE], const char *cart, enum wire_leaf leaf);
/* False where the topic is not carrito/v1/{cart}/…, `cart` being at most CART_LENGTH_MAX long and
 * else whatever stands there. WIRE_LEAVES where nothing is expected there. */
bool wire_mqtt_read(const char *topic, char cart[CART_LENGTH_MAX + 1], enum wire_leaf *leaf);

/* The retained state of a bridge, carrito/v1/bridge/{id}/state. */
void wire_mqtt_bridge_topic(char topic[WIRE_MQTT_TOPIC_SIZE], const char *bridge);
/* The bridge's id within such a topic, and its length; NULL where it is another topic. */
const char *wire_mqtt_bridge_of(const char *topic, size_t *length);

/* The member `state` of LEAF_STATE. */
enum link_state {
    LINK_ONLINE,
    LINK_OFFLINE, /* said on a clean stop, or at the day's end */
    LINK_LOST,    /* the will */
    LINK_STATES
};

/* "online", "offline", "lost". */
const char *link_state_name(enum link_state state);
/* LINK_STATES where none has this name. */
enum link_state link_state_from_name(const char *name);

/* The member `command` of LEAF_COMMAND, and of carrito.commands. */
enum wire_command {
    COMMAND_ORDER_OFFER,
    COMMAND_ORDER_CANCEL,
    COMMAND_RESTOCKED,
    COMMAND_LOCATE,
    COMMAND_REPLAY,
    COMMAND_CONFIG,
    COMMAND_CERTIFICATE,
    WIRE_COMMANDS_KNOWN
};

/* "order-offer", …. */
const char *wire_command_name(enum wire_command command);
/* WIRE_COMMANDS_KNOWN where none has this name. */
enum wire_command wire_command_from_name(const char *name);

#endif
