/* Drives libmosquitto 2.0.11 without its threads and without its own reconnection.
 *
 * - Every attempt gets a fresh client: an old one would send again what the caller sends again.
 * - mosquitto_threaded_set() says that there is a thread, and there is none. The library then puts
 *   all packets, PUBACKs too, into a queue, and we decide when mosquitto_loop_write() sends them:
 *   hold_writes depends on this. It also tells the broker's PUBACKs (seen while reading) from the
 *   library's own reports of QoS 0 (seen while writing).
 * - After each call the socket decides: gone is gone, whatever the library returned. */
#include "common/mqtt_link.h"

#include "common/backoff.h"
#include "common/clock.h"
#include "common/host_list.h"
#include "common/log.h"
#include "common/mqtt_client.h"
#include "common/mqtt_options.h"

#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_FIRST_MS  1000
#define RETRY_MAX_MS    30000
#define RETRY_FLOOR_MS  100
#define RESOLVE_POLL_MS 50
#define PATIENCE_MS     10000 /* from connect() to CONNACK; then the next address, and twice it: */
#define PATIENCE_MS_MAX                                                                            \
    80000                      /* TLS with two certificates is 8 kB, a minute on a loaded 2G cell  \
                                */
#define STABLE_MS         2000 /* a shorter connection does not reset the back-off */
#define READS_PER_CALL    64   /* then the caller's other work has a turn */
#define KEEPALIVE_CHECKS  6    /* per keepalive interval */
#define CORRELATION_MAX   256  /* a longer one is passed on as absent */
#define REASON_CODE_ERROR 128  /* MQTT 5: this and above is a failure */

enum link_state { LINK_WAITING, LINK_RESOLVING, LINK_CONNECTING, LINK_CONNECTED };

struct mqtt_link {
    struct mqtt_link_options options; /* owned copies: mqtt_options.h */
    struct host_list *hosts;
    struct mosquitto *client; /* NULL while waiting and resolving */
    enum link_state state;
    struct backoff backoff;
    struct mqtt_tls_peer peer; /* of the attempt or connection that there is */
    int64_t patience_ms;
    int64_t mono_ms;          /* of the latest turn */
    int64_t due_ms;           /* attempt, look at the name, end of patience, keepalive: by state */
    int64_t connected_ms;     /* when CONNACK came */
    const char *why;          /* what the broker said, static text; NULL: nothing */
    bool tcp_up;              /* connecting: the socket was writable once */
    enum mqtt_answer reached; /* by the attempt that there is, but for what TLS knows */
    struct mqtt_answers answers;
    bool inside;         /* a call of the library is running: callbacks only queue */
    bool reading;        /* it is mosquitto_loop_read() */
    bool broken;         /* a write failed outside the turn, or drop was called inside it */
    bool failure_logged; /* since the last CONNACK */
    int refusal_logged;  /* what was wrong with the certificate then */
    bool must_wait;      /* the caller said that it may not connect now */
};

static int64_t keepalive_check_ms(const struct mqtt_link *link)
{
    return (int64_t)link->options.keepalive_s * 1000 / KEEPALIVE_CHECKS;
}

static void on_connect(struct mosquitto *client, void *object, int reason, int flags,
                       const mosquitto_property *properties)
{
    (void)client, (void)properties;
    struct mqtt_link *link = object;
    if (reason != 0) {
        link->why = mosquitto_reason_string(reason);
        link->reached = mqtt_answer_of_reason(reason);
        if (link->options.events->refused != NULL)
            link->options.events->refused(link->options.owner, link->why);
        return;
    }
    link->state = LINK_CONNECTED;
    link->connected_ms = link->mono_ms;
    link->due_ms = link->mono_ms + keepalive_check_ms(link);
    link->failure_logged = false;
    link->refusal_logged = 0;
    link->answers = (struct mqtt_answers){ 0 };
    link->reached = MQTT_ANSWER_UNKNOWN; /* until the broker ends it */
    link->patience_ms = PATIENCE_MS;
    if (link->options.identity != NULL)
        link->options.identity->admitted(link->options.identity->owner);
    link->options.events->connected(link->options.owner, flags & 1);
}

static void on_disconnect(struct mosquitto *client, void *object, int reason,
                          const mosquitto_property *properties)
{
    (void)client, (void)properties;
    struct mqtt_link *link = object;
    if (reason < REASON_CODE_ERROR)
        return; /* an error of the library's; the others are a DISCONNECT of the broker's */
    link->why = mosquitto_reason_string(reason);
    link->reached = mqtt_answer_of_reason(reason);
}

