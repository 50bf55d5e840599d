/* The outbox's file: one writer, and what is done with a damaged one. */
#ifndef CARRITO_AGENT_OUTBOX_FILE_H
#define CARRITO_AGENT_OUTBOX_FILE_H

#include "agent/outbox.h"

#include <sqlite3.h>
#include <stdbool.h>

struct outbox_file;

/* The lock beside the file; NULL and a log line where another agent has it. */
struct outbox_file *outbox_file_lock(const char *path);
void outbox_file_unlock(struct outbox_file *file);

/* What was in a file that was set aside, or how the one was that is open. */
struct outbox_damage {
    enum head_state head;
    bool found;
    char epoch[EPOCH_LENGTH_MAX + 1]; /* "" where it could not be read */
    int64_t rows;                     /* readable and not acknowledged */
    bool whole;                       /* they are all that waited, and are in former outboxes */
};

/* Opens the database with its tables and one row of `head`, as the cart's. A damaged file, or one
 * whose counters do not fit its rows, is renamed (never deleted: a person may save what is in it),
 * `damage` is filled in, and a new one is made. So is one of another plate, whole, since its epoch
 * is that plate's (outbox_aside.h). NULL where no file can be had, and where it is sound but not
 * for this program (outbox_schema.h): such a one is left as it is. */
sqlite3 *outbox_file_open(const char *path, const char *cart, int64_t wall_ms,
                          struct outbox_damage *damage);

/* Is the log damaged amid its commits (page_file.h)? SQLite would go on before the damage and give
 * numbers to other events a second time. Logged. For a file that this process has not open. */
bool outbox_file_is_cut(const char *path);

/* SQLite's integrity_check and the continuity of the numbers; false with a sentence in `wrong`. */
bool outbox_file_verify(sqlite3 *db, char *wrong, size_t size);

#endif
