/* A small HTTP/1.1 server: one request per connection, three paths. */
#include "common/metrics_http.h"
#include "common/buffer.h"
#include "common/log.h"
#include "common/metrics.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_BYTES_MAX 32768 /* as the collector takes; a longer one is answered with 431 */
#define READ_BYTES        2048  /* at once: most requests are shorter */
#define REQUEST_MS_MAX    2000  /* from accept to the last byte of the answer; then closed */
#define ADDRESS_MAX       256

struct client {
    int fd; /* -1: a free place */
    int64_t deadline_ms;
    struct buffer request;
    struct buffer answer; /* empty while the request is still read */
    size_t sent;
};

struct metrics_http {
    int fd;
    const char *(*ready)(void *owner);
    void *owner;
    struct client clients[METRICS_CLIENTS_MAX];
};

/* Splits HOST:PORT at the last colon; brackets around an IPv6 address go. */
static bool split_address(const char *address, char host[ADDRESS_MAX], const char **port)
{
    const char *colon = strrchr(address, ':');
    size_t length = colon != NULL ? (size_t)(colon - address) : 0;

    if (length == 0 || length >= ADDRESS_MAX)
        return false;
    if (address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    }
    memcpy(host, address, length);
    host[length] = '\0';
    *port = colon + 1;
    return true;
}

static int listen_at(const struct addrinfo *found)
{
    int on = 1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 16) == 0)
        return fd;
    close(fd);
    return -1;
}

static int open_listener(const char *address)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    struct addrinfo *found = NULL;
    char host[ADDRESS_MAX];
    const char *port, *why = "not HOST:PORT";
    int fd = -1;

    if (split_address(address, host, &port)) {
        int rc = getaddrinfo(host, port, &hints, &found);
        why = rc != 0 ? gai_strerror(rc) : NULL;
    }
    if (why == NULL && (fd = listen_at(found)) < 0)
        why = strerror(errno);
    if (found != NULL)
        freeaddrinfo(found);
    if (fd < 0)
        log_error("metrics", "cannot listen", "address=%s error=%s", address, why);
    return fd;
}

struct metrics_http *metrics_http_open(const char *address, const char *(*ready)(void *owner),
                                       void *owner)
{
    int fd = open_listener(address);

    if (fd < 0)
        return NULL;
    struct metrics_http *http = calloc(1, sizeof *http);
    if (http == NULL)
        abort();
    http->fd = fd;
    http->ready = ready;
    http->owner = owner;
    for (size_t i = 0; i < METRICS_CLIENTS_MAX; i++)
        http->clients[i].fd = -1;
    return http;
}

static void drop(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    buffer_free(&client->request);
    buffer_free(&client->answer);
    client->fd = -1;
}

void metrics_http_close(struct metrics_http *http)
{
    if (http == NULL)
        return;
    for (size_t i = 0; i < METRICS_CLIENTS_MAX; i++)
        drop(&http->clients[i]);
    close(http->fd);
    free(http);
}

static struct client *free_place(struct metrics_http *http)
{
    for (size_t i = 0; i < METRICS_CLIENTS_MAX; i++)
        if (http->clients[i].fd < 0)
            return &http->clients[i];
    return NULL;
}

size_t metrics_http_poll_fds(const struct metrics_http *http, struct pollfd *fds)
{
    size_t count = 0;

    for (size_t i = 0; i < METRICS_CLIENTS_MAX; i++) {
        const struct client *client = &http->clients[i];
        if (client->fd >= 0)
            fds[count++] = (struct pollfd){
                .fd = client->fd,
                .events = client->answer.length > 0 ? POLLOUT : POLLIN,
            };
    }
    /* With all places taken, the next client waits in the kernel's queue. */
    if (count < METRICS_CLIENTS_MAX)
        fds[count++] = (struct pollfd){ .fd = http->fd, .events = POLLIN };
    return count;
}

struct answer {
    const char *status; /* "200 OK" */
    const char *type;
};

#define TEXT "text/plain; charset=utf-8"

static struct answer answer_metrics(struct metrics_http *http, struct buffer *body)
{
    (void)http;
    metrics_write(body);
    return (struct answer){ "200 OK", "text/plain; version=0.0.4; charset=utf-8" };
}

static struct answer answer_health(struct metrics_http *http, struct buffer *body)
{
    (void)http;
    buffer_text(body, "ok\n");
    return (struct answer){ "200 OK", TEXT };
}