static void on_message(struct mosquitto *client, void *object,
                       const struct mosquitto_message *received,
                       const mosquitto_property *properties)
{
    (void)client;
    struct mqtt_link *link = object;
    struct mqtt_message message = {
        .topic = received->topic,
        .payload = received->payload,
        .length = (size_t)received->payloadlen,
        .qos = received->qos,
        .retained = received->retain,
        .former = mqtt_client_is_former(properties),
    };
    char correlation[CORRELATION_MAX + 1];
    void *bytes = NULL;
    uint16_t length = 0;
    if (properties &&
        mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &bytes, &length,
                                       false) &&
        length <= CORRELATION_MAX && !memchr(bytes, '\0', length)) {
        memcpy(correlation, bytes, length);
        correlation[length] = '\0';
        message.correlation = correlation;
    }
    free(bytes);
    link->options.events->message(link->options.owner, &message);
    /* mosquitto_loop_read() takes a left-over EAGAIN for a dry socket, and then leaves what TLS
     * has decrypted until more comes. */
    errno = 0;
}

static void on_publish(struct mosquitto *client, void *object, int mid, int reason,
                       const mosquitto_property *properties)
{
    struct mqtt_link *link = object;
    (void)client, (void)properties;
    if (link->reading && link->options.events->puback)
        link->options.events->puback(link->options.owner, mid, reason);
}

static void on_subscribe(struct mosquitto *client, void *object, int mid, int count,
                         const int *granted, const mosquitto_property *properties)
{
    (void)client, (void)mid, (void)properties;
    struct mqtt_link *link = object;
    for (int i = 0; i < count; i++)
        if (granted[i] >= REASON_CODE_ERROR)
            log_warn("mqtt", "subscription refused", "client=%s why=%s", link->options.client_id,
                     mosquitto_reason_string(granted[i]));
    if (link->options.events->subscribed)
        link->options.events->subscribed(link->options.owner);
}

static void set_callbacks(struct mosquitto *client)
{
    mosquitto_connect_v5_callback_set(client, on_connect);
    mosquitto_disconnect_v5_callback_set(client, on_disconnect);
    mosquitto_message_v5_callback_set(client, on_message);
    mosquitto_publish_v5_callback_set(client, on_publish);
    mosquitto_subscribe_v5_callback_set(client, on_subscribe);
}

void mqtt_link_set_will(struct mqtt_link *link, const struct mqtt_publish *will)
{
    mqtt_options_set_will(&link->options, will);
}

struct mqtt_link *mqtt_link_open(const struct mqtt_link_options *options)
{
    struct mqtt_link *link = calloc(1, sizeof *link);
    if (link == NULL)
        abort();
    mosquitto_lib_init();
    mqtt_options_keep(&link->options, options);
    link->backoff = (struct backoff){
        .first_ms = RETRY_FIRST_MS,
        .max_ms = RETRY_MAX_MS,
        .floor_ms = RETRY_FLOOR_MS,
        .random = random_seed(options->client_id), /* carts must not come back in step */
    };
    link->patience_ms = PATIENCE_MS;
    link->hosts = host_list_open(options->hosts, options->port);
    if (link->hosts)
        return link;
    log_error("mqtt", "not a list of brokers", "hosts=%s", options->hosts);
    mqtt_link_close(link);
    return NULL;
}

/* Why TLS was refused, here or there; 0: it was not. */
static int refusal_of(const struct mqtt_tls_peer *peer)
{
    return peer->error ? peer->error : -peer->alert;
}

static enum mqtt_answer answer_to(const struct mqtt_link *link)
{
    if (link->peer.error)
        return mqtt_answer_of_certificate(link->peer.error);
    return link->peer.alert ? MQTT_ANSWER_NOT_ACCEPTED : link->reached;
}

/* Once, and again where it is a certificate: a cart whose clock is wrong has no address first. */
static void log_failure(struct mqtt_link *link, const char *why)
{
    char refusal[MQTT_TLS_WHY_MAX];
    int refused = refusal_of(&link->peer);
    bool news = !link->failure_logged || (refused && refused != link->refusal_logged);
    bool first = news && !link->options.quiet;
    link->failure_logged = true;
    if (refused) {
        link->refusal_logged = refused;
        mqtt_tls_why(&link->peer, clock_wall_ms(), refusal);
        why = refusal;
    }
    log_line(first ? LOG_LEVEL_WARN : LOG_LEVEL_DEBUG, "mqtt", "cannot connect, will keep trying",
             "host=%s why=%s", host_list_name(link->hosts), why);
}

