/* register → alerts */
#include "collector/notify/notify_people.h"

#include "collector/base/settings.h"
#include "collector/people/person_request.h"

void notify_people(const struct settings *settings, struct store *store, struct lease *lease,
                   int64_t now_ms)
{
    if (!person_requests_are_due(store, now_ms) || !store_begin(store))
        return;
    if (lease_fence(lease, store))
        person_requests_tell(store, lang_from_name(settings->lang), now_ms);
    if (!lease->held || store_commit(store) != STORE_OK)
        store_rollback(store);
}
