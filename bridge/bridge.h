/* The bridge: mqtt_in → route → kafka_out, and back kafka_in → command_desk → mqtt_out.
 *
 * It works in strict turns: read what is there, produce it, wait for every delivery report, and
 * only then let the answers go (PUBACKs, which libmosquitto has queued, and acknowledgements to
 * carts). So whatever was answered is in Kafka, and nothing else is kept anywhere. */
#ifndef CARRITO_BRIDGE_BRIDGE_H
#define CARRITO_BRIDGE_BRIDGE_H

#include "bridge/settings.h"

#include <stdbool.h>

/* When Kafka has confirmed nothing for so long, the MQTT connection is dropped without DISCONNECT:
 * the will tells the carts to keep what they have. It comes back when Kafka has confirmed. */
#define UNCONFIRMED_MS_MAX 10000

struct bridge;

/* NULL where the settings are no good (logged). No peer need be there. Both must outlive it. */
struct bridge *bridge_open(const struct settings *settings, const struct config_pairs *pairs);
void bridge_close(struct bridge *bridge);

/* Waits for something to do, TURN_WAIT_MS_MAX at most, and does it. */
#define TURN_WAIT_MS_MAX 500
void bridge_turn(struct bridge *bridge);
/* Records wait for reports that nobody will give any more. It holds no state: the way out
 * is a new process. */
bool bridge_is_stuck(const struct bridge *bridge);
/* One line for people, NULL where it waits for nothing. `bridge` is a struct bridge. */
const char *bridge_waits_for(void *bridge);
/* Finishes what is in hand, says that it goes, disconnects; FINISH_MS_MAX at most. */
#define FINISH_MS_MAX 8000
void bridge_finish(struct bridge *bridge);

#endif
