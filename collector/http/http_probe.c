/* connect → ask → hear anything. */
#include "collector/http/http_probe.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char question[] =
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

void http_probe_init(struct http_probe *probe, int listener, int64_t mono_ms)
{
    *probe =
        (struct http_probe){ .listener = listener, .fd = -1, .due_ms = mono_ms + HTTP_PROBE_MS };
}

void http_probe_close(struct http_probe *probe)
{
    if (probe->fd >= 0)
        close(probe->fd);
    probe->fd = -1;
}

/* An address of all interfaces is asked on loopback: the kernel takes it so. */
static void ask(struct http_probe *probe)
{
    struct sockaddr_storage address = { 0 };
    socklen_t length = sizeof address;

    probe->asked = false;
    if (getsockname(probe->listener, (struct sockaddr *)&address, &length) != 0)
        return;
    probe->fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (probe->fd >= 0 && connect(probe->fd, (struct sockaddr *)&address, length) != 0 &&
        errno != EINPROGRESS)
        http_probe_close(probe);
}

static bool is_late(void)
{
    return errno == EAGAIN || errno == ENOTCONN;
}

/* Whatever is heard, a reset too, was said by a thread of the server. */
static bool has_answer(struct http_probe *probe)
{
    char bytes[64];

    if (!probe->asked) {
        ssize_t sent = send(probe->fd, question, strlen(question), MSG_NOSIGNAL);
        probe->asked = sent > 0;
        if (sent < 0)
            return !is_late();
    }
    return recv(probe->fd, bytes, sizeof bytes, 0) >= 0 || !is_late();
}

bool http_probe_turn(struct http_probe *probe, int64_t mono_ms)
{
    if (probe->fd < 0 && probe->listener >= 0 && mono_ms >= probe->due_ms)
        ask(probe);
    if (probe->fd < 0)
        return true;
    if (!has_answer(probe))
        return false;
    http_probe_close(probe);
    probe->due_ms = mono_ms + HTTP_PROBE_MS;
    return true;
}
