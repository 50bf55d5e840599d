/* Addresses. */
#include "collector/http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

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

struct address address_site(const struct address *address)
{
    struct address site = *address;
    if (!is_ipv4(address))
        memset(site.bytes + 8, 0, 8);
    return site;
}

bool address_equal(const struct address *a, const struct address *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool address_list_read(const char *text, struct address_list *list)
{
    list->count = 0;
    while (text != NULL && *text != '\0') {
        text += strspn(text, " ,");
        size_t length = strcspn(text, " ,");
        if (length == 0)
            break;
        if (list->count == ADDRESS_LIST_MAX ||
            !address_from_text(text, length, &list->items[list->count]))
            return false;
        list->count++;
        text += length;
    }
    return true;
}

bool address_list_has(const struct address_list *list, const struct address *address)
{
    for (size_t i = 0; i < list->count; i++)
        if (address_equal(&list->items[i], address))
            return true;
    return false;
}

struct address address_client(const struct address *peer, const char *forwarded_for,
                              const struct address_list *proxies)
{
    struct address client = *peer;
    size_t end = forwarded_for != NULL ? strlen(forwarded_for) : 0;
    while (end > 0 && address_list_has(proxies, &client)) {
        size_t start = end;
        while (start > 0 && strchr(" ,", forwarded_for[start - 1]) == NULL)
            start--;
        struct address hop;
        if (start < end && !address_from_text(forwarded_for + start, end - start, &hop))
            break;
        if (start < end)
            client = hop;
        end = start > 0 ? start - 1 : 0;
    }
    return client;
}
