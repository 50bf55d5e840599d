/* libmicrohttpd, and nothing of what carrito means. */
#include "collector/http/http.h"

#include "collector/base/pulse.h"
#include "collector/http/http_parts.h"
#include "collector/http/http_watch.h"
#include "common/log.h"

#include <ctype.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* A body that is announced longer than this is not even read: the connection closes instead. */
#define BODY_DISCARD_MAX (4 * 1024 * 1024)
#define PIECE_BYTES      65536 /* of an answer in pieces: what libmicrohttpd asks for at once */
#define CLOSE_WAIT_MS    2000

struct http_server {
    struct http_options options;
    struct MHD_Daemon *daemon;
    int listener; /* ours only after http_quiesce() */
    struct http_watch *watch;
    atomic_bool unread_told;
    atomic_int exchanges; /* requests that were read and not yet answered in full */
};

struct http_exchange {
    struct http_server *server;
    struct MHD_Connection *connection;
    struct request request;
    struct response response;
    struct address client;
    bool begun; /* the headers were seen */
    enum http_fault fault;
    size_t body_max, body_taken;
    bool handed;         /* the whole request went to the handler: what comes next is the answer */
    struct buffer piece; /* of an answer in pieces, from `piece_sent` on still to be sent */
    size_t piece_sent;
    enum response_piece state;
};

const struct request *http_request(const struct http_exchange *exchange)
{
    return &exchange->request;
}

void http_take_query(struct http_exchange *exchange, struct buffer *texts)
{
    request_take_query(&exchange->request, texts);
}

struct response *http_response(struct http_exchange *exchange)
{
    return &exchange->response;
}

const struct address *http_client(const struct http_exchange *exchange)
{
    return &exchange->client;
}

struct MHD_Connection *http_connection(const struct http_exchange *exchange)
{
    return exchange->connection;
}

void http_suspend(struct http_exchange *exchange)
{
    MHD_suspend_connection(exchange->connection);
}

void http_resume(struct http_exchange *exchange)
{
    MHD_resume_connection(exchange->connection);
}

static struct guarded *guarded_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

/* The connection has its whole time again. */
static void wait_for(struct http_exchange *exchange, enum guarded_phase phase)
{
    struct guarded *guarded = guarded_of(exchange->connection);
    if (guarded != NULL)
        http_watch_wait(exchange->server->watch, guarded, phase);
}

void http_know(struct http_exchange *exchange)
{
    struct guarded *guarded = guarded_of(exchange->connection);
    if (guarded != NULL)
        http_watch_know(exchange->server->watch, guarded);
}

enum http_fault http_fault(const struct http_exchange *exchange)
{
    return exchange->fault;
}

/* Once the headers are there: is the connection one too many of its address, and nobody's who is
 * signed in? */
static bool is_over(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    const struct http_options *options = &server->options;
    struct guarded *guarded = guarded_of(exchange->connection);
    if (guarded == NULL || !http_watch_is_over(server->watch, guarded))
        return false;
    if (options->is_known != NULL && options->is_known(options->owner, &exchange->request)) {
        http_watch_know(server->watch, guarded);
        return false;
    }
    http_watch_refused(server->watch, guarded);
    return true;
}

/* The client's address as the peer's, or as our proxy says. */
static void find_client(struct http_exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct address_list *proxies = &exchange->server->options.proxies;
    struct buffer forwarded = { 0 };
    char unread[ADDRESS_UNREAD_SIZE];
    struct address peer;
    address_from_socket(info != NULL ? info->client_addr : NULL, &peer);
    if (address_list_has(proxies, &peer))
        http_forwarded(exchange->connection, &forwarded);
    exchange->client = address_client(&peer, forwarded.bytes, proxies, unread);
    buffer_free(&forwarded);
    address_text(&exchange->client, exchange->request.address);
    if (unread[0] != '\0' && !atomic_exchange(&exchange->server->unread_told, true))
        log_warn("http", "an address in X-Forwarded-For cannot be read; all who come so are one",
                 "proxy=%s says=%s", exchange->request.address, unread);
}

