/* How SQLite's log of pages (WAL) is begun anew, and cut to what was written since: a log that
 * begins anew keeps its length and the pages of before behind the new ones (SQLite, "WAL-mode File
 * Format", section 4.1), but where its limit is 0. */
#ifndef CARRITO_COLLECTOR_STORE_SQLITE_SCRUB_H
#define CARRITO_COLLECTOR_STORE_SQLITE_SCRUB_H

#include <sqlite3.h>
#include <stdbool.h>

/* The connection's next commit that begins the log anew cuts it. */
void sqlite_scrub_begin(sqlite3 *db);
/* Its commits leave the file's length alone again. True where the log is a few pages long now. */
bool sqlite_scrub_end(sqlite3 *db);

#endif
