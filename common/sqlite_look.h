/* Looks at an SQLite file without changing a byte of it, and compares its tables with others. */
#ifndef CARRITO_COMMON_SQLITE_LOOK_H
#define CARRITO_COMMON_SQLITE_LOOK_H

#include <sqlite3.h>

/* Opens the file at `path` to read it; the caller closes *db, also after an error. Neither the
 * opening nor the close writes to the file, or moves what its log holds into it. Where no file is,
 * an empty one is in *db. Returns SQLite's code. */
int sqlite_look_open(const char *path, sqlite3 **db);

/* How the tables and indexes of one database differ from another's, word for word; those of SQLite
 * itself and the number's do not count. */
struct sqlite_difference {
    int objects; /* in the first */
    int strange; /* in the first only */
    int missing; /* in the second only */
};
int sqlite_look_compare(sqlite3 *db, sqlite3 *model, struct sqlite_difference *difference);

/* 1 where there is a table of the number, 0 where there is none. */
int sqlite_look_numbered(sqlite3 *db, int *numbered);

#endif
