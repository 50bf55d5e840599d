/* The bridge's side of MQTT that reads: the connection, its subscriptions, and what came.
 *
 * PUBACKs are held by mqtt_link (hold_writes) until the caller flushes it. What comes waits here as
 * batches, in order, until it is taken. One thread, nothing blocks. */
#ifndef CARRITO_BRIDGE_MQTT_IN_H
#define CARRITO_BRIDGE_MQTT_IN_H

#include "bridge/batch.h"

/* What one turn reads at most; the rest stays with the broker. Measured with batches of 64 events:
 * 2 MiB make the process 27 MB large, 512 KiB 15 MB, at the same 150,000 to 200,000 events/s. */
#define TURN_MESSAGES_MAX 2000
#define TURN_BYTES_MAX    (512 * 1024)

struct mqtt_in;

/* `broker` names hosts, port, user, password and TLS files; the rest is set here. NULL where that
 * is no good (logged). Strings are copied. */
struct mqtt_in *mqtt_in_open(const struct mqtt_link_options *broker, const char *bridge_id);
/* Disconnects without a will and frees all, batches not taken too. */
void mqtt_in_close(struct mqtt_in *in);

struct mqtt_link *mqtt_in_link(struct mqtt_in *in);
/* Connected, and the broker has confirmed every subscription: what is published now comes here. */
bool mqtt_in_is_subscribed(const struct mqtt_in *in);
/* Reads until the socket is dry (false) or the turn is full (true: there may be more to read at
 * once, which poll(2) need not show where TLS has decrypted it already). */
bool mqtt_in_read(struct mqtt_in *in);
/* The oldest batch, which is the caller's from now on; NULL where there is none. */
struct batch *mqtt_in_take(struct mqtt_in *in);
bool mqtt_in_is_empty(const struct mqtt_in *in);
/* How often the connection came or went: whoever reports it compares with the last number. */
unsigned mqtt_in_changes(const struct mqtt_in *in);

#endif
