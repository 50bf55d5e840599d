/* Writes the bridge's own messages. */
#include "bridge/mqtt_out.h"
#include "common/clock.h"

#include <poll.h>
#include <stdio.h>

void mqtt_out_ack(struct mqtt_link *link, const char *cart, const char *epoch, int64_t seq)
{
    struct mqtt_out_message message;

    wire_mqtt_topic(message.topic, cart, LEAF_ACK);
    int length = snprintf(message.payload, sizeof message.payload,
                          "{\"epoch\":\"%s\",\"seq\":%lld}", epoch, (long long)seq);
    message.publish = (struct mqtt_publish){
        .topic = message.topic,
        .payload = message.payload,
        .length = (size_t)length,
    };
    /* Where the link is gone, the cart sends again and is answered then. */
    mqtt_link_publish(link, &message.publish);
}

bool mqtt_out_command(struct mqtt_link *link, const struct command *command)
{
    char topic[WIRE_MQTT_TOPIC_SIZE];

    wire_mqtt_topic(topic, command->cart, LEAF_COMMAND);
    struct mqtt_publish publish = {
        .topic = topic,
        .payload = command->payload,
        .length = command->length,
        .qos = 1,
        .expiry_s = COMMAND_RESEND_MS / 1000,
    };
    return mqtt_link_publish(link, &publish) >= 0;
}

void mqtt_out_make_state(struct mqtt_out_message *message, const char *bridge_id,
                         enum mqtt_out_state state, int64_t wall_ms)
{
    wire_mqtt_bridge_topic(message->topic, bridge_id);
    int length =
        snprintf(message->payload, sizeof message->payload, "{\"online\":%s,\"timestamp\":%lld}",
                 state == MQTT_OUT_ONLINE ? "true" : "false", (long long)wall_ms);
    message->publish = (struct mqtt_publish){
        .topic = message->topic,
        .payload = message->payload,
        .length = (size_t)length,
        .qos = 1,
        .retain = true,
    };
}

bool mqtt_out_state(struct mqtt_link *link, const char *bridge_id, enum mqtt_out_state state,
                    int64_t wall_ms)
{
    struct mqtt_out_message message;

    mqtt_out_make_state(&message, bridge_id, state, wall_ms);
    return mqtt_link_publish(link, &message.publish) >= 0;
}

void mqtt_out_flush(struct mqtt_link *link, int64_t deadline_ms)
{
    while (mqtt_link_wants_write(link) && clock_mono_ms() < deadline_ms && mqtt_link_flush(link)) {
        struct pollfd fd = { .fd = mqtt_link_fd(link), .events = POLLOUT };
        if (mqtt_link_wants_write(link))
            poll(&fd, 1, 50);
    }
}
