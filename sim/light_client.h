/* A client of libmosquitto without its pair of sockets: two descriptors and up to 200 kB of kernel
 * memory less for each of thousands of carts. */
#ifndef CARRITO_SIM_LIGHT_CLIENT_H
#define CARRITO_SIM_LIGHT_CLIENT_H

#include <stdbool.h>

struct mosquitto;

/* For mqtt_link_options. Takes the limit on descriptors away for a moment, which holds for the
 * whole process: while a thread looks up the broker's name, that client keeps its pair. */
struct mosquitto *light_client_new(const char *client_id, bool clean_start, void *object);

#endif
