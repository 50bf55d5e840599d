/* One MQTT 5 connection that keeps coming back, driven by the caller's poll loop.
 *
 * Wraps libmosquitto; no other file but this one's .c (and its mqtt_client.c and mqtt_answer.c)
 * includes it. No thread, nothing blocks: connecting is asynchronous, names are resolved in the
 * background. Reconnects with jittered exponential back-off (1 s to 30 s) through the hosts of the
 * list in turn. Callbacks run inside mqtt_link_turn() and mqtt_link_read() on the caller's thread;
 * they may publish and subscribe, and must not close the link. */
#ifndef CARRITO_MQTT_LINK_H
#define CARRITO_MQTT_LINK_H

#include "common/mqtt_answer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MQTT_FORMER "former" /* a user property; its value is "true" */

struct mqtt_message {
    const char *topic;
    const char *payload; /* not NUL-terminated; NULL where length is 0 */
    size_t length;
    int qos;
    bool retained;
    const char *correlation; /* NUL-terminated, NULL where absent */
    bool former;             /* user property MQTT_FORMER: of an outbox that its cart has no more */
};

/* What a message that leaves may carry beside topic and payload. */
struct mqtt_publish {
    const char *topic;
    const void *payload;
    size_t length;
    int qos;
    bool retain;
    const char *correlation; /* or NULL */
    uint32_t expiry_s;       /* message expiry interval; 0: none */
    bool former;             /* with the user property MQTT_FORMER */
};

struct mqtt_link_events {
    /* CONNACK said yes. The subscriptions are the caller's work, at every call, whatever
     * session_present says (mosquitto 2.0.11 forgets some over a restart). */
    void (*connected)(void *owner, bool session_present);
    void (*disconnected)(void *owner, const char *why);
    /* CONNACK said no, and why (static text); the link tries again. May be NULL. */
    void (*refused)(void *owner, const char *why);
    void (*message)(void *owner, const struct mqtt_message *message);
    /* The broker's PUBACK for a QoS 1 publish: its MQTT 5 reason code, below 128 is success
     * (16: nobody subscribes). It is no receipt. May be NULL. */
    void (*puback)(void *owner, int mid, int reason_code);
    /* SUBACK: the broker has answered one mqtt_link_subscribe. May be NULL. */
    void (*subscribed)(void *owner);
};

/* By which files the link proves who it is, where they may change while it lives. */
struct mqtt_identity {
    /* Before each attempt; the strings live until the next call. */
    void (*files)(void *owner, const char **certfile, const char **keyfile);
    void (*admitted)(void *owner); /* CONNACK said yes to those files; before `connected` */
    void *owner;
};

struct mqtt_link_options {
    const char *hosts; /* "host[:port],…" */
    int port;          /* for hosts without one */
    const char *client_id;
    const char *user, *password;             /* or NULL */
    const char *cafile, *certfile, *keyfile; /* TLS where cafile is set; or NULL */
    const struct mqtt_identity *identity; /* instead of certfile and keyfile; not copied; or NULL */
    int keepalive_s;
    bool clean_start;
    uint32_t session_expiry_s;
    uint16_t receive_max;
    /* Hold what is to be sent, PUBACKs among it, until mqtt_link_flush() (strict turns). */
    bool hold_writes;
    bool quiet; /* failed attempts are logged at debug only: for a fleet of simulated carts */
    const struct mqtt_publish *will; /* copied; or NULL */
    /* Makes the library's client, as mosquitto_new() does; NULL: that. */
    struct mosquitto *(*new_client)(const char *client_id, bool clean_start, void *object);
    const struct mqtt_link_events *events;
    void *owner;
};

struct mqtt_link;

/* Never fails for a peer's sake; NULL only where the options are no good (logged).
 * The first attempt to connect is made by the first turn. */
struct mqtt_link *mqtt_link_open(const struct mqtt_link_options *options);
/* What the will says may change (a session number): takes effect at the next connect. */
void mqtt_link_set_will(struct mqtt_link *link, const struct mqtt_publish *will);
/* Sends DISCONNECT where connected and frees. What is queued should be flushed before. */
void mqtt_link_close(struct mqtt_link *link);

/* For poll(2): the descriptor, -1 while there is none; the events to wait for; and how long at
 * most until the next turn is due, in milliseconds. */
int mqtt_link_fd(const struct mqtt_link *link);
short mqtt_link_poll_events(const struct mqtt_link *link);
int mqtt_link_timeout_ms(const struct mqtt_link *link, int64_t mono_ms);
bool mqtt_link_is_connected(const struct mqtt_link *link);
/* While there is no connection: who answered the latest attempts, and how. Of no use while there is
 * one; after it, how the broker ended it, until the next attempt has ended: MQTT_ANSWER_UNKNOWN
 * where it did not. */
enum mqtt_answer mqtt_link_answer(const struct mqtt_link *link);

/* What a turn may do beside keeping alive what there is. */
enum mqtt_link_may {
    MQTT_LINK_MAY_CONNECT = 1, /* begin an attempt where there is no connection */
    MQTT_LINK_MAY_READ = 2,    /* read what has come, where the caller has not a stage of its own */
    MQTT_LINK_MAY_ALL = MQTT_LINK_MAY_CONNECT | MQTT_LINK_MAY_READ
};

/* The one way to drive a link: reads, writes (unless hold_writes), keeps alive, connects: whatever
 * is due and allowed by `may`, of enum mqtt_link_may. `revents` is what poll(2) said of
 * mqtt_link_fd(); 0 where it was not asked. While it connects, it reads and writes in any case. */
void mqtt_link_turn(struct mqtt_link *link, short revents, int64_t mono_ms, unsigned may);

/* For hold_writes: the stages of a connection that stands. Each returns false once it is gone (the
 * disconnected callback has run). */
bool mqtt_link_read(struct mqtt_link *link);  /* what the socket has now, at most a few packets */
bool mqtt_link_flush(struct mqtt_link *link); /* everything queued, or what the socket takes */
/* Closes the socket without DISCONNECT, so that the broker sends the will; then connects again by
 * mqtt_link_turn. What was queued is dropped. */
void mqtt_link_drop(struct mqtt_link *link, const char *why);

/* Queue a packet. Returns the message id, 0 for QoS 0, or -1 where it cannot be (not connected):
 * the caller keeps what it wanted to say. The bytes are copied. */
int mqtt_link_publish(struct mqtt_link *link, const struct mqtt_publish *publish);
bool mqtt_link_subscribe(struct mqtt_link *link, const char *filter, int qos);
/* Bytes queued or unsent in the library, so that a caller can bound what it hands over. */
bool mqtt_link_wants_write(const struct mqtt_link *link);

#endif
