/* Proves that a burst of requests, more than a thread of the server takes in one look, is answered
 * at once: none waits for the next one to come. */
#include "collector/http/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#define AT_ONCE  128 /* what libmicrohttpd 0.9.75 takes of epoll in one look */
#define SLOW_US  400000
#define SHORT_US 100000
#define ANSWER_S 10

static enum http_handled handle(void *owner, struct http_exchange *exchange)
{
    struct response *response = http_response(exchange);

    (void)owner;
    if (strcmp(http_request(exchange)->segments[0], "slow") == 0)
        usleep(SLOW_US);
    response->status = 200;
    response->content_type = "text/plain";
    buffer_text(&response->body, "ok\n");
    return HTTP_ANSWERED;
}

static int connected(in_port_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = port,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval timeout = { .tv_sec = ANSWER_S };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a burst of requests is answered at once", a_burst_is_answered_at_once, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
