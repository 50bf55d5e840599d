/* A listener for GET /metrics, /healthz and /readyz, for programs that are no web server.
 *
 * One poll loop, no thread: at most METRICS_CLIENTS_MAX clients at once, 2 s for a request of at
 * most 32 KiB, as the collector takes, one answer, closed. Plain sockets, because libmicrohttpd is
 * too large for a cart. */
#ifndef CARRITO_METRICS_HTTP_H
#define CARRITO_METRICS_HTTP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define METRICS_CLIENTS_MAX 4

struct metrics_http;

/* `address` is HOST:PORT. NULL where it cannot be had (logged). `ready` answers /readyz: 200 where
 * it returns NULL, else 503 with the sentence that it returns. */
struct metrics_http *metrics_http_open(const char *address, const char *(*ready)(void *owner),
                                       void *owner);
void metrics_http_close(struct metrics_http *http);
/* Fills at most METRICS_CLIENTS_MAX + 1 entries; returns how many. */
size_t metrics_http_poll_fds(const struct metrics_http *http, struct pollfd *fds);
/* Serves what poll(2) found; `fds` as filled before. */
void metrics_http_turn(struct metrics_http *http, const struct pollfd *fds, size_t count,
                       int64_t mono_ms);

#endif
