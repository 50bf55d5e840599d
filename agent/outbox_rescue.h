/* What a damaged outbox still gives of what waits, as a sound former outbox beside it
 * (outbox_aside.h), so that it is sent by itself under its own epoch. */
#ifndef CARRITO_AGENT_OUTBOX_RESCUE_H
#define CARRITO_AGENT_OUTBOX_RESCUE_H

#include "agent/outbox_file.h"

/* Reads the file at `path`, which nobody has open, once; fills in the epoch and the rows of
 * `damage`, and logs what is missing. There is no former outbox where nothing waits, or where none
 * can be written (logged): then the rows stay in the damaged file only. A power cut before the file
 * is set aside makes a second one of the same events, which the centre counts once. Blocks for the
 * disk: some seconds for a large file. */
void outbox_rescue(const char *path, int64_t wall_ms, struct outbox_damage *damage);

#endif