static void end_connection(struct mqtt_link *link, const char *why)
{
    bool was_connected = link->state == LINK_CONNECTED;
    bool was_stable = was_connected && link->mono_ms - link->connected_ms >= STABLE_MS;

    if (link->why)
        why = link->why;
    enum mqtt_answer answer = answer_to(link);
    if (!was_connected)
        log_failure(link, why);
    mosquitto_destroy(link->client);
    link->client = NULL;
    link->peer.error = link->peer.alert = 0;
    link->reached = MQTT_ANSWER_UNKNOWN;
    link->why = NULL;
    link->broken = link->tcp_up = false;
    link->state = LINK_WAITING;
    if (was_stable)
        backoff_reset(&link->backoff);
    /* A broker that was there for a while is tried again first, and then the others. */
    bool same_host = !was_stable && host_list_next(link->hosts);
    mqtt_answers_note(&link->answers, answer);
    if (!was_connected && host_list_begins(link->hosts))
        mqtt_answers_pass(&link->answers);
    link->due_ms = link->mono_ms + (same_host ? 0 : backoff_next_ms(&link->backoff));
    if (was_connected)
        link->options.events->disconnected(link->options.owner, why);
}

/* After a call of the library: false where the connection is gone. */
static bool still_there(struct mqtt_link *link, int rc, int error)
{
    bool stood = link->state == LINK_CONNECTED && link->reading;
    bool closed = stood ? mqtt_client_ended_there(error) : error == ECONNREFUSED;

    link->inside = link->reading = false;
    if (rc == MOSQ_ERR_SUCCESS && !link->broken && mosquitto_socket(link->client) >= 0)
        return true;
    if (closed && link->reached < MQTT_ANSWER_NO_BROKER)
        link->reached = MQTT_ANSWER_NO_BROKER;
    end_connection(link, mqtt_client_error(rc, error));
    return false;
}

static void attempt(struct mqtt_link *link)
{
    struct host_target target;
    enum host_result result = host_list_target(link->hosts, &target);
    if (result == HOST_PENDING) {
        link->state = LINK_RESOLVING;
        link->due_ms = link->mono_ms + RESOLVE_POLL_MS;
        return;
    }
    link->state = LINK_CONNECTING;
    link->reached = MQTT_ANSWER_NONE;
    if (result == HOST_UNKNOWN) {
        link->reached = MQTT_ANSWER_NO_NAME;
        end_connection(link, "the name has no address");
        return;
    }
    link->peer = (struct mqtt_tls_peer){ .name = target.name };
    link->client = mqtt_client_new(&link->options, &link->peer, link);
    if (!link->client) {
        link->reached = MQTT_ANSWER_OWN_FILES;
        end_connection(link, "cannot set up a client, are the TLS files readable?");
        return;
    }
    set_callbacks(link->client);
    errno = 0;
    int rc = mqtt_client_connect(link->client, &link->options, target.address, target.port);
    if (still_there(link, rc, errno))
        link->due_ms = link->mono_ms + link->patience_ms;
}

static bool read_packets(struct mqtt_link *link)
{
    for (int i = 0; i < READS_PER_CALL; i++) {
        link->inside = link->reading = true;
        errno = 0;
        int rc = mosquitto_loop_read(link->client, 1);
        int error = errno;
        if (!still_there(link, rc, error))
            return false;
        if (error == EAGAIN || error == EWOULDBLOCK)
            break;
    }
    return true;
}

static bool write_packets(struct mqtt_link *link)
{
    link->inside = true;
    errno = 0;
    /* One call writes until the queue is empty or the socket full. */
    int rc = mosquitto_loop_write(link->client, 1);
    return still_there(link, rc, errno);
}

/* While there is no CONNACK, nothing can be held back: reading drives the TLS handshake (that is
 * where the library does it), writing sends CONNECT. */
static bool drive_connect(struct mqtt_link *link)
{
    int error = mqtt_client_look(link->client, &link->reached);
    if (error != 0) {
        end_connection(link, strerror(error));
        return false;
    }
    return read_packets(link) && (link->state == LINK_CONNECTED || write_packets(link));
}

static bool end_if_broken(struct mqtt_link *link)
{
    bool broken = link->broken;
    if (broken)
        end_connection(link, "the connection was lost");
    return broken;
}

/* What is due by the clock. */
static void keep(struct mqtt_link *link)
{
    switch (link->state) {
    case LINK_WAITING:
    case LINK_RESOLVING:
        if (!link->must_wait && link->mono_ms >= link->due_ms)
            attempt(link);
        break;
    case LINK_CONNECTING:
        if (link->mono_ms >= link->due_ms) {
            link->patience_ms *= link->patience_ms < PATIENCE_MS_MAX ? 2 : 1;
            mqtt_client_look(link->client, &link->reached);
            end_connection(link, "no answer");
        }
        break;
    case LINK_CONNECTED:
        if (link->mono_ms >= link->due_ms) {
            link->due_ms = link->mono_ms + keepalive_check_ms(link);
            errno = 0;
            int rc = mosquitto_loop_misc(link->client);
            still_there(link, rc, errno);
        }
        break;
    }
}

