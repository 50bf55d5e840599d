/* Internet addresses as the API counts and shows them, and who the client behind a proxy is. */
#ifndef CARRITO_COLLECTOR_ADDRESS_H
#define CARRITO_COLLECTOR_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_SIZE   46
#define ADDRESS_LIST_MAX    1024
#define ADDRESS_UNREAD_SIZE 64

/* IPv6, or IPv4 mapped into it (RFC 4291, 2.5.5.2). */
struct address {
    uint8_t bytes[16];
};

/* What begins with the same `bits` of `base`, whose others are 0. */
struct network {
    struct address base;
    unsigned bits; /* 1 to 128; an IPv4 network has 96 more than it is written with */
};

struct address_list {
    struct network items[ADDRESS_LIST_MAX];
    size_t count;
};

/* False where it is no internet address; *address is then all zeros. */
bool address_from_socket(const struct sockaddr *socket_address, struct address *address);
bool address_from_text(const char *text, size_t length, struct address *address);
void address_text(const struct address *address, char text[ADDRESS_TEXT_SIZE]);
/* What limits count by: an IPv6 address's /64, because a household has a whole one. */
struct address address_site(const struct address *address);
/* An IPv6 address's /48, the most that one customer is given (RFC 6177). False, and nothing there,
 * for IPv4. */
bool address_customer(const struct address *address, struct address *customer);
bool address_equal(const struct address *a, const struct address *b);

/* Reads addresses and networks ("10.0.0.1, 172.16.0.0/12, 2001:db8::/32"), with commas or blanks
 * between; NULL is an empty list. False where an item is none, a network is the whole internet, or
 * there are more than ADDRESS_LIST_MAX. */
bool address_list_read(const char *text, struct address_list *list);
bool address_list_is_valid(const char *text);
bool address_list_has(const struct address_list *list, const struct address *address);
/* The client: the last address of `X-Forwarded-For` that is no proxy of ours, if the peer is one;
 * else the peer. What is further left is the client's own claim.
 *
 * `forwarded_for` is the values of all its header lines, in order, with commas between (RFC 9110,
 * 5.2), or NULL. An address may have a port, brackets (then it is IPv6) and quotes around all that.
 * What is none of it ends the reading: the proxy that wrote it is the client, and `unread` has it,
 * cut; else "". */
struct address address_client(const struct address *peer, const char *forwarded_for,
                              const struct address_list *proxies, char unread[ADDRESS_UNREAD_SIZE]);

#endif
