/* Internet addresses as the API counts and shows them, and who the client behind a proxy is. */
#ifndef CARRITO_COLLECTOR_ADDRESS_H
#define CARRITO_COLLECTOR_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_SIZE 46
#define ADDRESS_LIST_MAX  32

/* IPv6, or IPv4 mapped into it (RFC 4291, 2.5.5.2). */
struct address {
    uint8_t bytes[16];
};

struct address_list {
    struct address items[ADDRESS_LIST_MAX];
    size_t count;
};

/* False where it is no internet address; *address is then all zeros. */
bool address_from_socket(const struct sockaddr *socket_address, struct address *address);
bool address_from_text(const char *text, size_t length, struct address *address);
void address_text(const struct address *address, char text[ADDRESS_TEXT_SIZE]);
/* What limits count by: an IPv6 address's /64, because a household has a whole one. */
struct address address_site(const struct address *address);
bool address_equal(const struct address *a, const struct address *b);

/* Reads "address,address,…"; NULL is an empty list. False where an item is none, or too many. */
bool address_list_read(const char *text, struct address_list *list);
bool address_list_has(const struct address_list *list, const struct address *address);
/* The client: the last address of `X-Forwarded-For` (or NULL) that is no proxy of ours, if the
 * peer is one; else the peer. What is further left is the client's own claim. */
struct address address_client(const struct address *peer, const char *forwarded_for,
                              const struct address_list *proxies);

#endif
