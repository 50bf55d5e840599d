/* How large a batch may be on this link. Pure.
 *
 * What is handed over keeps the line busy until its PUBACK, and a heartbeat, a sale's
 * acknowledgement and a command wait behind it: at 10 kbit/s 32 KiB are half a minute. So a batch
 * holds about what the last ones say that PACE_MS carry. Only one that fills its room tells how
 * fast a link is: a small one's time is the way there and back. */
#ifndef CARRITO_PACE_H
#define CARRITO_PACE_H

#include <stddef.h>
#include <stdint.h>

#define PACE_MS        4000
#define PACE_BYTES_MIN 4352 /* the longest event, and some room */

struct pace {
    size_t bytes_max; /* of the next batch */
    size_t bytes;     /* of the copy that was handed over last */
};

void pace_begin(struct pace *pace);
void pace_sent(struct pace *pace, size_t bytes);
/* The broker has it, so long after it was handed over. */
void pace_confirmed(struct pace *pace, int64_t took_ms);

#endif
