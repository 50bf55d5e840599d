/* Sends what waits in former outboxes (former.h), one after the other, under their own identity,
 * while the cart goes on.
 *
 * One of the cart's own plate goes by the cart's connection. One of another plate needs that
 * plate's certificate (the broker lets each write its own topics only): `cart.crt` of the settings
 * has it as `cart.PLATE.crt` beside it, `cart.key` as `cart.PLATE.key`; where no certificate is
 * used, none is needed. Without it what waits is for `outbox export`. Such a connection is short:
 * the plate may be another board's by now, and a broker lets in one of the two at a time.
 *
 * On the agent's thread; no call waits for a peer, each may block for the disk. */
#ifndef CARRITO_AGENT_FORMER_SENDER_H
#define CARRITO_AGENT_FORMER_SENDER_H

#include "agent/former.h"
#include "agent/outbox.h"
#include "agent/settings.h"
#include "agent/uplink.h"

#define FORMER_FILE_SIZE 512

struct former_sender {
    struct formers *formers; /* not owned, as all but the last */
    const struct settings *settings;
    const char *cart;
    const struct mqtt_link_options *link;
    struct uplink *live;
    /* What is being sent; NULL: nothing is. */
    struct former *at;
    struct outbox *outbox;
    struct uplink *own; /* its own connection; NULL: it goes by `live` */
    char certfile[FORMER_FILE_SIZE], keyfile[FORMER_FILE_SIZE]; /* of that */
    bool was_connected;                                         /* `own` was */
    int64_t acked_seq;   /* of what is being sent, at the latest turn */
    int64_t progress_ms; /* monotonic: when it moved last, or the sending began */
    int64_t saved_ms;
    int64_t next_ms; /* before this nothing is tried */
    int64_t pause_ms;
    int64_t wall_ms; /* of the latest turn */
};

/* All of it must live as long as the sender. Also says in the list which are sent. */
struct former_sender_options {
    struct formers *formers;
    const struct settings *settings;
    const char *cart;                     /* the plate now */
    const struct mqtt_link_options *link; /* of the cart's own connection */
    struct uplink *live;
};
void former_sender_open(struct former_sender *sender, const struct former_sender_options *options);
/* What was acknowledged is written. Before the uplink is closed. */
void former_sender_close(struct former_sender *sender);

/* As of an uplink; -1 while it has no connection of its own. */
int former_sender_fd(const struct former_sender *sender);
short former_sender_poll_events(const struct former_sender *sender);
int former_sender_timeout_ms(const struct former_sender *sender, int64_t mono_ms);
void former_sender_turn(struct former_sender *sender, short revents, int64_t mono_ms,
                        int64_t wall_ms);

/* The name under which a file of a plate before is kept: NAME.PLATE.EXTENSION, or NAME.PLATE. False
 * where it would be too long. */
bool former_sender_file(const char *file, const char *plate, char name[FORMER_FILE_SIZE]);

#endif
