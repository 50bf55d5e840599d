/* The one row of the outbox's `head`: where the cart stands, read, judged and written.
 *
 * It has a checksum, as its rows have (outbox_row.h). Where that fails the rows tell the truth;
 * what they cannot tell, up to where the centre has acknowledged, is right if the checksum fits
 * with it, and else all that the file has is sent again, which the centre counts once. What an
 * agent of an earlier release writes has no checksum until ours writes: it is taken at its word. */
#ifndef CARRITO_AGENT_OUTBOX_HEAD_H
#define CARRITO_AGENT_OUTBOX_HEAD_H

#include "agent/database.h"
#include "agent/outbox.h"

/* False where there is none that makes sense, nor rows that tell; `head` is what was read then.
 * Reads all rows where the checksum fails; `head->mended` says so. Writes nothing. */
bool outbox_head_read(sqlite3 *db, struct outbox_head *head);
/* All but epoch and plate, and the checksum of all; *statement is kept by the caller. */
enum database_result outbox_head_write(sqlite3 *db, sqlite3_stmt **statement,
                                       const struct outbox_head *head);
/* Epoch and plate too: of one that was mended. */
enum database_result outbox_head_mend(sqlite3 *db, const struct outbox_head *head);

#endif
