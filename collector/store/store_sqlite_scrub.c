/* By journal_size_limit, and the length of the file. */
#include "collector/store/store_sqlite_scrub.h"

#include <stddef.h>
#include <sys/stat.h>

#define LOG_BYTES_FEW (16 * 4120) /* pages with their heads: what others commit in that moment */

void sqlite_scrub_begin(sqlite3 *db)
{
    sqlite3_exec(db, "PRAGMA journal_size_limit=0", NULL, NULL, NULL);
}

bool sqlite_scrub_end(sqlite3 *db)
{
    const char *path = sqlite3_db_filename(db, "main");
    struct stat log;

    sqlite3_exec(db, "PRAGMA journal_size_limit=67108864", NULL, NULL, NULL);
    if (path == NULL || path[0] == '\0') /* in memory */
        return true;
    path = sqlite3_filename_wal(path);
    return stat(path, &log) != 0 || log.st_size <= LOG_BYTES_FEW;
}
