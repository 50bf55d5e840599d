/* What a release before this one has queued for people: mails without an effect, and its tables of
 * posts and of alerts' changes. */
#ifndef CARRITO_COLLECTOR_NOTIFY_FORMER_H
#define CARRITO_COLLECTOR_NOTIFY_FORMER_H

#include "collector/store/store.h"

#include <stdbool.h>

/* Makes effects of some of it, in the caller's transaction. True where there may be more. */
bool notify_take_former(struct store *store);
/* Whether there is any. */
bool notify_has_former(struct store *store);

#endif
