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

#include "common/buffer.h"
#include "common/json_write.h"
#include "common/mqtt_link.h"
#include "common/protocol.h"

#include <stdbool.h>
#include <stdint.h>

/* What the uplink asks a store for: events with after_seq < seq <= upto_seq, the lowest first. */
struct uplink_range {
    int64_t after_seq;
    int64_t upto_seq;    /* INT64_MAX: as far as there is */
    unsigned events_max; /* 1 to BATCH_EVENTS_MAX */
    size_t bytes_max;    /* of what is read; at least an event's, at most BATCH_BYTES_MAX */
};

/* What the store answers: NDJSON, each event's bytes as they were written once and a '\n', within
 * the range. Belongs to the uplink; it is empty when the store gets it. */
struct uplink_batch {
    struct buffer ndjson;
    int64_t last_seq; /* of the last event in it */
    unsigned events;
};

/* Where events wait for the centre. All calls come from within uplink_turn() and uplink_poke(), on
 * the caller's thread. */
struct uplink_store_calls {
    /* Appends what the range covers, as far as both bounds of a batch allow. False: there is
     * nothing, or it cannot be read now (the store says so in its own words); asked again later. */
    bool (*read)(void *owner, const struct uplink_range *range, struct uplink_batch *batch);
    /* Cheap: the number of the newest committed event, 0 where there is none. */
    int64_t (*last_seq)(void *owner);
    /* Cheap: the highest number known to be acknowledged, 0 where there is none. */
    int64_t (*acked_seq)(void *owner);
    /* Everything up to `seq` is in Kafka (or refused). Only ever rises; acked_seq() must answer
     * `seq` from now on, durable or not (to forget it costs a repetition, no sale). */
    void (*acknowledge)(void *owner, int64_t seq);
};

struct uplink_store {
    const struct uplink_store_calls *calls;
    void *owner;
};

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
    /* Of this: hosts, port, user, password, the TLS files and quiet; the rest the uplink sets. Its
     * strings must outlive the uplink. */
    const struct mqtt_link_options *link;
    bool closed; /* the day is, since before this start */
    struct uplink_store store;
    const struct uplink_calls *calls;
    void *owner;
};

struct uplink_status {
    bool connected;
    bool bridge_online;    /* at least one is announced */
    bool closed_told;      /* the day is closed, and there is no more to say about it */
    int64_t acked_seq;     /* the store's */
    int64_t in_flight_seq; /* last number of the batch that waits for its ack; 0: none does */
    int64_t batches_sent;  /* the first time */
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

void uplink_status(const struct uplink *uplink, struct uplink_status *status);

/* Says `offline` and sends no event and no heartbeat any more; the turns go on. */
void uplink_leave(struct uplink *uplink, int64_t wall_ms);
/* After uplink_leave(): the broker has confirmed `offline`, or there is no connection to it. */
bool uplink_has_left(const struct uplink *uplink);
/* DISCONNECT where connected (so no will), and frees; NULL is harmless. Says nothing by itself. */
void uplink_close(struct uplink *uplink);
/* For a program with one uplink: leave, wait until it has left, at most `wait_ms`, and close. */
void uplink_finish(struct uplink *uplink, int64_t wall_ms, int64_t wait_ms);

#endif
