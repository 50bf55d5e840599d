/* The plate of `CARRITO_CART=host`, for simulated carts: SIM- and 8 characters of a hash (FNV-1a)
 * of what tells this machine from others. That is its machine-id: new boards share one host's name.
 * In a container it is the host's name, which is the container's own, while the machine-id may be
 * the image's.
 *
 * Once the outbox has an event its plate stays, whatever the machine is called then. */
#ifndef CARRITO_AGENT_HOST_PLATE_H
#define CARRITO_AGENT_HOST_PLATE_H

#include "agent/outbox.h"

#include <stdbool.h>

#define HOST_PLATE_SIZE      17
#define HOST_PLATE_SIMULATED "SIM-"

void host_plate_make(const char *seed, char plate[HOST_PLATE_SIZE]);
/* Files are looked for below `root` ("" is the machine itself). */
bool host_plate_is_container(const char *root);
void host_plate_find(const char *root, char plate[HOST_PLATE_SIZE]);
/* The simulated plate of the outbox's newest event; false where there is none. */
bool host_plate_kept(struct outbox *outbox, char plate[HOST_PLATE_SIZE]);

#endif
