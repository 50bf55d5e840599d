/* The connections of a server: the guard under its lock, and the thread that ends those whose time
 * is up, says what was refused or ended, once a minute at most, and asks whether the server still
 * answers (http_probe.h). Any thread; nothing blocks but a short lock. */
#ifndef CARRITO_COLLECTOR_HTTP_WATCH_H
#define CARRITO_COLLECTOR_HTTP_WATCH_H

#include "collector/http/http_guard.h"

#include <sys/socket.h>

/* When whom we send away may come again. */
#define HTTP_RETRY_S "10"

struct http_watch;

/* `per_address_max` as in http_guard.h. NULL where no thread can be had. */
struct http_watch *http_watch_open(const struct address_list *proxies, size_t per_address_max);
/* The server listens there: from now on it is asked. */
void http_watch_listen(struct http_watch *watch, int listener);
/* No connection may be left. Harmless for NULL. */
void http_watch_close(struct http_watch *watch);

/* A connection begins; it ends with http_watch_end(), before its descriptor is closed. */
struct guarded *http_watch_begin(struct http_watch *watch, int fd, const struct sockaddr *peer);
void http_watch_end(struct http_watch *watch, struct guarded *guarded);
/* As in http_guard.h. */
void http_watch_wait(struct http_watch *watch, struct guarded *guarded, enum guarded_phase phase);
void http_watch_know(struct http_watch *watch, struct guarded *guarded);
bool http_watch_is_over(struct http_watch *watch, struct guarded *guarded);
/* It was refused, being over its site's limit: the log says so. */
void http_watch_refused(struct http_watch *watch, const struct guarded *guarded);

#endif
