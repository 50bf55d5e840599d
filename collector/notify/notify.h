/* The role `notify`: a thread that lets leave what is for people: the lanes `alert`, `mail` and
 * `post` of the table `effects`. Changes of alerts become mails and posts, mails go to the mail
 * server, posts to the webhook, and each outcome is written down.
 *
 * A mail has one id, which is its Message-ID, and is sent at least once. It may go twice, each time
 * with its line `mail sent` in the log:
 *   - the server has it, and its answer after the dot is lost or later than smtp_timeout_s;
 *   - the process dies between that answer and the commit of the outcome, 50 ms at most;
 *   - the process stands still for longer than LEASE_MS with a mail at the server, and another
 * takes over (that one finds out by the fence, and writes nothing);
 *   - it is to end, and the server does not answer within the FINISH_MS that it waits.
 *
 * It is no consumer of Kafka. Where several processes have it, one of them works, and another takes
 * over once that one is gone (lease.h). Nothing waits for it. */
#ifndef CARRITO_COLLECTOR_NOTIFY_H
#define CARRITO_COLLECTOR_NOTIFY_H

#include <stdbool.h>

struct settings;
struct wake;
struct notify;

/* Starts the thread; it waits for the store by itself. The settings live as long; `wake` may be
 * NULL. NULL and a log line where there is no libcurl. */
struct notify *notify_start(const struct settings *settings, struct wake *wake);
/* True while operators want it to stand still (role_desired.h): then another process has no turn
 * either, and what is queued waits in the store. */
bool notify_is_paused(const struct notify *notify);
/* Asks it to end: what a server has in hand may come to an end, some seconds at most. Harmless for
 * NULL, as is the next. */
void notify_stop(struct notify *notify);
/* Waits for the end of the thread and frees. */
void notify_join(struct notify *notify);

#endif
