/* One store on its way to the centre: its batches in order of their numbers, one in flight, which
 * is sent again until an acknowledgement covers it. An uplink has one for the cart's outbox, and
 * one more while a former outbox of the same plate is sent: each has its own epoch, numbers and
 * patience. Pure but for its store; `now_ms` is monotonic. */
#ifndef CARRITO_LANE_H
#define CARRITO_LANE_H

#include "agent/pace.h"
#include "agent/resend.h"
#include "agent/uplink_store.h"
#include "common/protocol.h"

#include <stdbool.h>

struct lane {
    char epoch[EPOCH_LENGTH_MAX + 1]; /* "": the lane is not in use */
    struct uplink_store store;
    struct resend resend;  /* when a batch may leave, and leave again */
    struct pace pace;      /* how large the next one may be */
    int64_t in_flight_seq; /* last number of the batch that waits for its ack; 0: none does */
    int64_t sent_seq;      /* highest number that was ever sent by this lane */
    int64_t batches_sent, batches_resent;
};

void lane_begin(struct lane *lane, const char *epoch, const struct uplink_store *store);
bool lane_is_used(const struct lane *lane);

/* As the store knows it. */
int64_t lane_acked_seq(const struct lane *lane);
/* Something was not acknowledged. */
bool lane_waits(const struct lane *lane);
/* Something was not even sent. */
bool lane_has_unsent(const struct lane *lane);

/* When something may leave; INT64_MAX: nothing waits, or a PUBACK decides. */
int64_t lane_due_ms(const struct lane *lane);
/* Reads what is due: the batch in flight once more (the same events, and so the same bytes), or the
 * next one. False where nothing is, or the store cannot be read now: then it is asked again later.
 * `batch` is the caller's to free. */
bool lane_read(struct lane *lane, unsigned events_max, int64_t now_ms, struct uplink_batch *batch);
/* It was handed over; `mid` <= 0: it could not be. */
void lane_sent(struct lane *lane, const struct uplink_batch *batch, int mid, int64_t now_ms);
/* True where the PUBACK is of this lane's latest copy. */
bool lane_confirmed(struct lane *lane, int mid, int64_t now_ms);
/* A bridge was announced: what is in flight is probably in the broker's queue for it. */
void lane_bridge_online(struct lane *lane, int64_t now_ms);
/* An ack of this lane's epoch; true where the batch in flight is done, so that the next one may
 * leave. An older one that is late, or one beyond what was sent, moves nothing. */
bool lane_acknowledge(struct lane *lane, int64_t seq, int64_t now_ms);

#endif
