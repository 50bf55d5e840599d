/* What only one of several processes may do at a time: a row in the store that its owner counts up.
 *
 * Nobody trusts another's wall clock: whoever wants the lease watches the count, and takes it once
 * it has stood still for LEASE_MS by its own monotonic clock (Gray and Cheriton, "Leases", 1989,
 * without the common clock). The owner stops by itself after LEASE_OWN_MS without a renewal, so one
 * that was paused finds out before it acts. One thread. */
#ifndef CARRITO_COLLECTOR_LEASE_H
#define CARRITO_COLLECTOR_LEASE_H

#include "collector/base/tokens.h"
#include "collector/store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define LEASE_MS       10000
#define LEASE_OWN_MS   7000
#define LEASE_RENEW_MS 2000

struct lease {
    const char *name;       /* set by the caller; the rest is zero at first */
    char owner[TOKEN_SIZE]; /* ours, random */
    bool held;
    int64_t renewed_mono_ms;
    bool seen; /* the row of another was read: its beat, and since when it has stood there */
    int64_t seen_beat, seen_mono_ms;
};

/* True while it is ours; renews or takes it where it is time. Outside of a transaction. */
bool lease_keep(struct lease *lease, struct store *store, int64_t mono_ms);
/* True while it is ours by our own clock, read now: asked before each thing that cannot be undone.
 */
bool lease_is_ours(const struct lease *lease, int64_t mono_ms);
/* The fence of a transaction: renews it in there. False where it is no longer ours: roll back. */
bool lease_fence(struct lease *lease, struct store *store);
/* Gives it back, so that nobody has to wait. */
void lease_release(struct lease *lease, struct store *store);

#endif
