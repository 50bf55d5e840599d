/* Subscribes, announces, and copies what comes into batches. */
#include "bridge/mqtt_in.h"
#include "bridge/mqtt_out.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/owntracks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEPALIVE_S      30
#define SESSION_EXPIRY_S (7 * 24 * 3600)
#define RECEIVE_MAX      1000
#define CLIENT_ID_MAX    128

struct mqtt_in {
    struct mqtt_link *link;
    char *bridge_id;
    struct batch *first, **last;
    size_t messages, bytes; /* that wait here */
    unsigned changes;
    size_t subscribed; /* SUBACKs of this connection */
};

static const struct {
    enum wire_leaf leaf;
    int qos;
} subscriptions[] = { { LEAF_EVENTS, 1 }, { LEAF_STATE, 1 }, { LEAF_HEARTBEAT, 0 } };

/* Some phones' topics begin with a slash. */
static const char *const phones[] = { OWNTRACKS_ROOT "/#", "/" OWNTRACKS_ROOT "/#" };

#define SUBSCRIPTIONS (sizeof subscriptions / sizeof *subscriptions)
#define PHONES        (sizeof phones / sizeof *phones)

/* At every CONNACK, whatever session_present says: mosquitto 2.0.11 forgets some over a restart.
 * The announcement comes last: carts send as soon as they see it. */
static void on_connected(void *owner, bool session_present)
{
    struct mqtt_in *in = owner;
    char filter[WIRE_MQTT_TOPIC_SIZE];

    in->subscribed = 0;
    for (size_t i = 0; i < SUBSCRIPTIONS; i++) {
        wire_mqtt_topic(filter, WIRE_ANYBODY, subscriptions[i].leaf);
        mqtt_link_subscribe(in->link, filter, subscriptions[i].qos);
    }
    for (size_t i = 0; i < PHONES; i++)
        mqtt_link_subscribe(in->link, phones[i], 1);
    mqtt_out_state(in->link, in->bridge_id, MQTT_OUT_ONLINE, clock_wall_ms());
    in->changes++;
    log_info("mqtt_in", "connected", "session_present=%d", session_present);
}

static void on_subscribed(void *owner)
{
    struct mqtt_in *in = owner;

    in->subscribed++;
}

bool mqtt_in_is_subscribed(const struct mqtt_in *in)
{
    return mqtt_link_is_connected(in->link) &&
           in->subscribed >= sizeof subscriptions / sizeof *subscriptions;
}

static void set_will(struct mqtt_in *in)
{
    struct mqtt_out_message will;

    mqtt_out_make_state(&will, in->bridge_id, MQTT_OUT_OFFLINE, clock_wall_ms());
    mqtt_link_set_will(in->link, &will.publish);
}

static void on_disconnected(void *owner, const char *why)
{
    struct mqtt_in *in = owner;

    in->changes++;
    set_will(in);
    log_warn("mqtt_in", "disconnected", "why=%s", why);
}

static void on_message(void *owner, const struct mqtt_message *message)
{
    struct mqtt_in *in = owner;
    struct batch *batch = batch_new(WIRE_FROM_MQTT, message);

    batch->received_us = clock_mono_us();
    batch->received_wall_ms = clock_wall_ms();
    *in->last = batch;
    in->last = &batch->next;
    in->messages++;
    in->bytes += batch->length;
}

static const struct mqtt_link_events events = {
    .connected = on_connected,
    .disconnected = on_disconnected,
    .message = on_message,
    .subscribed = on_subscribed,
};

struct mqtt_in *mqtt_in_open(const struct mqtt_link_options *broker, const char *bridge_id)
{
    struct mqtt_in *in = calloc(1, sizeof *in);
    struct mqtt_link_options options = *broker;
    char client_id[CLIENT_ID_MAX];

    if (in == NULL || (in->bridge_id = strdup(bridge_id)) == NULL)
        abort();
    in->last = &in->first;
    snprintf(client_id, sizeof client_id, "carrito-bridge-%s", bridge_id);
    options.client_id = client_id;
    options.keepalive_s = KEEPALIVE_S;
    options.clean_start = false;
    options.session_expiry_s = SESSION_EXPIRY_S;
    options.receive_max = RECEIVE_MAX;
    options.hold_writes = true;
    options.will = NULL;
    options.events = &events;
    options.owner = in;
    in->link = mqtt_link_open(&options);
    if (in->link != NULL) {
        set_will(in);
        return in;
    }
    mqtt_in_close(in);
    return NULL;
}

void mqtt_in_close(struct mqtt_in *in)
{
    if (in == NULL)
        return;
    mqtt_link_close(in->link);
    for (struct batch *batch; (batch = mqtt_in_take(in)) != NULL;)
        batch_free(batch);
    free(in->bridge_id);
    free(in);
}

struct mqtt_link *mqtt_in_link(struct mqtt_in *in)
{
    return in->link;
}

bool mqtt_in_read(struct mqtt_in *in)
{
    for (;;) {
        size_t before = in->messages;
        if (!mqtt_link_read(in->link) || in->messages == before)
            return false;
        if (in->messages >= TURN_MESSAGES_MAX || in->bytes >= TURN_BYTES_MAX)
            return true;
    }
}

struct batch *mqtt_in_take(struct mqtt_in *in)
{
    struct batch *batch = in->first;

    if (batch == NULL)
        return NULL;
    in->first = batch->next;
    if (in->first == NULL)
        in->last = &in->first;
    in->messages--;
    in->bytes -= batch->length;
    batch->next = NULL;
    return batch;
}

bool mqtt_in_is_empty(const struct mqtt_in *in)
{
    return in->first == NULL;
}

unsigned mqtt_in_changes(const struct mqtt_in *in)
{
    return in->changes;
}
