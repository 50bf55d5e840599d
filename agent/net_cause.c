/* A decision, and what it asks of the kernel. */
#include "agent/net_cause.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const names[NET_CAUSES] = {
    [NET_ONLINE] = "online",
    [NET_NO_CENTRE] = "no-centre",
    [NET_NO_INTERNET] = "no-internet",
    [NET_NO_SIGNAL] = "no-signal",
};

enum net_cause net_cause(bool connected, bool bridge_online, bool (*has_route)(void))
{
    if (connected)
        return bridge_online ? NET_ONLINE : NET_NO_CENTRE;
    return has_route() ? NET_NO_INTERNET : NET_NO_SIGNAL;
}

const char *net_cause_name(enum net_cause cause)
{
    return names[cause];
}

enum net_cause net_cause_from_name(const char *name)
{
    enum net_cause cause = 0;

    while (cause < NET_CAUSES && strcmp(names[cause], name) != 0)
        cause++;
    return cause;
}

/* To connect a datagram's socket only chooses a route. */
static bool reaches(const struct sockaddr *address, socklen_t length)
{
    int fd = socket(address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool reached = fd >= 0 && connect(fd, address, length) == 0;

    if (fd >= 0)
        close(fd);
    return reached;
}

bool net_has_route(void)
{
    /* Addresses for documentation: no machine has them, and only a default route leads there. */
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(9) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(9) };

    inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr);
    inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr);
    return reaches((const struct sockaddr *)&v4, sizeof v4) ||
           reaches((const struct sockaddr *)&v6, sizeof v6);
}
