/* How librdkafka's threads look up the names of brokers: so that a program that ends does not wait
 * for a name server (rd_kafka_destroy() waits for those threads). */
#ifndef CARRITO_KAFKA_NAMES_H
#define CARRITO_KAFKA_NAMES_H

struct addrinfo;

/* For rd_kafka_conf_set_resolve_cb(); blocks until the name is answered or the program ends. */
int kafka_names_resolve(const char *node, const char *service, const struct addrinfo *hints,
                        struct addrinfo **found, void *opaque);
/* The program ends: from now on no name is waited for. Any thread. */
void kafka_names_stop(void);

#endif