static const char *header(const struct http_exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

static void begin(struct http_exchange *exchange, const char *method)
{
    struct request *request = &exchange->request;
    const char *length = header(exchange, "Content-Length");
    exchange->begun = true;
    atomic_fetch_add(&exchange->server->exchanges, 1);
    request->method = method;
    request->authorization = header(exchange, "Authorization");
    request->accept = header(exchange, "Accept");
    request->accept_language = header(exchange, "Accept-Language");
    request->content_type = header(exchange, "Content-Type");
    request->limit_device = header(exchange, "X-Limit-D");
    request->if_none_match = header(exchange, "If-None-Match");
    request->last_event_id = header(exchange, "Last-Event-ID");
    request->idempotency_key = header(exchange, "Idempotency-Key");
    request->order_key = header(exchange, "Order-Key");
    find_client(exchange);
    const struct http_options *options = &exchange->server->options;
    exchange->body_max =
        options->body_max != NULL ? options->body_max(options->owner, request) : REQUEST_BODY_MAX;
    request->too_large = length != NULL && strtoull(length, NULL, 10) > exchange->body_max;
    if (exchange->body_max > REQUEST_BODY_MAX)
        request->file = tmpfile(); /* it has no name: it goes with its last user */
}

static bool is_hopeless(const struct http_exchange *exchange)
{
    const char *length = header(exchange, "Content-Length");
    size_t max = exchange->body_max > BODY_DISCARD_MAX ? exchange->body_max : BODY_DISCARD_MAX;
    return length != NULL && strtoull(length, NULL, 10) > max;
}

struct head {
    unsigned lengths;
    bool has_bad_name;
};

/* A name is a token (RFC 9110, 5.6.2): a blank before the colon is an error (RFC 9112, 5.1), which
 * libmicrohttpd 0.9.75 looks for in its lenient mode alone, and takes for part of the name. */
static bool is_token(const char *name)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (const char *at = name; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr(marks, *at) == NULL)
            return false;
    return name[0] != '\0';
}

static enum MHD_Result look_at_header(void *cls, enum MHD_ValueKind kind, const char *key,
                                      const char *value)
{
    struct head *head = cls;
    (void)kind, (void)value;
    head->lengths += strcasecmp(key, "Content-Length") == 0;
    head->has_bad_name = head->has_bad_name || !is_token(key);
    return MHD_YES;
}

/* Where the body ends could be read in two ways (RFC 9112, 6.3): what a proxy before us took for
 * the body's rest would be a request here. So nothing more is read of the connection. */
static bool is_ambiguous(const struct http_exchange *exchange)
{
    struct head head = { 0 };
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, look_at_header, &head);
    return head.has_bad_name || head.lengths > 1 ||
           (head.lengths == 1 && header(exchange, "Transfer-Encoding") != NULL);
}

static enum http_fault find_fault(struct http_exchange *exchange)
{
    if (is_ambiguous(exchange))
        return HTTP_FAULT_HEAD;
    return is_over(exchange) ? HTTP_FAULT_CONNECTIONS : HTTP_FAULT_NONE;
}

static void take_body(struct http_exchange *exchange, const char *bytes, size_t length)
{
    struct request *request = &exchange->request;
    exchange->body_taken += length;
    if (exchange->body_taken > exchange->body_max)
        request->too_large = true;
    if (exchange->body_max > REQUEST_BODY_MAX)
        wait_for(exchange, GUARDED_REQUEST);
    if (request->too_large)
        return;
    if (exchange->body_max <= REQUEST_BODY_MAX) {
        buffer_append(&request->body, bytes, length);
        return;
    }
    /* A disk that is full shows in ferror(). */
    if (request->file != NULL)
        fwrite(bytes, 1, length, request->file);
}

