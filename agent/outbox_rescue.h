/* What a damaged outbox still gives of what waits, as sound former outboxes beside it
 * (outbox_draft.h), so that it is sent by itself under its own epoch. */
#ifndef CARRITO_AGENT_OUTBOX_RESCUE_H
#define CARRITO_AGENT_OUTBOX_RESCUE_H

#include "agent/outbox_file.h"

/* Reads `file`, the outbox at this path or a former one beside it, which nobody has open, once;
 * fills in the epoch, the rows and `whole` of `damage`, and logs what is missing. There is no
 * former outbox where nothing waits. False where one cannot be written (logged): then the rows stay
 * in the damaged file only. A power cut before the file is set aside makes a second one of the same
 * events, which the centre counts once. Blocks for the disk: some seconds for a large file. */
bool outbox_rescue(const char *outbox, const char *file, int64_t wall_ms,
                   struct outbox_damage *damage);

#endif
