/* The brokers to try, from "host[:port],…": names become addresses in the background, and each
 * address of each host has its turn. Decides no waiting time. One thread; nothing blocks.
 *
 * Addresses are looked up anew each time a host's turn comes: a broker may have moved. */
#ifndef CARRITO_HOST_LIST_H
#define CARRITO_HOST_LIST_H

#include <stdbool.h>

#define HOST_ADDRESS_MAX 64 /* a numeric address with its zone, and NUL */

struct host_list;

struct host_target {
    const char *name; /* as configured; lives as long as the list */
    char address[HOST_ADDRESS_MAX];
    int port;
};

enum host_result {
    HOST_FOUND,   /* the target is filled in */
    HOST_PENDING, /* ask again in some 50 ms */
    HOST_UNKNOWN  /* the name has no address now; host_list_next() for the next host */
};

/* IPv6 addresses with a port stand in brackets. NULL where the text is no list of hosts. */
struct host_list *host_list_open(const char *text, int default_port);
/* Harmless for NULL. A lookup that is under way is not waited for. */
void host_list_close(struct host_list *list);

/* The address whose turn it is; starts a lookup where one is needed. */
enum host_result host_list_target(struct host_list *list, struct host_target *target);
/* To the next address. True: of the same host (try it at once). False: the next host's turn. */
bool host_list_next(struct host_list *list);
/* After host_list_next(): have all had their turn, so that the list begins anew? */
bool host_list_begins(const struct host_list *list);
/* The name whose turn it is, for the log. */
const char *host_list_name(const struct host_list *list);

#endif
