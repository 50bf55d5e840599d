/* The libmosquitto client of one attempt to connect. For mqtt_link.c only. */
#ifndef CARRITO_MQTT_CLIENT_H
#define CARRITO_MQTT_CLIENT_H

#include "common/mqtt_link.h"

struct mosquitto;

/* A client set up by the options, without callbacks; `object` is what those get. NULL where memory
 * is short or the options are no good (a certificate that cannot be read). Freed with
 * mosquitto_destroy(). */
struct mosquitto *mqtt_client_new(const struct mqtt_link_options *options, void *object);

/* Begins to connect; does not block where `host` is a numeric address. Returns a MOSQ_ERR_ code. */
int mqtt_client_connect(struct mosquitto *client, const struct mqtt_link_options *options,
                        const char *host, int port);

/* Queues a message; as mosquitto_publish_v5(). */
int mqtt_client_publish(struct mosquitto *client, const struct mqtt_publish *publish, int *mid);

#endif
