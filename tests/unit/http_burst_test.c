/* Proves that a burst of requests, more than a thread of the server takes in one look, is answered
 * at once: none waits for the next one to come; and that readers who do not read, or senders who do
 * not send, enough of them to fill the server, keep nobody out. */
#include "collector/http/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define AT_ONCE  128 /* what libmicrohttpd 0.9.75 takes of epoll in one look */
#define SLOW_US  400000
#define SHORT_US 100000
#define ANSWER_S 10

/* As in found.md, D7: from each of so many addresses, as many as one may have. */
#define NETWORKS    20
#define GREEDY      1000
#define NEWCOMERS   20
#define NEWCOMER_MS 100
#define PIECE_BYTES 65536
#define SETTLE_US   1000000 /* until the server has read what they ask */

/* An answer without an end: more than the kernel keeps for a reader who does not read. */
static enum response_piece go_on(void *source, struct buffer *out)
{
    static const char piece[PIECE_BYTES];

    (void)source;
    buffer_append(out, piece, sizeof piece);
    return RESPONSE_MORE;
}

static enum http_handled handle(void *owner, struct http_exchange *exchange)
{
    struct response *response = http_response(exchange);

    (void)owner;
    if (strcmp(http_request(exchange)->segments[0], "slow") == 0)
        usleep(SLOW_US);
    if (strcmp(http_request(exchange)->segments[0], "large") == 0)
        response->more = go_on;
    response->status = http_fault(exchange) == HTTP_FAULT_CONNECTIONS ? 503 : 200;
    response->content_type = "text/plain";
    buffer_text(&response->body, "ok\n");
    return HTTP_ANSWERED;
}

static int connected_from(in_port_t port, in_addr_t from, int window)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = port,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(from) };
    struct timeval timeout = { .tv_sec = ANSWER_S };
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (window > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static int connected(in_port_t port)
{
    return connected_from(port, INADDR_LOOPBACK, 0);
}

static in_port_t free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    close(fd);
    return address.sin_port;
}

static void ask(int fd, const char *path)
{
    char text[64];
    int length = snprintf(text, sizeof text, "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n", path);

    assert_int_equal(send(fd, text, (size_t)length, 0), length);
}

/* One slow request holds one thread while the other takes all connections; another one holds that
 * thread, too, while requests come on all of them. */
static void a_burst_is_answered_at_once(void **state)
{
    in_port_t port = free_port();
    char where[32], answer[512];
    int fds[AT_ONCE];

    (void)state;
    snprintf(where, sizeof where, "127.0.0.1:%d", ntohs(port));
    struct http_server *server =
        http_open(&(struct http_options){ .address = where, .handle = handle });
    assert_non_null(server);
    int first = connected(port);
    ask(first, "slow");
    usleep(SHORT_US);
    for (int i = 0; i < AT_ONCE; i++)
        fds[i] = connected(port);
    int second = connected(port);
    usleep(SHORT_US);
    ask(second, "slow");
    usleep(SHORT_US);
    for (int i = 0; i < AT_ONCE; i++)
        ask(fds[i], "fast");
    for (int i = 0; i < AT_ONCE; i++) {
        assert_true(recv(fds[i], answer, sizeof answer, 0) > 0);
        close(fds[i]);
    }
    close(first);
    close(second);
    http_close(server);
}

