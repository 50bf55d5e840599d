/* Subscribes to the broker for `tail`. One thread: callbacks run inside tail_mqtt_turn(). */
#ifndef CARRITO_CTL_TAIL_MQTT_H
#define CARRITO_CTL_TAIL_MQTT_H

#include "ctl/settings.h"
#include "ctl/tail.h"

struct tail_mqtt_options {
    const struct settings *settings; /* lives as long as the reader */
    const char *filter;
    void (*record)(void *owner, const struct tail_record *record);
    /* `why` is NULL when it is connected, else says why it is not; once per change. */
    void (*changed)(void *owner, const char *why);
    void *owner;
};

struct tail_mqtt;

/* NULL, and logged, where the options are no good. Waits for a broker that is away. */
struct tail_mqtt *tail_mqtt_open(const struct tail_mqtt_options *options);
void tail_mqtt_close(struct tail_mqtt *mqtt);
int tail_mqtt_fd(const struct tail_mqtt *mqtt);
short tail_mqtt_poll_events(const struct tail_mqtt *mqtt);
int tail_mqtt_timeout_ms(const struct tail_mqtt *mqtt, int64_t mono_ms);
/* `wall_ms` is the time that records of this turn get: MQTT messages carry none. */
/* True once the broker has answered and refused: name, password, certificate. */
bool tail_mqtt_refused(const struct tail_mqtt *mqtt);
void tail_mqtt_turn(struct tail_mqtt *mqtt, short revents, int64_t mono_ms, int64_t wall_ms);

#endif
