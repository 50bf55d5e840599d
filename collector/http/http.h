/* The HTTP server: takes requests in, hands each one over whole, sends the answer. Decides nothing
 * about what is asked.
 *
 * A pool of HTTP_THREADS threads; each request is handled on one of them, which meanwhile serves no
 * other. What takes long is suspended and resumed from elsewhere. Limits: HTTP_CONNECTIONS_MAX
 * connections, HTTP_CONNECTION_BYTES for a request's head, REQUEST_BODY_MAX for its body (unless
 * its route takes more), and the limits by address and deadlines of http_guard.h. Every answer
 * carries the headers that keep browsers from guessing. */
#ifndef CARRITO_COLLECTOR_HTTP_H
#define CARRITO_COLLECTOR_HTTP_H

#include "collector/http/address.h"
#include "collector/http/request.h"
#include "collector/http/response.h"

#define HTTP_THREADS          2
#define HTTP_CONNECTIONS_MAX  1000
#define HTTP_CONNECTION_BYTES 32768

struct http_server;
struct http_exchange; /* one request and its answer */

enum http_handled {
    HTTP_ANSWERED, /* the response is filled */
    HTTP_LATER     /* http_suspend() was called; http_resume() follows */
};

struct http_options {
    const char *address; /* HOST:PORT; an IPv6 address in brackets */
    struct address_list proxies;
    size_t per_address_max; /* connections of who is not signed in; 0: no limit */
    enum http_handled (*handle)(void *owner, struct http_exchange *exchange);
    /* Asked when the headers are read: how long the body may be. More than REQUEST_BODY_MAX goes
     * into request->file, as long as parts of it keep coming in time. NULL: REQUEST_BODY_MAX. */
    size_t (*body_max)(void *owner, const struct request *request);
    /* Asked then of a connection that is one too many of its address: is its client signed in?
     * NULL: nobody is. Must not block for long. */
    bool (*is_known)(void *owner, const struct request *request);
    void *owner;
};

/* NULL and a log line where it cannot listen. */
struct http_server *http_open(const struct http_options *options);
/* Takes no more connections; those that are there go on. */
void http_quiesce(struct http_server *server);
/* Ends the server; no exchange may be suspended any more. Waits for answers under way, at most
 * two seconds. Harmless for NULL. */
void http_close(struct http_server *server);

const struct request *http_request(const struct http_exchange *exchange);
/* As request_take_query(). */
void http_take_query(struct http_exchange *exchange, struct buffer *texts);
struct response *http_response(struct http_exchange *exchange);
/* The client's address, for limits. */
const struct address *http_client(const struct http_exchange *exchange);
/* Inside `handle`: the client is signed in; its connection no longer counts at its address. */
void http_know(struct http_exchange *exchange);
/* Why no request of this connection is served: the answer says so, and is its last. */
enum http_fault {
    HTTP_FAULT_NONE,
    HTTP_FAULT_HEAD,       /* its headers can be read in two ways */
    HTTP_FAULT_CONNECTIONS /* it is one too many of its address */
};
enum http_fault http_fault(const struct http_exchange *exchange);
/* Inside `handle`: the answer comes later; inside an answer's `more`: its next piece does. From
 * then on the exchange belongs to whoever calls http_resume(), once, from any thread. */
void http_suspend(struct http_exchange *exchange);
void http_resume(struct http_exchange *exchange);

#endif
