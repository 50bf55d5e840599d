/* A decision, and what it asks of the kernel. */
#include "agent/net_cause.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
    const char *name, *why;
} names[NET_CAUSES] = {
    [NET_ONLINE] = { "online", NULL },
    [NET_NO_BRIDGE] = { "no-centre", "no-bridge" },
    [NET_CONNECTING] = { "no-centre", "connecting" },
    [NET_NO_BROKER] = { "no-centre", "no-broker" },
    [NET_REFUSED] = { "no-centre", "refused" },
    [NET_CERTIFICATE] = { "no-centre", "certificate" },
    [NET_FILES] = { "no-centre", "files" },
    [NET_STRANGER] = { "no-centre", "stranger" },
    [NET_EXPIRED] = { "no-centre", "expired" },
    [NET_CLOCK] = { "no-centre", "clock" },
    [NET_NO_ANSWER] = { "no-internet", "no-answer" },
    [NET_NO_NAME] = { "no-internet", "no-name" },
    [NET_NO_SIGNAL] = { "no-signal", NULL },
};

static enum net_cause of_answer(enum mqtt_answer answer)
{
    static const enum net_cause causes[] = {
        [MQTT_ANSWER_UNKNOWN] = NET_CONNECTING,       [MQTT_ANSWER_NONE] = NET_NO_ANSWER,
        [MQTT_ANSWER_NO_NAME] = NET_NO_NAME,          [MQTT_ANSWER_OWN_FILES] = NET_FILES,
        [MQTT_ANSWER_NO_BROKER] = NET_NO_BROKER,      [MQTT_ANSWER_NOT_YET_VALID] = NET_CLOCK,
        [MQTT_ANSWER_EXPIRED] = NET_EXPIRED,          [MQTT_ANSWER_STRANGER] = NET_STRANGER,
        [MQTT_ANSWER_NOT_ACCEPTED] = NET_CERTIFICATE, [MQTT_ANSWER_REFUSED] = NET_REFUSED,
    };

    return causes[answer];
}

enum net_cause net_cause(bool connected, bool bridge_online, enum mqtt_answer answer,
                         bool (*has_route)(void))
{
    if (connected)
        return bridge_online ? NET_ONLINE : NET_NO_BRIDGE;
    if (answer <= MQTT_ANSWER_NO_NAME && !has_route())
        return NET_NO_SIGNAL;
    return of_answer(answer);
}

const char *net_cause_name(enum net_cause cause)
{
    return names[cause].name;
}

const char *net_cause_why(enum net_cause cause)
{
    return names[cause].why;
}

enum net_cause net_cause_from_names(const char *name, const char *why)
{
    enum net_cause first = NET_CAUSES;

    for (enum net_cause cause = NET_CAUSES; cause-- > 0;) {
        if (strcmp(names[cause].name, name) != 0)
            continue;
        if (names[cause].why != NULL && strcmp(names[cause].why, why) == 0)
            return cause;
        first = cause;
    }
    return first;
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