/* Fills the exchange's piece anew, unless the answer has ended. */
static void next_piece(struct http_exchange *exchange)
{
    struct response *response = &exchange->response;
    buffer_clear(&exchange->piece);
    exchange->piece_sent = 0;
    if (exchange->state == RESPONSE_WAIT)
        exchange->state = RESPONSE_MORE;
    while (exchange->state == RESPONSE_MORE && exchange->piece.length == 0)
        exchange->state = response->more(response->source, &exchange->piece);
}

/* libmicrohttpd asks for the next bytes of an answer in pieces. */
static ssize_t read_piece(void *cls, uint64_t position, char *bytes, size_t max)
{
    struct http_exchange *exchange = cls;
    (void)position;
    wait_for(exchange, GUARDED_ANSWER);
    if (exchange->piece_sent == exchange->piece.length)
        next_piece(exchange);
    if (exchange->state == RESPONSE_BROKEN)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t left = exchange->piece.length - exchange->piece_sent;
    if (left == 0)
        return exchange->state == RESPONSE_WAIT ? 0 : MHD_CONTENT_READER_END_OF_STREAM;
    size_t length = left < max ? left : max;
    memcpy(bytes, exchange->piece.bytes + exchange->piece_sent, length);
    exchange->piece_sent += length;
    return (ssize_t)length;
}

static const struct response_header standard_headers[] = {
    { "X-Content-Type-Options", "nosniff" },
    { "Cache-Control", "no-store" },
    { "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'" },
    { "Referrer-Policy", "no-referrer" },
};

/* The handler's own headers win over the standard ones. */
static void add_headers(struct MHD_Response *answer, const struct http_exchange *exchange)
{
    const struct response *response = &exchange->response;
    if (exchange->fault != HTTP_FAULT_NONE)
        MHD_add_response_header(answer, "Connection", "close");
    if (response->content_type != NULL)
        MHD_add_response_header(answer, "Content-Type", response->content_type);
    for (size_t i = 0; i < response->header_count; i++)
        MHD_add_response_header(answer, response->headers[i].name, response->headers[i].value);
    for (size_t i = 0; i < sizeof standard_headers / sizeof *standard_headers; i++)
        if (MHD_get_response_header(answer, standard_headers[i].name) == NULL)
            MHD_add_response_header(answer, standard_headers[i].name, standard_headers[i].value);
}

static enum MHD_Result send_answer(struct http_exchange *exchange)
{
    struct response *response = &exchange->response;
    struct MHD_Response *answer;
    if (response->more != NULL) {
        exchange->piece = response->body;
        response->body = (struct buffer){ 0 };
        answer = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BYTES, read_piece,
                                                   exchange, NULL);
    } else {
        answer = MHD_create_response_from_buffer(response->body.length, response->body.bytes,
                                                 MHD_RESPMEM_PERSISTENT);
    }
    if (answer == NULL)
        return MHD_NO;
    add_headers(answer, exchange);
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, (unsigned)response->status, answer);
    MHD_destroy_response(answer);
    return result;
}

static enum MHD_Result hand_over(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    exchange->handed = true;
    wait_for(exchange, GUARDED_ANSWER);
    pulse_begin("http answer");
    /* After HTTP_LATER the exchange may belong to another thread already. */
    enum http_handled handled = server->options.handle(server->options.owner, exchange);
    pulse_rest();
    return handled == HTTP_LATER ? MHD_YES : send_answer(exchange);
}

