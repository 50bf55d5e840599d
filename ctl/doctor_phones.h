/* Whether a phone that signs in at the MQTT broker of this machine can speak for a cart that it is
 * not: the bridge takes the topic's device for the cart (owntracks_cart), and strangers reach the
 * broker. */
#ifndef CARRITO_CTL_DOCTOR_PHONES_H
#define CARRITO_CTL_DOCTOR_PHONES_H

#include "ctl/doctor.h"

#include <stdbool.h>

enum phones_rule { PHONES_NO_BRIDGE, PHONES_HIDDEN, PHONES_BY_DEVICE, PHONES_BY_USER };

/* What the bridge's file says: no such file; one that this user may not read; the key's value, and
 * `device` where it has none. */
enum phones_rule doctor_phones_rule(const char *file);
/* True where a line of /proc/net/tcp or tcp6 is a listener on a port of MQTT (1883, 8883) that is
 * not on loopback. */
bool doctor_phones_is_open(const char *line);
void doctor_phones(struct doctor_finding *finding, enum phones_rule rule, bool open);
/* All of it, for this machine. */
void doctor_look_phones(struct doctor_finding *finding);

#endif
