/* Connect, send, read, and again. */
#include "agent/till_link.h"
#include "agent/client_mark.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define AGAIN_MS         200
#define ANSWER_BYTES_MAX 262144 /* fifty orders */

struct till_link till_link_to(const char *path)
{
    return (struct till_link){ .path = path, .fd = -1 };
}

static void hang_up(struct till_link *link)
{
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
    buffer_clear(&link->answer);
}

void till_link_close(struct till_link *link)
{
    hang_up(link);
    buffer_free(&link->question);
    buffer_free(&link->answer);
}

void till_link_ask(struct till_link *link, int64_t mono_ms)
{
    link->pending = true;
    link->sent = false;
    link->end_ms = mono_ms + CLIENT_WAIT_S * 1000;
    link->again_ms = mono_ms;
}

/* A question fits into a socket's buffer. */
static void ask(struct till_link *link)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (strlen(link->path) >= sizeof address.sun_path)
        return;
    strcpy(address.sun_path, link->path);
    link->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd < 0 || connect(link->fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        send(link->fd, link->question.bytes, link->question.length, MSG_NOSIGNAL) !=
            (ssize_t)link->question.length)
        hang_up(link);
    else
        link->sent = true;
}

/* True once the whole line is there. */
static bool hear(struct till_link *link)
{
    char bytes[4096];
    ssize_t length = recv(link->fd, bytes, sizeof bytes, 0);

    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (length > 0)
        buffer_append(&link->answer, bytes, (size_t)length);
    if (length <= 0 || link->answer.length > ANSWER_BYTES_MAX) {
        hang_up(link);
        return false;
    }
    return link->answer.bytes[link->answer.length - 1] == '\n';
}

bool till_link_turn(struct till_link *link, int64_t mono_ms, cJSON **answer)
{
    *answer = NULL;
    if (!link->pending)
        return false;
    if (link->fd < 0 && mono_ms >= link->again_ms) {
        link->again_ms = mono_ms + AGAIN_MS;
        ask(link);
    }
    bool whole = link->fd >= 0 && hear(link);
    if (!whole && mono_ms < link->end_ms)
        return false;
    if (whole)
        *answer = cJSON_ParseWithLength(link->answer.bytes, link->answer.length);
    link->pending = false;
    hang_up(link);
    return true;
}
