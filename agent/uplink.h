/* The uplink: what a cart says to its broker, and when (contract, section 3).
 *
 * It owns the MQTT connection, sends what waits in a store as batches of events in order of their
 * numbers, one batch in flight, and sends a batch again until a bridge says that Kafka has it: at
 * most one copy without a PUBACK on a connection, the next one a delay after the PUBACK. It says
 * `online`, heartbeats and `offline`, leaves the will `lost`, and hands over commands. At the day's
 * end (day_end.h) it says so, and then is silent but for what a command asks. Where the events wait
 * is the store's affair: SQLite in carrito-agent, memory in carrito-sim.
 *
 * One thread; no call blocks but uplink_finish(). No peer's absence is an error. Time comes in as
 * an argument: `mono_ms` is monotonic, `wall_ms` is milliseconds since 1970 UTC. */
#ifndef CARRITO_UPLINK_H
#define CARRITO_UPLINK_H

#include "agent/uplink_store.h"
#include "common/json_write.h"
#include "common/mqtt_link.h"
#include "common/protocol.h"

#include <stdbool.h>
#include <stdint.h>

/* What the owner of an uplink adds to its messages and hears from it. Each may be NULL. The writer
 * is inside the message's object: add members, leave it open. */
struct uplink_calls {
    /* A command's payload (JSON, unchecked, not NUL-terminated). May call uplink_poke(). */
    void (*command)(void *owner, const char *payload, size_t length);
    /* The uplink has written `ts_ms` and `acked`; to add: waiting, batt, gps, counts, done. */
    void (*fill_heartbeat)(void *owner, struct json_writer *json);
    /* Into `online` and `offline`, after state, epoch, session, version, ts_ms, reason; to add:
     * counts, damaged, closed_ms. The will `lost` has neither: its sums would be older than the
     * last heartbeat's. */
    void (*fill_state)(void *owner, struct json_writer *json);
};

struct uplink_options {
    const char *cart;          /* a valid plate */
    const char *epoch;         /* of the store; the same as long as this uplink lives */
    int64_t session;           /* counts the starts of the program */
    const char *version;       /* of the program */
    unsigned batch_events_max; /* 0: BATCH_EVENTS_MAX */
    /* Of this: hosts, port, user, password, the TLS files, quiet and new_client; the rest the
     * uplink sets. Its strings must outlive the uplink. */
    const struct mqtt_link_options *link;
    bool closed; /* the day is, since before this start */
    struct uplink_store store;
    /* The store is a former outbox, of a plate that the cart no longer has. Nobody speaks as that
     * plate: no `online`, no heartbeat, no will, no command is heard. After each batch that is in
     * Kafka it says, not retained, `offline` with "reason":"former": its events were taken for a
     * word of the plate, and nobody is to wait for the next one. */
    bool is_former;
    const struct uplink_calls *calls;
    void *owner;
};

struct uplink_status {
    bool connected;
    bool bridge_online;      /* at least one is announced */
    enum mqtt_answer answer; /* while not connected: who answered the latest attempts */
    bool closed_told;        /* the day is closed, and there is no more to say about it */
    int64_t acked_seq;       /* the store's */
    int64_t in_flight_seq;   /* last number of the batch that waits for its ack; 0: none does */
    bool has_unsent;         /* of the store something was not even sent */
    int64_t batches_sent;    /* the first time */
    int64_t batches_resent;
};

struct uplink;

/* NULL only where the options are no good (logged). Strings but those of `link` are copied. */
struct uplink *uplink_open(const struct uplink_options *options, int64_t wall_ms);

/* For poll(2) or epoll: the descriptor (-1 while there is none; it changes at a reconnect), the
 * events to wait for, and how long at most until the next turn is due. */
int uplink_fd(const struct uplink *uplink);
short uplink_poll_events(const struct uplink *uplink);
int uplink_timeout_ms(const struct uplink *uplink, int64_t mono_ms);

/* Reads, writes, sends and sends again: whatever is due. `revents` as from poll(2), 0 for none. */
void uplink_turn(struct uplink *uplink, short revents, int64_t mono_ms, int64_t wall_ms);
/* A new event was committed to the store: sends it at once where nothing is in flight. */
void uplink_poke(struct uplink *uplink, int64_t mono_ms);

/* The day's end, and its beginning: both are said by the turns. What is committed after the
 * beginning leaves behind `online`. */
void uplink_close_day(struct uplink *uplink, int64_t mono_ms);
void uplink_open_day(struct uplink *uplink);

/* A second store, of another epoch of the same cart, until it is NULL: a former outbox. It is sent
 * while nothing of the first is unsent and the day is not closed, one batch in flight, acknowledged
 * by its own epoch. The store must stay until then; `epoch` is copied. */
void uplink_send_former(struct uplink *uplink, const char *epoch, const struct uplink_store *store);
/* What uplink_calls.fill_heartbeat adds has changed so that the centre is to know it at once: the
 * next heartbeat is due now. Without a connection it is as late as ever. */
void uplink_beat(struct uplink *uplink, int64_t mono_ms);
/* Says `online` once more: what uplink_calls.fill_state adds has changed. */
void uplink_say_online(struct uplink *uplink);

void uplink_status(const struct uplink *uplink, struct uplink_status *status);

/* Leaves the connection that there is, for another one by other files (mqtt_identity). */
void uplink_reconnect(struct uplink *uplink);

/* Says `offline` and sends no event and no heartbeat any more; the turns go on. */
void uplink_leave(struct uplink *uplink, int64_t wall_ms);
/* After uplink_leave(): the broker has confirmed `offline`, or there is no connection to it. */
bool uplink_has_left(const struct uplink *uplink);
/* DISCONNECT where connected (so no will), and frees; NULL is harmless. Says nothing by itself. */
void uplink_close(struct uplink *uplink);
/* For a program with one uplink: leave, wait until it has left, at most `wait_ms`, and close. */
void uplink_finish(struct uplink *uplink, int64_t wall_ms, int64_t wait_ms);

#endif
