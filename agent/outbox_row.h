/* One row of the outbox's events, and whether it is still what was written.
 *
 * A card that gives back other bits than it was given is noticed by SQLite only where they are a
 * page's own numbers; within a row they would be sold to the centre as what happened. The checksum
 * is the beginning of a SHA-256 over number, kind and bytes: OpenSSL is in the agent already, and
 * 64 bits of it are enough to look for rows in rubbish. Nothing here blocks. */
#ifndef CARRITO_AGENT_OUTBOX_ROW_H
#define CARRITO_AGENT_OUTBOX_ROW_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outbox_row {
    int64_t seq, type;
    const char *bytes; /* not owned, and without a NUL; NULL: none */
    size_t length;
    bool has_checksum; /* rows of the first releases have none */
    int64_t checksum;
};

/* The row that the statement stands on, of columns seq, type, bytes, checksum; for as long as it
 * stands there. */
void outbox_row_take(sqlite3_stmt *statement, struct outbox_row *row);

#define OUTBOX_NO_CHECKSUM 0 /* beside the rows: an earlier release has written it */

/* Of any bytes, for what is kept beside the rows; never OUTBOX_NO_CHECKSUM. */
int64_t outbox_checksum(const char *bytes, size_t length);
int64_t outbox_row_checksum(const struct outbox_row *row);

/* Its checksum is right; a row without one is taken at its word. */
bool outbox_row_is_whole(const struct outbox_row *row);

/* It is whole and an event with the row's number, of this epoch; of any where `epoch` is NULL. */
bool outbox_row_is_event(const struct outbox_row *row, const char *epoch);

#endif
