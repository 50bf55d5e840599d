/* The role `notify`: the sender of what is for people, the lanes `alert`, `mail` and `post` of the
 * table `effects`. Changes of alerts become mails and posts, mails go to the mail
 * server, posts to the webhook, and each outcome is written down.
 *
 * A mail has one id, which is its Message-ID, and is sent at least once. It may go twice, each time
 * with its line `mail sent` in the log:
 *   - the server has it, and its answer after the dot is lost or later than smtp_timeout_s;
 *   - the process dies between that answer and the commit of the outcome, 50 ms at most;
 *   - the process stands still for longer than LEASE_MS with a mail at the server, and another
 * takes over (that one finds out by the fence, and writes nothing);
 *   - it is to end, and the server does not answer within the FINISH_MS that the runner waits.
 *
 * It is no consumer of Kafka. Where several processes have it, one of them works, and another takes
 * over once that one is gone (lease.h). Nothing waits for it. */
#ifndef CARRITO_COLLECTOR_NOTIFY_H
#define CARRITO_COLLECTOR_NOTIFY_H

#include "collector/effects/sender.h"

#include <stdbool.h>

struct settings;
struct notify;

extern const struct sender_calls notify_calls;

/* Its state, for the runner. The settings and `wake` live as long. Does not block. */
struct notify *notify_open(const struct settings *settings, struct wake *wake);
/* True while operators want it to stand still (role_desired.h): then another process has no turn
 * either, and what is queued waits in the store. Any thread, until the runner has closed it. */
bool notify_is_paused(const struct notify *notify);

#endif
