/* The day's end of a cart (contract, section 3): when `offline` is said with the reason `closed`,
 * and what is silent from then on. Pure; times are of the monotonic clock.
 *
 * What waits for the centre goes first, but not for longer than DAY_END_WAIT_MS: the vendor may be
 * about to pull the plug, and a bridge may be away. Then it is said again when all has gone, as its
 * counts hold what is acknowledged. Once the broker has it, the heart stands still, and the
 * connection is made anew without a will: its end is no longer a loss. */
#ifndef CARRITO_AGENT_DAY_END_H
#define CARRITO_AGENT_DAY_END_H

#include <stdbool.h>
#include <stdint.h>

#define DAY_END_WAIT_MS 10000

struct day_end {
    bool closed; /* as the vendor has it */
    bool told;   /* the broker has it, and no connection has broken since */
    bool whole;  /* nothing waited when it was said */
    bool asked;  /* a command came, and no heartbeat since has said that it is done */
    int mid;     /* of the word that waits for its PUBACK; -1: it could not be said; 0: none does */
    int64_t say_ms; /* said then, whatever still waits */
};

/* It is closed, or closed anew: what a vendor corrects after the close changes the counts. */
void day_end_close(struct day_end *end, int64_t now_ms);
void day_end_open(struct day_end *end);

/* CONNACK. */
void day_end_connected(struct day_end *end, int64_t now_ms);
/* The connection broke; not where it was ended to be made anew. */
void day_end_disconnected(struct day_end *end);

/* When it is to be said; INT64_MAX: not now. `waits`: something is not acknowledged yet. */
int64_t day_end_due_ms(const struct day_end *end, bool waits);
/* It was handed over; `mid` <= 0: it could not be. */
void day_end_said(struct day_end *end, int mid, bool waits);
/* True where the PUBACK is of that word. */
bool day_end_confirmed(struct day_end *end, int mid);

/* No heartbeat is due by the clock. */
bool day_end_is_quiet(const struct day_end *end);
/* All is said that there is to say: nobody need be told when the connection ends. */
bool day_end_is_over(const struct day_end *end);

#endif
