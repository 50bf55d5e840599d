/* any? → one batch. */
#include "collector/store/retention.h"

#include "retention_sql.h"

#include "common/day.h"
#include "common/log.h"

#include <stddef.h>
#include <stdlib.h>

/* A kind's days: its own bound or the one of all, whichever is shorter; 0: none. */
static const struct kind {
    const char *what, *any, *forget, *types; /* "it": a batch is of one cart */
    int64_t days;                            /* whatever is set */
    size_t set;                              /* where in the bounds its own is */
} kinds[] = {
    { .what = "tracks",
      .any = SQL_RETENTION_TRACK_ANY,
      .forget = SQL_RETENTION_TRACK,
      .types = "it",
      .set = offsetof(struct retention, track_days) },
    { .what = "trails",
      .any = SQL_RETENTION_TRAIL_ANY,
      .forget = SQL_RETENTION_TRAIL,
      .types = "it",
      .days = RETENTION_TRAIL_DAYS },
    { .what = "reports",
      .any = SQL_RETENTION_REPORTS_ANY,
      .forget = SQL_RETENTION_REPORTS,
      .types = "i" },
    { .what = "mails",
      .any = SQL_RETENTION_MAILS_ANY,
      .forget = SQL_RETENTION_MAILS,
      .types = "i",
      .days = RETENTION_MAIL_DAYS },
    { .what = "actions",
      .any = SQL_RETENTION_ACTIONS_ANY,
      .forget = SQL_RETENTION_ACTIONS,
      .types = "i" },
    { .what = "orders",
      .any = SQL_RETENTION_ORDERS_ANY,
      .forget = SQL_RETENTION_ORDERS,
      .types = "i",
      .set = offsetof(struct retention, order_days) },
    { .what = "offers of orders",
      .any = SQL_RETENTION_OFFERS_ANY,
      .forget = SQL_RETENTION_OFFERS,
      .types = "i",
      .set = offsetof(struct retention, order_days) },
    { .what = "changes of orders",
      .any = SQL_RETENTION_ORDER_CHANGES_ANY,
      .forget = SQL_RETENTION_ORDER_CHANGES,
      .types = "i",
      .set = offsetof(struct retention, order_days) },
    { .what = "steps of orders",
      .any = SQL_RETENTION_ORDER_STEPS_ANY,
      .forget = SQL_RETENTION_ORDER_STEPS,
      .types = "i",
      .set = offsetof(struct retention, order_days) },
    { .what = "sales of orders",
      .any = SQL_RETENTION_ORDER_SALES_ANY,
      .forget = SQL_RETENTION_ORDER_SALES,
      .types = "i",
      .set = offsetof(struct retention, order_days) },
    { .what = "set aside",
      .any = SQL_RETENTION_SET_ASIDE_ANY,
      .forget = SQL_RETENTION_SET_ASIDE,
      .types = "i" },
    { .what = "alerts",
      .any = SQL_RETENTION_ALERTS_ANY,
      .forget = SQL_RETENTION_ALERTS,
      .types = "i",
      .days = RETENTION_ALERT_DAYS },
    { .what = "blocked accounts",
      .any = SQL_RETENTION_BLOCKED_ANY,
      .forget = SQL_RETENTION_BLOCKED,
      .types = "i",
      .days = RETENTION_SIGN_IN_DAYS },
    { .what = "rejected applications",
      .any = SQL_RETENTION_REJECTED_ANY,
      .forget = SQL_RETENTION_REJECTED,
      .types = "i",
      .days = RETENTION_REJECTED_DAYS },
    { .what = "older sums of carts",
      .any = SQL_RETENTION_COUNTS_ANY,
      .forget = SQL_RETENTION_COUNTS,
      .types = "i",
      .days = RETENTION_COUNTS_DAYS },
    { .what = "bridges",
      .any = SQL_RETENTION_BEATS_ANY,
      .forget = SQL_RETENTION_BEATS,
      .types = "i",
      .days = RETENTION_BRIDGE_DAYS },
    { .what = "simulations",
      .any = SQL_RETENTION_SIMULATIONS_ANY,
      .forget = SQL_RETENTION_SIMULATIONS,
      .types = "i",
      .days = RETENTION_SIMULATION_DAYS },
};

static int64_t shorter(int64_t one, int64_t other)
{
    return one == 0 || (other > 0 && other < one) ? other : one;
}

/* `days` of the bounds stands first, so that a kind without a bound of its own has that one. */
_Static_assert(offsetof(struct retention, days) == 0, "the bound of all");

static int64_t days_of(const struct kind *kind, const struct retention *bounds)
{
    int64_t set = *(const int64_t *)(const void *)((const char *)bounds + kind->set);

    return shorter(shorter(bounds->days, set), kind->days);
}

/* Asked without a transaction. The first column is a cart, where a batch is of one; the caller
 * frees it. */
static bool is_any(struct store *store, const struct kind *kind, int64_t before_ms, char **cart)
{
    struct store_rows *rows = store_query(store, kind->any, "i", before_ms);
    bool any = store_next(rows);

    *cart = any ? store_text_copy(rows, 0) : NULL;
    store_rows_end(rows);
    return any;
}

static bool forget(struct store *store, const struct kind *kind, int64_t before_ms,
                   const char *cart)
{
    return store_begin(store) && store_run(store, kind->forget, kind->types, before_ms, cart) &&
           store_commit(store) == STORE_OK;
}

/* One batch of the kind, where there is any. */
static enum retention_result turn(struct store *store, const struct kind *kind, int64_t before_ms)
{
    char *cart = NULL;
    bool any = is_any(store, kind, before_ms, &cart);
    bool good = any ? forget(store, kind, before_ms, cart) : store_status(store) == STORE_OK;

    if (any && good)
        log_debug("store", "forgotten with age", "what=%s rows=%lld", kind->what,
                  (long long)store_changed(store));
    store_rollback(store);
    free(cart);
    return !good ? RETENTION_FAILED : any ? RETENTION_MORE : RETENTION_DONE;
}

enum retention_result retention_turn(struct store *store, const struct retention *bounds,
                                     int64_t now_ms)
{
    enum retention_result result = RETENTION_DONE;

    for (size_t i = 0; result == RETENTION_DONE && i < sizeof kinds / sizeof *kinds; i++) {
        int64_t days = days_of(&kinds[i], bounds);
        if (days > 0)
            result = turn(store, &kinds[i], day_start_ms(day_of_ms(now_ms) - (int32_t)days));
    }
    return result;
}
