/* Splits the list once. Addresses that are numeric need no thread, so a cart or a simulator with a
 * numeric broker never starts one. */
#include "common/host_list.h"

#include "common/name_lookup.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HOSTS_MAX     16 /* more in the list are refused */
#define ADDRESSES_MAX 8  /* more of one name are not tried */

struct host {
    char *name;
    int port;
};

struct host_list {
    struct host hosts[HOSTS_MAX];
    unsigned host_count, host;  /* whose turn it is */
    struct addrinfo *found;     /* addresses of `host`; NULL: to be looked up */
    unsigned address;           /* index into `found` */
    struct name_lookup *lookup; /* under way; or NULL */
};

static bool port_from_text(const char *text, int *port)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < 1 || value > 65535)
        return false;
    *port = (int)value;
    return true;
}

/* `text` is one entry and is cut up: "name", "name:port", "[v6]:port", "v6". */
static bool add_host(struct host_list *list, char *text, int default_port)
{
    char *port = NULL;
    if (list->host_count == HOSTS_MAX)
        return false;
    struct host *host = &list->hosts[list->host_count];
    host->port = default_port;
    if (*text == '[') {
        char *bracket = strchr(++text, ']');
        if (!bracket || (bracket[1] != '\0' && bracket[1] != ':'))
            return false;
        port = bracket[1] == ':' ? bracket + 2 : NULL;
        *bracket = '\0';
    } else if ((port = strchr(text, ':')) && !strchr(port + 1, ':')) {
        *port++ = '\0';
    } else {
        port = NULL; /* no colon, or the many of an IPv6 address */
    }
    if (*text == '\0' || (port && !port_from_text(port, &host->port)))
        return false;
    host->name = strdup(text);
    if (!host->name)
        return false;
    list->host_count++;
    return true;
}

struct host_list *host_list_open(const char *text, int default_port)
{
    struct host_list *list = calloc(1, sizeof *list);
    char *copy = strdup(text);
    bool ok = list && copy;

    char *rest = NULL;
    for (char *entry = ok ? strtok_r(copy, ", ", &rest) : NULL; ok && entry;
         entry = strtok_r(NULL, ", ", &rest))
        ok = add_host(list, entry, default_port);
    free(copy);
    if (ok && list->host_count > 0)
        return list;
    host_list_close(list);
    return NULL;
}

static void forget_addresses(struct host_list *list)
{
    if (list->found)
        freeaddrinfo(list->found);
    list->found = NULL;
    list->address = 0;
}

void host_list_close(struct host_list *list)
{
    if (!list)
        return;
    name_lookup_abandon(list->lookup);
    forget_addresses(list);
    for (unsigned i = 0; i < list->host_count; i++)
        free(list->hosts[i].name);
    free(list);
}

static enum host_result look_up(struct host_list *list)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_NUMERICHOST,
    };
    const char *name = list->hosts[list->host].name;
    if (!list->lookup) {
        if (getaddrinfo(name, NULL, &hints, &list->found) == 0)
            return HOST_FOUND;
        list->found = NULL;
        hints.ai_flags = AI_ADDRCONFIG; /* what this machine has no way to is not tried */
        list->lookup = name_lookup_begin(name, NULL, &hints);
        if (!list->lookup)
            return HOST_UNKNOWN;
    }
    if (!name_lookup_is_done(list->lookup))
        return HOST_PENDING;
    int error = name_lookup_take(list->lookup, &list->found);
    list->lookup = NULL;
    return error == 0 && list->found ? HOST_FOUND : HOST_UNKNOWN;
}

static const struct addrinfo *address_at(const struct host_list *list, unsigned index)
{
    const struct addrinfo *address = list->found;
    for (unsigned i = 0; address && i < index; i++)
        address = address->ai_next;
    return index < ADDRESSES_MAX ? address : NULL;
}

enum host_result host_list_target(struct host_list *list, struct host_target *target)
{
    enum host_result result = list->found ? HOST_FOUND : look_up(list);
    if (result != HOST_FOUND)
        return result;
    const struct addrinfo *address = address_at(list, list->address);
    target->name = list->hosts[list->host].name;
    target->port = list->hosts[list->host].port;
    if (address && getnameinfo(address->ai_addr, address->ai_addrlen, target->address,
                               sizeof target->address, NULL, 0, NI_NUMERICHOST) == 0)
        return HOST_FOUND;
    return HOST_UNKNOWN;
}

bool host_list_next(struct host_list *list)
{
    if (list->found && address_at(list, list->address + 1)) {
        list->address++;
        return true;
    }
    forget_addresses(list);
    list->host = (list->host + 1) % list->host_count;
    return false;
}

bool host_list_begins(const struct host_list *list)
{
    return list->host == 0 && list->address == 0;
}

const char *host_list_name(const struct host_list *list)
{
    return list->hosts[list->host].name;
}
