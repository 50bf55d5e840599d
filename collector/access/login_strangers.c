/* Unknown names, counted together. */
#include "collector/access/login_strangers.h"

#include "collector/access/access_attempts.h"
#include "collector/alerts/alert.h"
#include "collector/base/settings.h"

#include "login_sql.h"

#define SUBJECT "*" /* no user has this name */

void login_stranger_note(struct store *store, const char *name, int64_t since_ms)
{
    store_run(store, SQL_LOGIN_STRANGER_ADD, "tii", name, since_ms - ATTEMPT_WINDOW_MS, since_ms);
}

static bool hour_is_over(struct store *store, int64_t now_ms)
{
    return now_ms - alert_last_start(store, ALERT_LOGIN_BLOCKED, SUBJECT) >= LOGIN_STRANGERS_MS;
}

bool login_strangers_are_due(struct store *store, int64_t now_ms)
{
    return (store_has(store, SQL_LOGIN_STRANGERS_ANY, "") ||
            alert_is_open(store, ALERT_LOGIN_BLOCKED, SUBJECT)) &&
           hour_is_over(store, now_ms);
}

void login_strangers_tell(struct store *store, const struct settings *settings, int64_t now_ms)
{
    int64_t names = 0, places = 0;

    if (!login_strangers_are_due(store, now_ms))
        return;
    alert_end(store, ALERT_LOGIN_BLOCKED, SUBJECT, now_ms);
    struct store_rows *rows = store_query(store, SQL_LOGIN_STRANGERS_COUNT, "");
    if (store_next(rows)) {
        names = store_int(rows, 0);
        places = store_int(rows, 1);
    }
    store_rows_end(rows);
    if (names == 0)
        return;
    store_run(store, SQL_LOGIN_STRANGERS_FORGET, "");
    alert_raise(store, &(struct alert){ .kind = ALERT_LOGIN_BLOCKED,
                                        .subject = SUBJECT,
                                        .says = SAY_ALERT_LOGIN_BLOCKED_STRANGERS(names, places),
                                        .lang = lang_from_name(settings->lang),
                                        .at_ms = now_ms });
}