/* Called with the headers, then with each part of the body, then with its end; and again after a
 * resumption. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **con_cls)
{
    struct http_exchange *exchange = *con_cls;
    (void)cls, (void)connection, (void)url, (void)version;
    if (exchange == NULL)
        return MHD_NO;
    if (exchange->handed)
        return send_answer(exchange);
    if (!exchange->begun) {
        begin(exchange, method);
        exchange->fault = find_fault(exchange);
        bool is_refused = exchange->fault != HTTP_FAULT_NONE || is_hopeless(exchange);
        return is_refused ? hand_over(exchange) : MHD_YES;
    }
    if (*upload_size > 0) {
        take_body(exchange, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    return hand_over(exchange);
}

/* The request line was read: the exchange begins. The raw target is to be had only here. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct http_exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    exchange->server = cls;
    exchange->connection = connection;
    request_read_target(&exchange->request, target);
    return exchange;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode code)
{
    struct http_server *server = cls;
    struct http_exchange *exchange = *con_cls;
    (void)connection, (void)code;
    if (exchange == NULL)
        return;
    if (exchange->begun)
        atomic_fetch_sub(&server->exchanges, 1);
    wait_for(exchange, GUARDED_REQUEST);
    response_clear(&exchange->response);
    buffer_free(&exchange->piece);
    buffer_wipe(&exchange->request.body); /* it may hold a password */
    if (exchange->request.file != NULL)
        fclose(exchange->request.file);
    free(exchange);
    *con_cls = NULL;
}

/* The end is reported before the descriptor is closed (MHD_cleanup_connections), so that nobody
 * ends one that is another connection's by now. */
static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = cls;
    if (code != MHD_CONNECTION_NOTIFY_STARTED) {
        if (*context != NULL)
            http_watch_end(server->watch, *context);
        *context = NULL;
        return;
    }
    int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    *context = http_watch_begin(server->watch, fd, peer->client_addr);
}

static void on_log(void *cls, const char *format, va_list arguments)
{
    char text[256];
    (void)cls;
    vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\r\n")] = '\0';
    log_debug("http", "libmicrohttpd", "said=%s", text);
}

/* Splits HOST:PORT, [HOST]:PORT; the caller frees the result with freeaddrinfo. */
static struct addrinfo *resolve(const char *address)
{
    char host[256];
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    struct addrinfo *found = NULL;
    const char *colon = strrchr(address, ':');
    if (colon == NULL || (size_t)(colon - address) >= sizeof host)
        return NULL;
    bool brackets = address[0] == '[' && colon > address && colon[-1] == ']';
    snprintf(host, sizeof host, "%.*s", (int)(colon - address) - (brackets ? 2 : 0),
             address + (brackets ? 1 : 0));
    if (getaddrinfo(host[0] != '\0' ? host : NULL, colon + 1, &hints, &found) != 0)
        return NULL;
    return found;
}

static bool start_daemon(struct http_server *server)
{
    /* Not epoll: libmicrohttpd 0.9.75 takes 128 events at a time and, where there were as many,
     * waits for more before it looks at them; a hundred and thirty orders at once then stood still
     * for up to a minute (daemon.c, MHD_epoll). */
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct addrinfo *where = resolve(server->options.address);
    if (where == NULL)
        return false;
    if (where->ai_family == AF_INET6)
        flags |= MHD_USE_DUAL_STACK;
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_SOCK_ADDR, where->ai_addr, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)HTTP_THREADS,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_CONNECTION_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(GUARD_ANSWER_MS / 1000),
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_END);
    freeaddrinfo(where);
    if (server->daemon == NULL)
        return false;
    http_watch_listen(server->watch,
                      MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_LISTEN_FD)->listen_fd);
    return true;
}

struct http_server *http_open(const struct http_options *options)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        abort();
    server->options = *options;
    server->listener = -1;
    server->watch = http_watch_open(&options->proxies, options->per_address_max);
    if (server->watch == NULL || !start_daemon(server)) {
        log_error("http", "cannot listen", "address=%s", options->address);
        http_close(server);
        return NULL;
    }
    log_info("http", "listening", "address=%s", options->address);
    return server;
}

void http_quiesce(struct http_server *server)
{
    server->listener = MHD_quiesce_daemon(server->daemon);
}

void http_close(struct http_server *server)
{
    if (server == NULL)
        return;
    for (int waited = 0; atomic_load(&server->exchanges) > 0 && waited < CLOSE_WAIT_MS;
         waited += 10)
        usleep(10 * 1000);
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    if (server->listener >= 0)
        close(server->listener);
    http_watch_close(server->watch);
    free(server);
}
