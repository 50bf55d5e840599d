/* What the bridge says on MQTT: acknowledgements, commands and its own state.
 *
 * Each call queues one packet at the link; it leaves when the caller flushes it. */
#ifndef CARRITO_BRIDGE_MQTT_OUT_H
#define CARRITO_BRIDGE_MQTT_OUT_H

#include "bridge/command_desk.h"
#include "common/mqtt_link.h"
#include "common/wire_mqtt.h"

enum mqtt_out_state { MQTT_OUT_OFFLINE, MQTT_OUT_ONLINE };

/* A message with the memory that it points into. */
struct mqtt_out_message {
    struct mqtt_publish publish;
    char topic[WIRE_MQTT_TOPIC_SIZE];
    char payload[128];
};

/* carrito/v1/{cart}/ack, QoS 0: everything up to `seq` of the epoch is in Kafka. */
void mqtt_out_ack(struct mqtt_link *link, const char *cart, const char *epoch, int64_t seq);
/* carrito/v1/{cart}/command, QoS 1. It expires at the broker when it would be sent again. */
bool mqtt_out_command(struct mqtt_link *link, const struct command *command);
/* carrito/v1/bridge/{id}/state, QoS 1, retained. */
bool mqtt_out_state(struct mqtt_link *link, const char *bridge_id, enum mqtt_out_state state,
                    int64_t wall_ms);
/* Lets everything that is queued go; blocks until `deadline_ms` (clock_mono_ms) at most. */
void mqtt_out_flush(struct mqtt_link *link, int64_t deadline_ms);
/* The same as a message, for the will. */
void mqtt_out_make_state(struct mqtt_out_message *message, const char *bridge_id,
                         enum mqtt_out_state state, int64_t wall_ms);

#endif