static struct answer answer_ready(struct metrics_http *http, struct buffer *body)
{
    const char *why_not = http->ready != NULL ? http->ready(http->owner) : NULL;

    buffer_format(body, "%s\n", why_not != NULL ? why_not : "ready");
    return (struct answer){ why_not != NULL ? "503 Service Unavailable" : "200 OK", TEXT };
}

static const struct route {
    const char *path;
    struct answer (*answer)(struct metrics_http *http, struct buffer *body);
} routes[] = {
    { "/metrics", answer_metrics },
    { "/healthz", answer_health },
    { "/readyz", answer_ready },
};

static struct answer answer_path(struct metrics_http *http, const char *path, size_t length,
                                 struct buffer *body)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strlen(routes[i].path) == length && memcmp(routes[i].path, path, length) == 0)
            return routes[i].answer(http, body);
    buffer_text(body, "not found: there are /metrics, /healthz and /readyz\n");
    return (struct answer){ "404 Not Found", TEXT };
}

static bool asks_head(const char *request)
{
    return strncmp(request, "HEAD ", 5) == 0;
}

static struct answer answer_request(struct metrics_http *http, const char *request,
                                    struct buffer *body)
{
    if (!asks_head(request) && strncmp(request, "GET ", 4) != 0) {
        buffer_text(body, "only GET and HEAD\n");
        return (struct answer){ "405 Method Not Allowed\r\nAllow: GET, HEAD", TEXT };
    }
    const char *path = strchr(request, ' ') + 1;
    return answer_path(http, path, strcspn(path, " ?\r\n"), body);
}

/* A HEAD is told how long the body of a GET would be, and has none (RFC 9110, 8.6). */
static void make_answer(struct client *client, struct answer answer, const struct buffer *body)
{
    buffer_format(&client->answer,
                  "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                  "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
                  answer.status, answer.type, body->length);
    if (!asks_head(client->request.bytes))
        buffer_append(&client->answer, body->bytes, body->length);
}

/* Reads on; once the head is whole, or too long, the answer is made. False: the client is gone. */
static bool read_request(struct metrics_http *http, struct client *client)
{
    char bytes[READ_BYTES];
    ssize_t got = recv(client->fd, bytes, sizeof bytes, 0);
    struct buffer body = { 0 };
    struct answer answer = { "431 Request Header Fields Too Large", TEXT };

    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    buffer_append(&client->request, bytes, (size_t)got);
    if (strstr(client->request.bytes, "\r\n\r\n") != NULL)
        answer = answer_request(http, client->request.bytes, &body);
    else if (client->request.length < REQUEST_BYTES_MAX)
        return true;
    else
        buffer_text(&body, "the request's head is longer than 32 KiB\n");
    make_answer(client, answer, &body);
    buffer_free(&body);
    return true;
}

/* False once everything is sent, or nobody takes it. */
static bool write_answer(struct client *client)
{
    ssize_t put = send(client->fd, client->answer.bytes + client->sent,
                       client->answer.length - client->sent, MSG_NOSIGNAL);

    if (put < 0)
        return errno == EAGAIN || errno == EINTR;
    client->sent += (size_t)put;
    return client->sent < client->answer.length;
}

static void accept_client(struct metrics_http *http, int64_t mono_ms)
{
    struct client *client = free_place(http);

    if (client == NULL)
        return;
    /* analysis: nullPointer: accept4() takes no address, too. */
    int fd = accept4(http->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    *client = (struct client){ .fd = fd, .deadline_ms = mono_ms + REQUEST_MS_MAX };
}

static void serve(struct metrics_http *http, struct client *client)
{
    bool open = client->answer.length > 0 || read_request(http, client);

    if (open && client->answer.length > 0)
        open = write_answer(client);
    if (!open)
        drop(client);
}

void metrics_http_turn(struct metrics_http *http, const struct pollfd *fds, size_t count,
                       int64_t mono_ms)
{
    for (size_t i = 0; i < count; i++) {
        if (fds[i].revents == 0)
            continue;
        for (size_t k = 0; k < METRICS_CLIENTS_MAX; k++)
            if (fds[i].fd == http->clients[k].fd)
                serve(http, &http->clients[k]);
        if (fds[i].fd == http->fd)
            accept_client(http, mono_ms);
    }
    for (size_t k = 0; k < METRICS_CLIENTS_MAX; k++)
        if (http->clients[k].fd >= 0 && mono_ms >= http->clients[k].deadline_ms)
            drop(&http->clients[k]);
}
