/* Moves what SQLite's write-ahead log holds into the file, over a connection of its own.
 *
 * SQLite up to 3.51.2 has a fault ("WAL-reset", sqlite.org/wal.html): a checkpoint that has read
 * the log's header and finds nothing to do may be overtaken by a writer that begins the log anew;
 * it then calls frames done that were never copied, and committed pages are lost. A writer can
 * begin the log anew only while it holds the write lock. So the caller holds that lock over another
 * connection, without writing, when the checkpoint reads the header. From the moment on at which
 * the checkpoint holds the lock of readers of the bare file (WAL_READ_LOCK(0)) no writer can begin
 * the log anew until it is over, and the write lock may be given back: that is `release`. */
#ifndef CARRITO_COLLECTOR_CHECKPOINT_H
#define CARRITO_COLLECTOR_CHECKPOINT_H

#include "collector/store/store_driver.h"

#include <sqlite3.h>

struct checkpoint;

/* NULL, and *rc is SQLite's code, where the file at `path` cannot be opened. */
struct checkpoint *checkpoint_open(const char *path, int *rc);
/* What is in the log is moved into the file where nobody else has it open. NULL is harmless. */
void checkpoint_close(struct checkpoint *checkpoint);

/* One checkpoint of the kind PASSIVE: it waits for no reader. The caller holds the write lock.
 * `release` is called at most once, in here. *frames is how long the log is, in pages. Returns
 * SQLite's code. Blocks for the disk. */
int checkpoint_turn(struct checkpoint *checkpoint, const struct store_release *release,
                    int *frames);

#endif
