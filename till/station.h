/* All keypads of the cart, each with a till of its own, so that no line is made of two people's
 * keys; one voice for all of them. One thread, nothing blocks. */
#ifndef CARRITO_TILL_STATION_H
#define CARRITO_TILL_STATION_H

#include "till/settings.h"

#include <stdbool.h>
#include <stdint.h>

#define STATION_KEYPADS_MAX 4 /* what is plugged in beyond is left alone */

struct station;

/* `folder` is where devices appear: /dev/input. Both stay the caller's. */
struct station *station_open(const struct settings *settings, const char *folder);
/* What was asked of the agent and not answered is forgotten; the agent does it or not. NULL is
 * harmless. */
void station_close(struct station *station);
/* Waits for at most `wait_ms` for a key, an answer or a device, and does what is to be done. */
void station_turn(struct station *station, int wait_ms);
/* Is a request of a vendor under way? */
bool station_is_busy(const struct station *station);
/* One line for people. */
const char *station_status(const struct station *station);

#endif
