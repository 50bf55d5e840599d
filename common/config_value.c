/* What a value may be, where more than one program asks. */
#include "common/config.h"

#include <ctype.h>
#include <string.h>

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
