/* The mails in hand: read when they are due, sent side by side, and what became of them written
 * back in few transactions.
 *
 * Nothing of it is anybody else's: only the owner of the lease has mails in hand, and what is in
 * hand and not written is still waiting in the store. One thread. */
#ifndef CARRITO_COLLECTOR_NOTIFY_MAILS_H
#define CARRITO_COLLECTOR_NOTIFY_MAILS_H

#include "collector/effects/lease.h"
#include "collector/effects/sender.h"
#include "collector/store/store.h"

#include <stdbool.h>

struct settings;
struct wake;
struct notify_mails;

/* The settings and `wake`, which is called when a server has answered (or NULL), live as long. */
struct notify_mails *notify_mails_open(const struct settings *settings, struct wake *wake);
void notify_mails_close(struct notify_mails *mails);
/* Forgets what is in hand, and breaks off what is under way. */
void notify_mails_drop(struct notify_mails *mails);

/* Reads what is due, into what room there is. */
void notify_mails_read(struct notify_mails *mails, struct store *store,
                       const struct effect_time *time);
/* Begins what may begin, while the lease is ours by our own clock: a process that was stopped since
 * it looked at the lease begins nothing. */
void notify_mails_begin(struct notify_mails *mails, struct store *store, const struct lease *lease,
                        const struct effect_time *time);
/* Waits for the servers, at most so long, and takes what they said. */
void notify_mails_wait(struct notify_mails *mails, int wait_ms);
/* Writes what has come to an end, in one transaction under the lease's fence, where enough has
 * gathered or nothing else is under way. */
void notify_mails_write(struct notify_mails *mails, struct store *store, struct lease *lease);
/* The same, whatever else is under way. */
void notify_mails_write_all(struct notify_mails *mails, struct store *store, struct lease *lease);
/* How many are with a server now. */
size_t notify_mails_under_way(const struct notify_mails *mails);
/* True where it waits for nothing but new rows. */
bool notify_mails_idle(const struct notify_mails *mails);

#endif