static struct http_server *open_server(in_port_t port, size_t per_address_max,
                                       bool (*is_known)(void *owner, const struct request *request))
{
    char where[32];

    snprintf(where, sizeof where, "127.0.0.1:%d", ntohs(port));
    struct http_server *server =
        http_open(&(struct http_options){ .address = where,
                                          .handle = handle,
                                          .is_known = is_known,
                                          .per_address_max = per_address_max });
    assert_non_null(server);
    return server;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int by_length(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;

    return *a < *b ? -1 : *a > *b;
}

/* How long half of many had to wait at most; each is from a network of its own, and goes again. All
 * are answered. */
static int64_t usual_wait(in_port_t port)
{
    int64_t waits[NEWCOMERS];
    char answer[512];

    for (uint32_t i = 0; i < NEWCOMERS; i++) {
        int64_t since = now_ms();
        int fd = connected_from(port, 0x7f020001U + (i << 8), 0);
        ask(fd, "fast");
        ssize_t got = recv(fd, answer, sizeof answer - 1, 0);
        assert_true(got > 0);
        answer[got] = '\0';
        assert_memory_equal(answer, "HTTP/1.1 200", 12);
        close(fd);
        waits[i] = now_ms() - since;
    }
    qsort(waits, NEWCOMERS, sizeof *waits, by_length);
    return waits[NEWCOMERS / 2];
}

/* A thousand connections from twenty networks, of which no one wants to end. */
static void hold_out(void (*begin)(int fd), int window)
{
    static int fds[GREEDY];
    in_port_t port = free_port();
    struct http_server *server = open_server(port, 64, NULL);
    int64_t alone = usual_wait(port);

    for (uint32_t i = 0; i < GREEDY; i++) {
        fds[i] = connected_from(port, 0x7f010001U + (i % NETWORKS << 8), window);
        begin(fds[i]);
    }
    usleep(SETTLE_US);
    int64_t among = usual_wait(port);
    printf("a newcomer usually waits %lld ms, %lld ms alone\n", (long long)among, (long long)alone);
    assert_true(among <= alone + NEWCOMER_MS);
    for (size_t i = 0; i < GREEDY; i++)
        close(fds[i]);
    http_close(server);
}

static void ask_for_much(int fd)
{
    ask(fd, "large");
}

static void ask_by_half(int fd)
{
    assert_int_equal(send(fd, "GET /fast HT", 12, 0), 12);
}

static void lazy_readers_keep_nobody_out(void **state)
{
    (void)state;
    hold_out(ask_for_much, 2048);
}

static void slow_senders_keep_nobody_out(void **state)
{
    (void)state;
    hold_out(ask_by_half, 0);
}

/* Whoever waits for no request is ended, in time, and knows why where it can. */
static void a_lazy_reader_ends(void **state)
{
    in_port_t port = free_port();
    struct http_server *server = open_server(port, 0, NULL);
    int fd = connected_from(port, INADDR_LOOPBACK, 2048);
    struct pollfd polled = { .fd = fd, .events = POLLRDHUP };
    int64_t since = now_ms();

    (void)state;
    ask(fd, "large");
    assert_int_equal(poll(&polled, 1, 20000), 1);
    assert_in_range(now_ms() - since, 4500, 8000);
    close(fd);
    http_close(server);
}

static bool has_token(void *owner, const struct request *request)
{
    (void)owner;
    return request->authorization != NULL;
}

/* The 65th of one address hears why, and whoever is signed in is served. */
static void one_too_many_is_answered(void **state)
{
    static const char signed_in[] = "GET /fast HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\n\r\n";
    in_port_t port = free_port();
    struct http_server *server = open_server(port, 64, has_token);
    int fds[70];
    char answer[1024];

    (void)state;
    for (int i = 0; i < 70; i++) {
        fds[i] = connected(port);
        if (i % 2 == 0 && i >= 64)
            assert_int_equal(send(fds[i], signed_in, strlen(signed_in), 0), strlen(signed_in));
        else
            ask(fds[i], "fast");
        ssize_t got = recv(fds[i], answer, sizeof answer - 1, 0);
        assert_true(got > 0);
        answer[got] = '\0';
        bool refused = i >= 64 && i % 2 == 1;
        assert_memory_equal(answer, refused ? "HTTP/1.1 503" : "HTTP/1.1 200", 12);
        assert_int_equal(strstr(answer, "Connection: close") != NULL, refused);
    }
    for (int i = 0; i < 70; i++)
        close(fds[i]);
    http_close(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a burst of requests is answered at once", a_burst_is_answered_at_once, NULL, NULL,
          NULL },
        { "a thousand lazy readers keep nobody out", lazy_readers_keep_nobody_out, NULL, NULL,
          NULL },
        { "a thousand slow senders keep nobody out", slow_senders_keep_nobody_out, NULL, NULL,
          NULL },
        { "a reader who does not read is ended", a_lazy_reader_ends, NULL, NULL, NULL },
        { "one connection too many is answered, and who is signed in is served",
          one_too_many_is_answered, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
