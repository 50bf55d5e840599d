/* The tables. */
#include "common/wire_mqtt.h"

#include <stdio.h>
#include <string.h>

#define ROOT        MQTT_ROOT "/"
#define BRIDGE_ROOT ROOT "bridge/"
#define BRIDGE_LEAF "/state"

static const char *const leaf_names[WIRE_LEAVES] = {
    [LEAF_EVENTS] = "events", [LEAF_STATE] = "state",     [LEAF_HEARTBEAT] = "heartbeat",
    [LEAF_ACK] = "ack",       [LEAF_COMMAND] = "command",
};

static const char *const link_names[LINK_STATES] = {
    [LINK_ONLINE] = "online",
    [LINK_OFFLINE] = "offline",
    [LINK_LOST] = "lost",
};

static const char *const command_names[WIRE_COMMANDS_KNOWN] = {
    [COMMAND_ORDER_OFFER] = "order-offer", [COMMAND_ORDER_CANCEL] = "order-cancel",
    [COMMAND_RESTOCKED] = "restocked",     [COMMAND_LOCATE] = "locate",
    [COMMAND_REPLAY] = "replay",           [COMMAND_CONFIG] = "config",
    [COMMAND_CERTIFICATE] = "certificate",
};

/* `count` where it is none of them. */
static int find(const char *const *names, int count, const char *name)
{
    int at = 0;

    while (at < count && strcmp(names[at], name) != 0)
        at++;
    return at;
}

void wire_mqtt_topic(char topic[WIRE_MQTT_TOPIC_SIZE], const char *cart, enum wire_leaf leaf)
{
    snprintf(topic, WIRE_MQTT_TOPIC_SIZE, ROOT "%s/%s", cart, leaf_names[leaf]);
}

bool wire_mqtt_read(const char *topic, char cart[CART_LENGTH_MAX + 1], enum wire_leaf *leaf)
{
    const size_t root = sizeof ROOT - 1;

    if (strncmp(topic, ROOT, root) != 0)
        return false;
    size_t length = strcspn(topic + root, "/");
    if (length > CART_LENGTH_MAX || topic[root + length] != '/')
        return false;
    memcpy(cart, topic + root, length);
    cart[length] = '\0';
    *leaf = (enum wire_leaf)find(leaf_names, WIRE_LEAVES, topic + root + length + 1);
    return true;
}

void wire_mqtt_bridge_topic(char topic[WIRE_MQTT_TOPIC_SIZE], const char *bridge)
{
    snprintf(topic, WIRE_MQTT_TOPIC_SIZE, BRIDGE_ROOT "%s" BRIDGE_LEAF, bridge);
}

const char *wire_mqtt_bridge_of(const char *topic, size_t *length)
{
    const size_t root = sizeof BRIDGE_ROOT - 1;

    if (strncmp(topic, BRIDGE_ROOT, root) != 0)
        return NULL;
    *length = strcspn(topic + root, "/");
    return strcmp(topic + root + *length, BRIDGE_LEAF) == 0 ? topic + root : NULL;
}

const char *link_state_name(enum link_state state)
{
    return link_names[state];
}

enum link_state link_state_from_name(const char *name)
{
    return (enum link_state)find(link_names, LINK_STATES, name);
}

const char *wire_command_name(enum wire_command command)
{
    return command_names[command];
}

enum wire_command wire_command_from_name(const char *name)
{
    return (enum wire_command)find(command_names, WIRE_COMMANDS_KNOWN, name);
}
