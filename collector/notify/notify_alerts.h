/* What is told of an alert: a mail to each of the addresses for alerts when one from MAJOR up is
 * raised, and when it ends to those who were told of its beginning; and a post of each change where
 * there is a webhook.
 *
 * Links come and go: that a cart, its GPS or a link is away is mailed where it still is so after
 * alert_mail_after_s; at once of a cart that is a fugitive. */
#ifndef CARRITO_COLLECTOR_NOTIFY_ALERTS_H
#define CARRITO_COLLECTOR_NOTIFY_ALERTS_H

#include "collector/effects/lease.h"
#include "collector/store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct settings;

/* Turns the changes that wait, some at a time, into mails and posts that are queued, in one
 * transaction under the lease's fence. True where there may be more. */
bool notify_alerts(const struct settings *settings, struct store *store, struct lease *lease,
                   int64_t now_ms);

#endif
