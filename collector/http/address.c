/* Addresses. */
#include "collector/http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define ADDRESS_BITS    128U
#define IPV4_BITS       32U
#define LIST_SEPARATORS " \t,"
#define OWS             " \t" /* RFC 9110, 5.6.3 */

static void from_ipv4(const struct in_addr *in, struct address *address)
{
    memset(address, 0, sizeof *address);
    address->bytes[10] = address->bytes[11] = 0xff;
    memcpy(address->bytes + 12, in, 4);
}

static bool is_ipv4(const struct address *address)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    return memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

bool address_from_socket(const struct sockaddr *socket_address, struct address *address)
{
    memset(address, 0, sizeof *address);
    if (socket_address == NULL)
        return false;
    if (socket_address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, socket_address, sizeof in);
        from_ipv4(&in.sin_addr, address);
        return true;
    }
    if (socket_address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, socket_address, sizeof in6);
        memcpy(address->bytes, &in6.sin6_addr, sizeof address->bytes);
        return true;
    }
    return false;
}

bool address_from_text(const char *text, size_t length, struct address *address)
{
    char copy[ADDRESS_TEXT_SIZE];
    struct in_addr in;
    struct in6_addr in6;
    memset(address, 0, sizeof *address);
    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET, copy, &in) == 1) {
        from_ipv4(&in, address);
        return true;
    }
    if (inet_pton(AF_INET6, copy, &in6) != 1)
        return false;
    memcpy(address->bytes, &in6, sizeof address->bytes);
    return true;
}

void address_text(const struct address *address, char text[ADDRESS_TEXT_SIZE])
{
    if (is_ipv4(address))
        inet_ntop(AF_INET, address->bytes + 12, text, ADDRESS_TEXT_SIZE);
    else
        inet_ntop(AF_INET6, address->bytes, text, ADDRESS_TEXT_SIZE);
}

/* The first `bits` of it, and zeros. */
static struct address first_bits(const struct address *address, unsigned bits)
{
    struct address first = { 0 };
    memcpy(first.bytes, address->bytes, bits / 8);
    if (bits % 8 != 0)
        first.bytes[bits / 8] = (uint8_t)(address->bytes[bits / 8] & (0xff00 >> bits % 8));
    return first;
}

struct address address_site(const struct address *address)
{
    return is_ipv4(address) ? *address : first_bits(address, 64);
}

bool address_customer(const struct address *address, struct address *customer)
{
    if (is_ipv4(address))
        return false;
    *customer = first_bits(address, 48);
    return true;
}

bool address_equal(const struct address *a, const struct address *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* "/N" behind an address whose bits are the last `most` of ours. */
static bool read_bits(const char *text, size_t length, unsigned most, unsigned *bits)
{
    unsigned value = 0;
    if (length == 0 || length > 3)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    *bits = ADDRESS_BITS - most + value;
    return value > 0 && value <= most;
}

static bool network_from_text(const char *text, size_t length, struct network *network)
{
    const char *slash = memchr(text, '/', length);
    size_t before = slash != NULL ? (size_t)(slash - text) : length;
    struct address address;
    network->bits = ADDRESS_BITS;
    if (!address_from_text(text, before, &address))
        return false;
    bool dotted = memchr(text, ':', before) == NULL;
    if (slash != NULL && !read_bits(slash + 1, length - before - 1,
                                    dotted ? IPV4_BITS : ADDRESS_BITS, &network->bits))
        return false;
    network->base = first_bits(&address, network->bits);
    return true;
}

bool address_list_read(const char *text, struct address_list *list)
{
    list->count = 0;
    while (text != NULL && *text != '\0') {
        text += strspn(text, LIST_SEPARATORS);
        size_t length = strcspn(text, LIST_SEPARATORS);
        if (length == 0)
            break;
        if (list->count == ADDRESS_LIST_MAX ||
            !network_from_text(text, length, &list->items[list->count]))
            return false;
        list->count++;
        text += length;
    }
    return true;
}

bool address_list_is_valid(const char *text)
{
    struct address_list list;
    return address_list_read(text, &list);
}

bool address_list_has(const struct address_list *list, const struct address *address)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct network *network = &list->items[i];
        struct address first = first_bits(address, network->bits);
        /* A short IPv6 network does not mean the IPv4 addresses that are written within it. */
        if (address_equal(&first, &network->base) && is_ipv4(address) == is_ipv4(&network->base))
            return true;
    }
    return false;
}

/* A part of a header's value, or of that part. */
struct span {
    const char *text;
    size_t length;
};

static struct span without_blanks(struct span span)
{
    while (span.length > 0 && strchr(OWS, span.text[0]) != NULL)
        span = (struct span){ span.text + 1, span.length - 1 };
    while (span.length > 0 && strchr(OWS, span.text[span.length - 1]) != NULL)
        span.length--;
    return span;
}

static bool is_port(struct span span)
{
    size_t digits = 0;
    while (digits < span.length && span.text[digits] >= '0' && span.text[digits] <= '9')
        digits++;
    return digits == span.length && digits >= 1 && digits <= 5;
}

/* 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1], [2001:db8::1]:80 */
static bool read_hop(struct span hop, struct address *address)
{
    if (hop.length >= 2 && hop.text[0] == '"' && hop.text[hop.length - 1] == '"')
        hop = (struct span){ hop.text + 1, hop.length - 2 };
    if (hop.length == 0)
        return false;
    bool brackets = hop.text[0] == '[';
    const char *end = memchr(hop.text, brackets ? ']' : ':', hop.length);
    struct span behind = { 0 };
    if (brackets && end == NULL)
        return false;
    if (end != NULL)
        behind = (struct span){ end + 1, hop.length - (size_t)(end - hop.text) - 1 };
    if (brackets) {
        bool ends =
            behind.length == 0 ||
            (behind.text[0] == ':' && is_port((struct span){ behind.text + 1, behind.length - 1 }));
        return ends && address_from_text(hop.text + 1, (size_t)(end - hop.text) - 1, address);
    }
    /* More than one colon: an IPv6 address, and no port. */
    if (end != NULL && memchr(behind.text, ':', behind.length) == NULL)
        return is_port(behind) && address_from_text(hop.text, (size_t)(end - hop.text), address);
    return address_from_text(hop.text, hop.length, address);
}

/* Takes the last part of the list; it may be empty. */
static struct span take_last(struct span *list)
{
    size_t start = list->length;
    while (start > 0 && list->text[start - 1] != ',')
        start--;
    struct span last = without_blanks((struct span){ list->text + start, list->length - start });
    list->length = start > 0 ? start - 1 : 0;
    return last;
}

struct address address_client(const struct address *peer, const char *forwarded_for,
                              const struct address_list *proxies, char unread[ADDRESS_UNREAD_SIZE])
{
    struct address client = *peer, hop;
    struct span list = { forwarded_for, forwarded_for != NULL ? strlen(forwarded_for) : 0 };
    unread[0] = '\0';
    while (list.length > 0 && address_list_has(proxies, &client)) {
        struct span last = take_last(&list);
        if (last.length == 0)
            continue;
        if (!read_hop(last, &hop)) {
            snprintf(unread, ADDRESS_UNREAD_SIZE, "%.*s", (int)last.length, last.text);
            break;
        }
        client = hop;
    }
    return client;
}
