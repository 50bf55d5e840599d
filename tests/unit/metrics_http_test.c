/* Claims about the metrics' listener: its answers, and that a client cannot hold it up. */
#include "common/metrics_http.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct server {
    struct metrics_http *http;
    uint16_t port;
    const char *not_ready;
    int64_t now_ms;
};

static const char *ready(void *owner)
{
    return ((struct server *)owner)->not_ready;
}

/* A port that is free now: bound once, and let go. */
static uint16_t free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static int open_server(void **state)
{
    static struct server server;
    char address[32];

    server = (struct server){ .port = free_port(), .now_ms = 1000 };
    snprintf(address, sizeof address, "127.0.0.1:%u", server.port);
    server.http = metrics_http_open(address, ready, &server);
    *state = &server;
    return server.http != NULL ? 0 : -1;
}

static int close_server(void **state)
{
    metrics_http_close(((struct server *)*state)->http);
    return 0;
}

static int connect_to(const struct server *server)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(server->port) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void turn(struct server *server)
{
    struct pollfd fds[METRICS_CLIENTS_MAX + 1];
    size_t count = metrics_http_poll_fds(server->http, fds);

    poll(fds, (nfds_t)count, 10);
    metrics_http_turn(server->http, fds, count, server->now_ms);
}

/* What the server sends until it closes, "" where it closes without a word. */
static void read_answer(struct server *server, int fd, char *answer, size_t size)
{
    size_t length = 0;

    for (int i = 0; i < 50; i++) {
        turn(server);
        ssize_t got = recv(fd, answer + length, size - 1 - length, MSG_DONTWAIT);
        if (got == 0)
            break;
        length += got > 0 ? (size_t)got : 0;
    }
    answer[length] = '\0';
    close(fd);
}

static void ask(struct server *server, const char *request, char *answer, size_t size)
{
    int fd = connect_to(server);

    assert_int_equal(send(fd, request, strlen(request), 0), strlen(request));
    read_answer(server, fd, answer, size);
}

static void assert_answer(struct server *server, const char *request, const char *status,
                          const char *body)
{
    char answer[8192];

    ask(server, request, answer, sizeof answer);
    if (strncmp(answer, status, strlen(status)) != 0 || strstr(answer, body) == NULL)
        fail_msg("%s: %s", request, answer);
}

static void answers(void **state)
{
    struct server *server = *state;

    assert_answer(server, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n",
                  "\r\n\r\nok\n");
    assert_answer(server, "GET /metrics?x=1 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n",
                  "process_cpu_seconds_total");
    assert_answer(server, "GET /readyz HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "ready\n");
    server->not_ready = "no broker";
    assert_answer(server, "GET /readyz HTTP/1.1\r\n\r\n", "HTTP/1.1 503 Service Unavailable\r\n",
                  "no broker\n");
    assert_answer(server, "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\n", "not found");
    assert_answer(server, "GET /metricsx HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\n", "");
    assert_answer(server, "POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405", "");
    assert_answer(server, "\r\n\r\n", "HTTP/1.1 405", "");
}

static void answers_head_without_a_body(void **state)
{
    char answer[4096];

    ask(*state, "HEAD /healthz HTTP/1.1\r\n\r\n", answer, sizeof answer);
    assert_non_null(strstr(answer, "200 OK"));
    assert_non_null(strstr(answer, "Content-Length: 3\r\n")); /* as GET has it */
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

/* A proxy or a browser adds cookies and more: as much as the collector takes. */
static void takes_headers_of_many_bytes(void **state)
{
    static const size_t lengths[] = { 2100, 4096, 30000 };
    static char request[32768];

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        int length = snprintf(request, sizeof request,
                              "GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: %0*d\r\n\r\n",
                              (int)lengths[i], 0);
        assert_in_range(length, lengths[i], sizeof request - 1);
        assert_answer(*state, request, "HTTP/1.1 200 OK\r\n", "\r\n\r\nok\n");
    }
}

static void refuses_a_long_head(void **state)
{
    static char request[40000];
    char answer[4096];

    memset(request, 'a', sizeof request - 1);
    request[sizeof request - 1] = '\0';
    memcpy(request, "GET /", 5);
    ask(*state, request, answer, sizeof answer);
    /* The rest of the request may reset the connection before the answer is read. */
    if (answer[0] != '\0')
        assert_memory_equal(answer, "HTTP/1.1 431", 12);
}

static void reads_a_request_in_pieces(void **state)
{
    struct server *server = *state;
    const char *request = "GET /healthz HTTP/1.1\r\n\r\n";
    char answer[4096];
    int fd = connect_to(server);

    for (const char *at = request; *at != '\0'; at++) {
        assert_int_equal(send(fd, at, 1, 0), 1);
        turn(server);
    }
    read_answer(server, fd, answer, sizeof answer);
    assert_non_null(strstr(answer, "200 OK"));
}

static void drops_the_slow(void **state)
{
    struct server *server = *state;
    int fds[METRICS_CLIENTS_MAX];
    char answer[64];

    for (int i = 0; i < METRICS_CLIENTS_MAX; i++)
        fds[i] = connect_to(server);
    for (int i = 0; i < 2 * METRICS_CLIENTS_MAX; i++)
        turn(server);
    struct pollfd polled[METRICS_CLIENTS_MAX + 1];
    assert_int_equal(metrics_http_poll_fds(server->http, polled), METRICS_CLIENTS_MAX);
    int patient = connect_to(server);
    assert_int_equal(send(patient, "GET /healthz HTTP/1.1\r\n\r\n", 25, 0), 25);
    server->now_ms += 2000;
    char got[4096];
    read_answer(server, patient, got, sizeof got);
    assert_non_null(strstr(got, "200 OK"));
    for (int i = 0; i < METRICS_CLIENTS_MAX; i++) {
        read_answer(server, fds[i], answer, sizeof answer);
        assert_string_equal(answer, "");
    }
}

static void refuses_bad_addresses(void **state)
{
    (void)state;
    assert_null(metrics_http_open("127.0.0.1", NULL, NULL));
    assert_null(metrics_http_open(":80", NULL, NULL));
    assert_null(metrics_http_open("192.0.2.1:80", NULL, NULL)); /* not ours: RFC 5737 */
    metrics_http_close(NULL);
}

#define CLAIM(name, function)                                                                      \
    {                                                                                              \
        name, function, open_server, close_server, NULL                                            \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("each path has its answer", answers),
        CLAIM("HEAD has no body", answers_head_without_a_body),
        CLAIM("headers may be as long as elsewhere", takes_headers_of_many_bytes),
        CLAIM("a request without an end is refused", refuses_a_long_head),
        CLAIM("a request may come in pieces", reads_a_request_in_pieces),
        CLAIM("a slow client is dropped and does not lock others out", drops_the_slow),
        CLAIM("a bad address is no listener", refuses_bad_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
