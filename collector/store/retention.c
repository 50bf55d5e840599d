/* any? → one batch. */
#include "collector/store/retention.h"

#include "retention_sql.h"

#include "common/day.h"
#include "common/log.h"

static const struct {
    const char *what, *any, *forget;
    int64_t days_max; /* 0: as long as is set */
} kinds[] = {
    { "tracks", SQL_RETENTION_TRACK_ANY, SQL_RETENTION_TRACK, 0 },
    { "trails", SQL_RETENTION_TRAIL_ANY, SQL_RETENTION_TRAIL, 0 },
    { "reports", SQL_RETENTION_REPORTS_ANY, SQL_RETENTION_REPORTS, 0 },
    { "mails", SQL_RETENTION_MAILS_ANY, SQL_RETENTION_MAILS, RETENTION_MAIL_DAYS },
    { "actions", SQL_RETENTION_ACTIONS_ANY, SQL_RETENTION_ACTIONS, 0 },
    { "orders", SQL_RETENTION_ORDERS_ANY, SQL_RETENTION_ORDERS, 0 },
    { "set aside", SQL_RETENTION_SET_ASIDE_ANY, SQL_RETENTION_SET_ASIDE, 0 },
};

static bool is_any(struct store *store, const char *sql, int64_t before_ms)
{
    return store_has(store, sql, "i", before_ms);
}

static bool forget(struct store *store, const char *sql, int64_t before_ms)
{
    return store_begin(store) && store_run(store, sql, "i", before_ms) &&
           store_commit(store) == STORE_OK;
}

bool retention_turn(struct store *store, int64_t days, int64_t now_ms)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int64_t kept = kinds[i].days_max > 0 && (days == 0 || days > kinds[i].days_max)
                           ? kinds[i].days_max
                           : days;
        if (kept == 0)
            continue;
        int64_t before_ms = day_start_ms(day_of_ms(now_ms) - (int32_t)kept);
        if (!is_any(store, kinds[i].any, before_ms))
            continue;
        bool done = forget(store, kinds[i].forget, before_ms);
        log_debug("store", "forgotten with age", "what=%s rows=%lld", kinds[i].what,
                  (long long)(done ? store_changed(store) : 0));
        store_rollback(store);
        return done;
    }
    store_rollback(store);
    return false;
}
