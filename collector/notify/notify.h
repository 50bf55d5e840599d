/* The role `notify`: a thread that sends what is owed to people. Alerts become mails and posts,
 * mails go to the mail server, and each outcome is written down.
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
/* True while operators want it to stand still (role_wish.h): then another process has no turn
 * either, and what is owed waits in the store. */
bool notify_is_paused(const struct notify *notify);
/* Asks it to end: what a server has in hand may come to an end, some seconds at most. Harmless for
 * NULL, as is the next. */
void notify_stop(struct notify *notify);
/* Waits for the end of the thread and frees. */
void notify_join(struct notify *notify);

#endif
