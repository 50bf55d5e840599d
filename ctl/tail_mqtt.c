/* A subscriber of its own, with a clean session: it takes nothing from anybody. */
#include "ctl/tail_mqtt.h"

#include "common/mqtt_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define KEEPALIVE_S 30
#define RECEIVE_MAX 1000
#define PATIENCE_MS 2000 /* a first connection may take this long before a word is said */

enum told { TOLD_NOTHING, TOLD_HERE, TOLD_AWAY };

struct tail_mqtt {
    struct tail_mqtt_options options;
    struct mqtt_link *link;
    char *password; /* or NULL */
    int64_t wall_ms;
    int64_t begun_mono_ms; /* 0 before the first turn */
    enum told told;
    bool refused; /* the broker answered once, and said no */
};

static void on_connected(void *owner, bool session_present)
{
    struct tail_mqtt *mqtt = owner;

    (void)session_present;
    mqtt_link_subscribe(mqtt->link, mqtt->options.filter, 1);
    if (mqtt->told != TOLD_HERE)
        mqtt->options.changed(mqtt->options.owner, NULL);
    mqtt->told = TOLD_HERE;
}

static void tell_away(struct tail_mqtt *mqtt, const char *why)
{
    if (mqtt->told != TOLD_AWAY)
        mqtt->options.changed(mqtt->options.owner, why);
    mqtt->told = TOLD_AWAY;
}

static void on_disconnected(void *owner, const char *why)
{
    tell_away(owner, why ? why : "connection lost");
}

static void on_refused(void *owner, const char *why)
{
    struct tail_mqtt *mqtt = owner;

    mqtt->refused = true;
    tell_away(mqtt, why);
}

static void on_message(void *owner, const struct mqtt_message *message)
{
    struct tail_mqtt *mqtt = owner;
    struct tail_record record = {
        .source = TAIL_MQTT,
        .topic = message->topic,
        .retained = message->retained,
        .time_ms = mqtt->wall_ms,
        .payload = message->payload,
        .length = message->length,
    };

    mqtt->options.record(mqtt->options.owner, &record);
}

static const struct mqtt_link_events events = {
    .connected = on_connected,
    .disconnected = on_disconnected,
    .refused = on_refused,
    .message = on_message,
};

struct tail_mqtt *tail_mqtt_open(const struct tail_mqtt_options *options)
{
    const struct settings *settings = options->settings;
    struct tail_mqtt *mqtt = calloc(1, sizeof *mqtt);
    char client_id[48];

    if (!mqtt)
        return NULL;
    mqtt->options = *options;
    mqtt_settings_read_password(&settings->mqtt, &mqtt->password);
    snprintf(client_id, sizeof client_id, "carritoctl-%ld", (long)getpid());
    struct mqtt_link_options link = mqtt_settings_link(&settings->mqtt, mqtt->password);
    link.client_id = client_id;
    link.keepalive_s = KEEPALIVE_S;
    link.clean_start = true;
    link.receive_max = RECEIVE_MAX;
    link.quiet = true;
    link.events = &events;
    link.owner = mqtt;
    mqtt->link = mqtt_link_open(&link);
    if (mqtt->link)
        return mqtt;
    tail_mqtt_close(mqtt);
    return NULL;
}

void tail_mqtt_close(struct tail_mqtt *mqtt)
{
    if (!mqtt)
        return;
    if (mqtt->link)
        mqtt_link_close(mqtt->link);
    config_free_secret(mqtt->password);
    free(mqtt);
}

int tail_mqtt_fd(const struct tail_mqtt *mqtt)
{
    return mqtt_link_fd(mqtt->link);
}

short tail_mqtt_poll_events(const struct tail_mqtt *mqtt)
{
    return mqtt_link_poll_events(mqtt->link);
}

int tail_mqtt_timeout_ms(const struct tail_mqtt *mqtt, int64_t mono_ms)
{
    return mqtt_link_timeout_ms(mqtt->link, mono_ms);
}

bool tail_mqtt_refused(const struct tail_mqtt *mqtt)
{
    return mqtt->refused;
}

void tail_mqtt_turn(struct tail_mqtt *mqtt, short revents, int64_t mono_ms, int64_t wall_ms)
{
    mqtt->wall_ms = wall_ms;
    if (mqtt->begun_mono_ms == 0)
        mqtt->begun_mono_ms = mono_ms;
    mqtt_link_turn(mqtt->link, revents, mono_ms, MQTT_LINK_MAY_ALL);
    /* The link calls nobody for attempts that fail: whoever waits should know what for. */
    if (mqtt->told == TOLD_NOTHING && mono_ms - mqtt->begun_mono_ms >= PATIENCE_MS)
        tell_away(mqtt, "no answer");
}
