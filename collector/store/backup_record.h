/* When the store was last backed up, as a row of the store itself: every machine sees it, it is
 * read without the right to look into the folders, and a store that was restored says what it is,
 * one whose last backup is old. What does not count is a file that nobody has opened and checked.
 */
#ifndef CARRITO_COLLECTOR_BACKUP_RECORD_H
#define CARRITO_COLLECTOR_BACKUP_RECORD_H

#include "collector/store/store.h"

/* Wall times in milliseconds; 0: never. */
struct backup_age {
    int64_t watched_ms; /* since when a backup is looked for: the first hours are no fault */
    int64_t last_ms;
};

/* A good one was made in the folder `place`. In the caller's transaction. */
void backup_record(struct store *store, const char *place, int64_t bytes, int64_t now_ms);
/* From now on one is looked for; the first time counts. In the caller's transaction. */
void backup_watch(struct store *store, int64_t now_ms);
/* `place`: of this folder only; NULL: of any. */
struct backup_age backup_age_read(struct store *store, const char *place);

/* Pure. Neither the last one nor the beginning is within `hours`; 0 hours: nobody wants to know. */
bool backup_is_old(const struct backup_age *age, int64_t now_ms, int64_t hours);

#endif
