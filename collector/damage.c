/* An alert over a connection of its own, closed at once. */
#include "collector/damage.h"
#include "collector/alerts/alert.h"
#include "collector/base/lang.h"
#include "collector/store/wake.h"

#include "common/clock.h"

#include <stdio.h>

#define SUBJECT   "store"
#define TRIES_MAX 3 /* another writer may hold it up, or the page may be one that it needs */

static bool raise_alert(const struct settings *settings, struct wake *wake, const char *reason)
{
    struct store *store = store_open(settings->store, STORE_DURABLE);

    if (store == NULL)
        return false;
    store_set_wake(store, wake);
    if (store_begin(store))
        alert_raise(store, &(struct alert){ .kind = ALERT_STORE_DAMAGED,
                                            .subject = SUBJECT,
                                            .says = SAY_ALERT_STORE_DAMAGED(reason),
                                            .lang = lang_from_name(settings->lang),
                                            .at_ms = clock_wall_ms() });
    bool raised = store_commit(store) == STORE_OK;
    store_close(store);
    return raised;
}

void damage_follow(struct damage *damage, const struct settings *settings, struct wake *wake)
{
    char reason[WAKE_DAMAGE_SIZE];

    if (damage->tries == TRIES_MAX || !wake_is_damaged(wake, reason))
        return;
    damage->tries = raise_alert(settings, wake, reason) ? TRIES_MAX : damage->tries + 1;
}

bool damage_says(struct wake *wake, char *text, size_t size)
{
    char reason[WAKE_DAMAGE_SIZE];

    if (!wake_is_damaged(wake, reason))
        return false;
    snprintf(text, size,
             "the store is damaged (%s): nothing more is stored; stop the collector and restore "
             "the last good backup",
             reason);
    return true;
}
