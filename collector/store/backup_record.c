/* The table of backups. */
#include "collector/store/backup_record.h"

#include "backup_sql.h"

#define HOUR_MS 3600000LL

void backup_record(struct store *store, const char *place, int64_t bytes, int64_t now_ms)
{
    store_run(store, SQL_BACKUP_WRITE, "tii", place, now_ms, bytes);
}

void backup_watch(struct store *store, int64_t now_ms)
{
    store_run(store, SQL_BACKUP_WATCH, "i", now_ms);
}

static int64_t time_of(struct store_rows *rows)
{
    int64_t at_ms = store_next(rows) && !store_is_null(rows, 0) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    return at_ms;
}

struct backup_age backup_age_read(struct store *store, const char *place)
{
    struct backup_age age = { .watched_ms = time_of(store_query(store, SQL_BACKUP_WATCHED, "")) };

    age.last_ms = time_of(place != NULL ? store_query(store, SQL_BACKUP_LAST_AT, "t", place)
                                        : store_query(store, SQL_BACKUP_LAST, ""));
    return age;
}

bool backup_is_old(const struct backup_age *age, int64_t now_ms, int64_t hours)
{
    int64_t newest_ms = age->last_ms > age->watched_ms ? age->last_ms : age->watched_ms;

    return hours > 0 && newest_ms > 0 && now_ms - newest_ms > hours * HOUR_MS;
}
