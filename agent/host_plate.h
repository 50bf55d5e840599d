/* The plate of `CARRITO_CART=host`, for simulated carts: SIM- and 8 characters of a hash (FNV-1a)
 * of what tells this machine from others. That is its machine-id: new boards share one host's name.
 * In a container it is the host's name, which is the container's own, while the machine-id may be
 * the image's.
 *
 * Once there is an outbox its plate stays, whatever the machine is called then. */
#ifndef CARRITO_AGENT_HOST_PLATE_H
#define CARRITO_AGENT_HOST_PLATE_H

#include "common/protocol.h"

#include <stdbool.h>

#define HOST_PLATE_SIZE      (CART_LENGTH_MAX + 1)
#define HOST_PLATE_SIMULATED "SIM-"

void host_plate_make(const char *seed, char plate[HOST_PLATE_SIZE]);
/* Files are looked for below `root` ("" is the machine itself). */
bool host_plate_is_container(const char *root);
void host_plate_find(const char *root, char plate[HOST_PLATE_SIZE]);
/* The simulated plate whose the outbox at this path is; false where it is nobody's or another's. */
bool host_plate_kept(const char *outbox, char plate[HOST_PLATE_SIZE]);

#endif
