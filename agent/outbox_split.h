/* A file whose head names no plate may have events of several: an agent of the first release went
 * on in it when the board got another plate, and would have sent all under the new one's topic,
 * which refuses them. */
#ifndef CARRITO_AGENT_OUTBOX_SPLIT_H
#define CARRITO_AGENT_OUTBOX_SPLIT_H

#include "agent/database.h"
#include "common/protocol.h"

/* The number up to which events wait that are not of `plate`, and whose the last of them is; 0 and
 * "" where there is none. For a head that names no plate. Looks at all that waits. */
int64_t outbox_split_upto(sqlite3 *db, const char *plate, char other[CART_LENGTH_MAX + 1]);

/* Where the head names no plate, and events of others than the newest one's wait: all that waits up
 * to the last of them goes into a former outbox of its plate beside `outbox`, and leaves this file
 * with all before it. What is left goes on: same epoch, next numbers. False where it cannot be
 * written (logged): the file is as it was. For the one who writes it; blocks for the disk. */
bool outbox_split(sqlite3 *db, const char *outbox, int64_t wall_ms);

#endif
