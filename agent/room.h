/* The room that the outbox keeps for itself on its file system.
 *
 * A ballast, a file beside the outbox that holds nothing, keeps blocks that no other program can
 * take. When the disk is full it is given up: SQLite cannot even remove rows without writing. All
 * calls may block for the disk; `path` is the outbox's. */
#ifndef CARRITO_AGENT_ROOM_H
#define CARRITO_AGENT_ROOM_H

#include <stdbool.h>

#define ROOM_BALLAST_BYTES     (2LL * 1024 * 1024)
#define ROOM_BALLAST_BYTES_MIN (512LL * 1024)
#define ROOM_SHORT_BYTES       (8LL * 1024 * 1024) /* free; below, the outbox grows no more */
#define ROOM_OPEN_BYTES        (256LL * 1024) /* free; SQLite's log and its index begin in it */

/* Makes the ballast where it is missing and twice its size is free. */
void room_keep_ballast(const char *path);
/* Takes back what is free of one that was given up, but for what SQLite's log needs; false where
 * that is less than ROOM_BALLAST_BYTES_MIN. */
bool room_take_ballast(const char *path);
void room_give_up_ballast(const char *path);
/* May the file and its folder be written? A file that is not there yet counts as its folder. */
bool room_is_writable(const char *path);
/* Is less than so much free for us? False where nobody can tell. */
bool room_is_below(const char *path, long long bytes);

#endif
