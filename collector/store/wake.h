/* What the threads of one process that share a store tell each other: that rows wait for one of
 * them (the runner of effects, `notify`), whose turn it is to write, and that the store is damaged.
 *
 * Whoever is not told, since the rows are another process's, finds them by its slow look at the
 * table. Turns are in the order of asking: SQLite lets those who wait for its lock sleep and try
 * again, so that a busy thread would be let in again and again while another sleeps. The store does
 * both (store_begin(), store_commit(), store_note()). One thread waits for each bit. Any thread;
 * every call is harmless for NULL. */
#ifndef CARRITO_COLLECTOR_WAKE_H
#define CARRITO_COLLECTOR_WAKE_H

#include <stdbool.h>

#define WAKE_DAMAGE_SIZE 256

enum wake_for {
    WAKE_EFFECTS = 1 << 0, /* something must leave */
    WAKE_NOTIFY = 1 << 1   /* mails or notices of alerts are queued */
};

struct wake;

struct wake *wake_open(void);
void wake_close(struct wake *wake);
/* A random name of this process among those that share the store; "" for NULL. */
const char *wake_process(const struct wake *wake);
/* `what` is a set of enum wake_for. Does not block. */
void wake_call(struct wake *wake, unsigned what);
/* Waits until it was called for `what` since the last wait, at most `timeout_ms`; true where it
 * was. */
bool wake_wait(struct wake *wake, enum wake_for what, int timeout_ms);
/* Waits for this thread's turn to write, behind those who asked before; give it back soon. */
void wake_write_begin(struct wake *wake);
void wake_write_end(struct wake *wake);

/* Somebody met a damaged page (STORE_DAMAGED). The first word stays until the process ends: what is
 * damaged does not become whole by trying again, and whoever writes on may make it worse. */
void wake_tell_damage(struct wake *wake, const char *reason);
/* True where that is so. `reason` (of WAKE_DAMAGE_SIZE) is the database's own words; NULL: it is
 * not asked for. */
bool wake_is_damaged(struct wake *wake, char *reason);

#endif