void mqtt_link_turn(struct mqtt_link *link, short revents, int64_t mono_ms, unsigned may)
{
    link->mono_ms = mono_ms;
    link->must_wait = !(may & MQTT_LINK_MAY_CONNECT);
    if (end_if_broken(link))
        return;
    bool alive = true;
    if (revents && link->state == LINK_CONNECTING) {
        link->tcp_up = link->tcp_up || (revents & POLLOUT);
        alive = drive_connect(link);
    } else if (revents && link->client && (may & MQTT_LINK_MAY_READ)) {
        alive = read_packets(link);
    }
    /* A descriptor that was closed is not opened again in the same turn: who keeps it in an
     * epoll set must see -1 between two sockets that may have the same number. */
    if (!alive)
        return;
    keep(link);
    if (link->state == LINK_CONNECTED && !link->options.hold_writes &&
        mosquitto_want_write(link->client))
        write_packets(link);
}

bool mqtt_link_read(struct mqtt_link *link)
{
    return !end_if_broken(link) && link->client && read_packets(link);
}

bool mqtt_link_flush(struct mqtt_link *link)
{
    if (end_if_broken(link) || !link->client)
        return false;
    return !mosquitto_want_write(link->client) || write_packets(link);
}

void mqtt_link_drop(struct mqtt_link *link, const char *why)
{
    if (link->inside)
        link->broken = true; /* ended when the library's call returns */
    else if (link->client)
        end_connection(link, why);
}

void mqtt_link_close(struct mqtt_link *link)
{
    if (!link)
        return;
    if (mqtt_link_is_connected(link)) {
        mosquitto_disconnect_v5(link->client, 0, NULL);
        mosquitto_loop_write(link->client, 1);
    }
    mosquitto_destroy(link->client);
    host_list_close(link->hosts);
    mqtt_options_free(&link->options);
    free(link);
    mosquitto_lib_cleanup();
}

int mqtt_link_fd(const struct mqtt_link *link)
{
    return link->client && !link->broken ? mosquitto_socket(link->client) : -1;
}

short mqtt_link_poll_events(const struct mqtt_link *link)
{
    /* During a TLS handshake the library says that it wants to write, all the time. */
    bool handshake = link->options.cafile && link->state == LINK_CONNECTING && link->tcp_up;
    return link->client && !handshake && mosquitto_want_write(link->client) ? POLLIN | POLLOUT
                                                                            : POLLIN;
}

int mqtt_link_timeout_ms(const struct mqtt_link *link, int64_t mono_ms)
{
    if (link->must_wait && !link->client)
        return RETRY_FIRST_MS; /* the caller knows better when that changes */
    if (link->broken || link->due_ms <= mono_ms)
        return 0;
    return (int)(link->due_ms - mono_ms);
}

bool mqtt_link_is_connected(const struct mqtt_link *link)
{
    return link->state == LINK_CONNECTED && !link->broken;
}

enum mqtt_answer mqtt_link_answer(const struct mqtt_link *link)
{
    return link->answers.known;
}

bool mqtt_link_wants_write(const struct mqtt_link *link)
{
    return link->client && mosquitto_want_write(link->client);
}

/* What was queued leaves now, unless it is to be held, or a callback is running: then the turn
 * that called it writes. A failure waits for the next turn, where callbacks are expected. */
static void write_soon(struct mqtt_link *link)
{
    if (!link->inside && !link->options.hold_writes &&
        mosquitto_loop_write(link->client, 1) != MOSQ_ERR_SUCCESS)
        link->broken = true;
}

int mqtt_link_publish(struct mqtt_link *link, const struct mqtt_publish *publish)
{
    int mid = 0;
    if (!mqtt_link_is_connected(link))
        return -1;
    int rc = mqtt_client_publish(link->client, publish, &mid);
    if (rc != MOSQ_ERR_SUCCESS) {
        log_warn("mqtt", "cannot publish", "topic=%s bytes=%zu why=%s", publish->topic,
                 publish->length, mosquitto_strerror(rc));
        return -1;
    }
    write_soon(link);
    return publish->qos > 0 ? mid : 0;
}

bool mqtt_link_subscribe(struct mqtt_link *link, const char *filter, int qos)
{
    if (!mqtt_link_is_connected(link) ||
        mosquitto_subscribe_v5(link->client, NULL, filter, qos, 0, NULL) != MOSQ_ERR_SUCCESS)
        return false;
    write_soon(link);
    return true;
}
