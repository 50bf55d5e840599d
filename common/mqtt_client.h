/* The libmosquitto client of one attempt to connect. For mqtt_link.c only. */
#ifndef CARRITO_MQTT_CLIENT_H
#define CARRITO_MQTT_CLIENT_H

#include "common/mqtt_link.h"
#include "common/mqtt_tls.h"

struct mosquitto;
struct mqtt5__property; /* mosquitto_property */

/* A client set up by the options, without callbacks; `object` is what those get. With TLS it trusts
 * the certificates of `peer` alone, which must outlive it. NULL where memory is short or the
 * options are no good (a certificate that cannot be read). Freed with mosquitto_destroy(). */
struct mosquitto *mqtt_client_new(const struct mqtt_link_options *options,
                                  struct mqtt_tls_peer *peer, void *object);

/* Begins to connect to a numeric address; does not block. Returns a MOSQ_ERR_ code. */
int mqtt_client_connect(struct mosquitto *client, const struct mqtt_link_options *options,
                        const char *address, int port);
/* While it connects: sets `reached` to MQTT_ANSWER_NO_BROKER once the machine there has answered,
 * with yes or with no. Returns the errno that ended the attempt; 0: it goes on, or there is still
 * something to be read. */
int mqtt_client_look(struct mosquitto *client, enum mqtt_answer *reached);
/* Somebody there ended a connection that stood, whose read failed with this errno; else it has run
 * out in silence. */
bool mqtt_client_ended_there(int error);
/* What an outcome of the library is called, with errno as it was after the call. */
const char *mqtt_client_error(int rc, int error);

/* Of what came: has it the user property MQTT_FORMER? */
bool mqtt_client_is_former(const struct mqtt5__property *properties);
/* Queues a message; as mosquitto_publish_v5(). */
int mqtt_client_publish(struct mosquitto *client, const struct mqtt_publish *publish, int *mid);

#endif
