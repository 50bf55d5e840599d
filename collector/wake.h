/* Tells threads of this process at once that rows wait for them: the sender of `outgoing`, and
 * `notify`. Whoever is not told, since the rows are another process's, finds them by its slow look
 * at the table.
 *
 * The store calls it after a commit (store_note()). One thread waits for each bit. Any thread;
 * every call is harmless for NULL. */
#ifndef CARRITO_COLLECTOR_WAKE_H
#define CARRITO_COLLECTOR_WAKE_H

#include <stdbool.h>

enum wake_for {
    WAKE_OUTGOING = 1 << 0, /* records are owed to Kafka */
    WAKE_NOTIFY = 1 << 1    /* mails or notices of alerts are owed */
};

struct wake;

struct wake *wake_open(void);
void wake_close(struct wake *wake);
/* `what` is a set of enum wake_for. Does not block. */
void wake_call(struct wake *wake, unsigned what);
/* Waits until it was called for `what` since the last wait, at most `timeout_ms`; true where it
 * was. */
bool wake_wait(struct wake *wake, enum wake_for what, int timeout_ms);

#endif
