/* What lies beside the outbox and is not needed any more: files that the centre has all of.
 *
 * A sent one (outbox_aside.h) is kept for LEFTOVER_MS, for whoever asks the centre what became of
 * it. A damaged one of which all that waits was rescued says so in its name, `.damaged-whole-MS`;
 * it goes after the same time, and only while no former outbox waits, so that its rescue has
 * arrived. Any other damaged one stays: it may hold what nobody could read yet. When the card is
 * full both go at once, the oldest first. Calls block for the disk. */
#ifndef CARRITO_AGENT_OUTBOX_LEFTOVER_H
#define CARRITO_AGENT_OUTBOX_LEFTOVER_H

#include <stdbool.h>
#include <stdint.h>

#define LEFTOVER_MS (30 * 86400000LL)

/* `path` is the outbox's; `now_ms` by a clock that is right. */
void outbox_leftover_tidy(const char *path, int64_t now_ms);
/* One for the card that is full; false where there is none. */
bool outbox_leftover_give_up(const char *path);

#endif
