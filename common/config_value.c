/* What a value may be, where more than one program asks. */
#include "common/config.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* `text` up to `length` is a port number. */
static bool is_port(const char *text, size_t length)
{
    long port = 0;

    if (length == 0 || length > 5)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        port = port * 10 + (text[i] - '0');
    }
    return port >= 1 && port <= 65535;
}

/* One `host[:port]`; an IPv6 address stands in brackets. */
static bool is_host(const char *text, size_t length, bool (*port_rule)(const char *, size_t))
{
    const char *end = text + length, *at = text;

    if (*at == '[') {
        at = memchr(at, ']', length);
        if (at == NULL || at == text + 1)
            return false;
        at++;
    } else {
        while (at < end && *at != ':' && !isspace((unsigned char)*at))
            at++;
        if (at == text)
            return false;
    }
    if (at < end && *at == ':')
        return is_port(at + 1, (size_t)(end - at - 1));
    return at == end && port_rule(NULL, 0);
}

static bool port_may_lack(const char *text, size_t length)
{
    (void)text, (void)length;
    return true;
}

bool config_is_language(const char *value)
{
    return strcmp(value, "es") == 0 || strcmp(value, "en") == 0;
}

bool config_is_host_port(const char *value)
{
    return is_host(value, strlen(value), is_port);
}

bool config_is_host_list(const char *value)
{
    for (;;) {
        size_t length = strcspn(value, ",");
        if (!is_host(value, length, port_may_lack))
            return false;
        if (value[length] == '\0')
            return true;
        value += length + 1;
    }
}

/* `host` up to `length`, without its port. */
static bool is_loopback(const char *host, size_t length)
{
    static const char *const names[] = { "localhost", "[::1]" };
    struct in_addr address;
    char text[64];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && strncasecmp(host, names[i], length) == 0)
            return true;
    if (length >= sizeof text)
        return false;
    memcpy(text, host, length);
    text[length] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

bool config_is_remote(const char *hosts)
{
    for (const char *at = hosts;; at++) {
        size_t length = at[0] == '[' ? strcspn(at, "],") + 1 : strcspn(at, ":,");
        if (!is_loopback(at, length))
            return true;
        at = strchr(at, ',');
        if (at == NULL)
            return false;
    }
}
