/* When a batch may leave, and leave again: at most one copy without a PUBACK on a connection, the
 * next copy a delay after the PUBACK (contract, section 3). Pure; `now_ms` is monotonic.
 *
 * TCP keeps the order, so before the broker has a copy another one would only queue behind it: at
 * 48 kbit/s a delay that runs from the publish sends each batch five times. */
#ifndef CARRITO_RESEND_H
#define CARRITO_RESEND_H

#include "common/backoff.h"

#include <stdbool.h>

#define RESEND_FIRST_MS 1000 /* the floor, too: never again sooner than this */

struct resend {
    struct backoff backoff;
    int64_t due_ms;       /* nothing is sent before */
    int64_t delay_ms;     /* drawn for the latest copy; runs from its PUBACK */
    int64_t sent_ms;      /* when that copy was handed over */
    int64_t confirmed_ms; /* first PUBACK of the batch in flight on this connection; 0: none */
    int mid;              /* of the copy that waits for its PUBACK; 0: none does */
};

void resend_begin(struct resend *resend, uint64_t seed);
/* CONNACK: what was in flight may have died with the other connection. */
void resend_connected(struct resend *resend);
/* A bridge is online: the batch in flight is probably in the broker's queue for it, so that gets a
 * second. `in_flight_seq` 0: there is none. */
void resend_bridge_online(struct resend *resend, int64_t now_ms, int64_t in_flight_seq);

/* When it may leave next; INT64_MAX where that is decided by a PUBACK. */
int64_t resend_due_ms(const struct resend *resend);
/* The delay of the copy that is about to be sent, in milliseconds. */
int64_t resend_draw_ms(struct resend *resend);
/* It was handed over; `mid` <= 0: it could not be. */
void resend_sent(struct resend *resend, int mid, int64_t now_ms);
/* True where the PUBACK is of the copy that waits for one. */
bool resend_confirmed(struct resend *resend, int mid, int64_t now_ms);
/* The bridge's acknowledgement covers the batch: the next one may leave at once. */
void resend_acknowledged(struct resend *resend, int64_t now_ms);
/* The store cannot be read: asked again in a second. */
void resend_put_off(struct resend *resend, int64_t now_ms);
/* A broker that answers pings but no batch is broken, however slow the link is. */
bool resend_is_stuck(const struct resend *resend, int64_t now_ms);

#endif
