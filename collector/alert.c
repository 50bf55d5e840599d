/* Opens alerts. */
#include "collector/alert.h"

#include "alerts_sql.h"

#include "common/event.h"
#include "common/log.h"

void alert_raise(struct store *store, const struct alert *alert, int64_t now_ms)
{
    char id[EPOCH_LENGTH_MAX + 1];

    epoch_make(id); /* 128 random bits, as an epoch has */
    if (store_run(store, SQL_ALERT_OPEN, "tttttit", id, alert->kind, alert->subject, alert->cart,
                  alert->severity, now_ms, alert->details) &&
        store_changed(store) == 1)
        log_info("alert", "raised", "kind=%s subject=%s severity=%s details=%s", alert->kind,
                 alert->subject, alert->severity, alert->details);
}
