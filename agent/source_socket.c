/* Accepts, reads lines, answers, closes. */
#include "agent/source_socket.h"
#include "agent/requests.h"

#include "common/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 8

struct client {
    int fd; /* -1: free */
    int64_t idle_since_ms;
    size_t length;
    char line[REQUEST_BYTES_MAX + 1];
};

struct source_socket {
    int fd;
    char path[sizeof((struct sockaddr_un *)NULL)->sun_path];
    source_socket_answer *answer;
    void *owner;
    struct client clients[SOCKET_CLIENTS_MAX];
    struct buffer out;
};

/* A socket file that nobody listens on is left from a kill or a power cut. One whose queue is full
 * is served by an agent that hangs; it would make a blocking connect(2) wait for ever. */
static bool is_served(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool served = fd >= 0 && (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ||
                              errno == EAGAIN);

    if (fd >= 0)
        close(fd);
    return served;
}

/* Only a socket is removed: the path may have been typed wrong, and name something dear. */
static void remove_left_socket(const char *path)
{
    struct stat file;

    if (lstat(path, &file) == 0 && S_ISSOCK(file.st_mode))
        unlink(path);
}

static bool listen_at(struct source_socket *source, const struct sockaddr_un *address)
{
    source->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (source->fd < 0)
        return false;
    remove_left_socket(address->sun_path);
    mode_t mask = umask(0117);
    int rc = bind(source->fd, (const struct sockaddr *)address, sizeof *address);
    umask(mask);
    return rc == 0 && listen(source->fd, BACKLOG) == 0;
}

struct source_socket *source_socket_open(const char *path, source_socket_answer *answer,
                                         void *owner)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct source_socket *source = calloc(1, sizeof *source);

    if (source == NULL)
        abort();
    source->fd = -1;
    source->answer = answer;
    source->owner = owner;
    for (size_t i = 0; i < SOCKET_CLIENTS_MAX; i++)
        source->clients[i].fd = -1;
    if (strlen(path) >= sizeof address.sun_path) {
        log_error("socket", "the path is too long for a socket", "path=%s max=%zu", path,
                  sizeof address.sun_path - 1);
        goto failed;
    }
    strcpy(address.sun_path, path);
    if (is_served(&address)) {
        log_error("socket", "another agent listens here", "path=%s", path);
        goto failed;
    }
    if (!listen_at(source, &address)) {
        log_error("socket", "cannot listen", "path=%s error=%s", path, strerror(errno));
        goto failed;
    }
    strcpy(source->path, path);
    return source;
failed:
    source_socket_close(source);
    return NULL;
}

static void drop(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    client->length = 0;
}

void source_socket_close(struct source_socket *source)
{
    if (source == NULL)
        return;
    for (size_t i = 0; i < SOCKET_CLIENTS_MAX; i++)
        drop(&source->clients[i]);
    if (source->fd >= 0)
        close(source->fd);
    if (source->path[0] != '\0')
        unlink(source->path);
    buffer_free(&source->out);
    free(source);
}

size_t source_socket_poll_fds(const struct source_socket *source, struct pollfd *fds)
{
    size_t count = 0;

    fds[count++] = (struct pollfd){ .fd = source->fd, .events = POLLIN };
    for (size_t i = 0; i < SOCKET_CLIENTS_MAX; i++)
        if (source->clients[i].fd >= 0)
            fds[count++] = (struct pollfd){ .fd = source->clients[i].fd, .events = POLLIN };
    return count;
}

/* A free place, or that of whoever has been silent for longest: nobody may keep the vendor out. */
static struct client *find_place(struct source_socket *source)
{
    struct client *place = &source->clients[0];

    for (size_t i = 0; i < SOCKET_CLIENTS_MAX; i++) {
        struct client *client = &source->clients[i];
        if (client->fd < 0)
            return client;
        if (client->idle_since_ms < place->idle_since_ms)
            place = client;
    }
    drop(place);
    return place;
}

static void accept_client(struct source_socket *source, int64_t mono_ms)
{
    /* analysis: nullPointer: accept4() takes no address, too. */
    int fd = accept4(source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0)
        return;
    struct client *client = find_place(source);
    client->fd = fd;
    client->idle_since_ms = mono_ms;
}

/* Answers fit into a socket's buffer; a client that does not read them is no vendor. */
static bool say(struct source_socket *source, struct client *client)
{
    ssize_t sent = send(client->fd, source->out.bytes, source->out.length, MSG_NOSIGNAL);

    return sent == (ssize_t)source->out.length;
}

/* A peer that has closed wholly hears no answer; one that only says no more still does. */
static bool is_gone(const struct client *client)
{
    struct pollfd peer = { .fd = client->fd };

    return poll(&peer, 1, 0) > 0 && (peer.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

/* The first `length` bytes are a request. Nobody waits for what a peer asked that has gone: it is
 * told nothing, and may have asked again elsewhere. */
static bool answer_one(struct source_socket *source, struct client *client, size_t length)
{
    if (is_gone(client))
        return false;
    buffer_clear(&source->out);
    source->answer(source->owner, client->line, length, &source->out);
    return say(source, client);
}

/* Every whole line in the buffer. False where the client is to go: after one that is too long,
 * whose beginning is longer than a request may be and so is answered with what is wrong. */
static bool answer_lines(struct source_socket *source, struct client *client)
{
    char *end;

    while ((end = memchr(client->line, '\n', client->length)) != NULL) {
        size_t length = (size_t)(end - client->line);
        if (!answer_one(source, client, length))
            return false;
        client->length -= length + 1;
        memmove(client->line, end + 1, client->length);
    }
    if (client->length < sizeof client->line)
        return true;
    answer_one(source, client, client->length);
    return false;
}

static void serve(struct source_socket *source, struct client *client, int64_t mono_ms)
{
    ssize_t length =
        recv(client->fd, client->line + client->length, sizeof client->line - client->length, 0);

    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    client->idle_since_ms = mono_ms;
    if (length > 0)
        client->length += (size_t)length;
    if (length <= 0 || !answer_lines(source, client))
        drop(client);
}

void source_socket_turn(struct source_socket *source, const struct pollfd *fds, size_t count,
                        int64_t mono_ms)
{
    for (size_t k = 1; k < count; k++)
        for (size_t i = 0; i < SOCKET_CLIENTS_MAX; i++)
            if (fds[k].revents != 0 && source->clients[i].fd == fds[k].fd)
                serve(source, &source->clients[i], mono_ms);
    if (fds[0].revents != 0)
        accept_client(source, mono_ms);
}
