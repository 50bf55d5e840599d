/* Watches, takes, renews. */
#include "collector/effects/lease.h"

#include "lease_sql.h"

#include "common/log.h"

#include <string.h>

/* Its own statement outside of a transaction; what fails is forgiven and tried again. */
static bool changed_one(struct store *store)
{
    bool changed = store_status(store) == STORE_OK && store_changed(store) == 1;

    if (store_status(store) != STORE_OK)
        store_rollback(store);
    return changed;
}

static bool lose(struct lease *lease)
{
    log_warn("lease", "lost", "name=%s", lease->name);
    lease->held = lease->seen = false;
    return false;
}

static bool renew(struct lease *lease, struct store *store, int64_t mono_ms)
{
    if (mono_ms - lease->renewed_mono_ms < LEASE_RENEW_MS)
        return true;
    store_run(store, SQL_LEASE_RENEW, "tt", lease->name, lease->owner);
    if (store_status(store) != STORE_OK) {
        store_rollback(store);
        return mono_ms - lease->renewed_mono_ms < LEASE_OWN_MS || lose(lease);
    }
    if (!changed_one(store))
        return lose(lease);
    lease->renewed_mono_ms = mono_ms;
    return true;
}

static bool take(struct lease *lease, struct store *store, int64_t mono_ms)
{
    store_run(store, SQL_LEASE_TAKE, "tti", lease->owner, lease->name, lease->seen_beat);
    lease->held = changed_one(store);
    lease->seen = false;
    lease->renewed_mono_ms = mono_ms;
    if (lease->held)
        log_info("lease", "taken", "name=%s", lease->name);
    return lease->held;
}

/* Reads the row; true where it is free, or has stood still for long enough. */
static bool is_free(struct lease *lease, struct store *store, int64_t mono_ms)
{
    struct store_rows *rows = store_query(store, SQL_LEASE_READ, "t", lease->name);
    bool found = store_next(rows), is_given_back = false;
    int64_t beat = 0;

    if (found) {
        is_given_back = store_text(rows, 0)[0] == '\0';
        beat = store_int(rows, 1);
    }
    store_rows_end(rows);
    if (!found) {
        store_run(store, SQL_LEASE_MAKE, "t", lease->name);
        lease->seen_beat = 0;
        return changed_one(store);
    }
    if (!lease->seen || lease->seen_beat != beat)
        lease->seen_mono_ms = mono_ms;
    lease->seen = true;
    lease->seen_beat = beat;
    return is_given_back || mono_ms - lease->seen_mono_ms >= LEASE_MS;
}

bool lease_keep(struct lease *lease, struct store *store, int64_t mono_ms)
{
    if (lease->owner[0] == '\0')
        token_make(lease->owner);
    if (lease->held)
        return renew(lease, store, mono_ms);
    return is_free(lease, store, mono_ms) && take(lease, store, mono_ms);
}

bool lease_is_ours(const struct lease *lease, int64_t mono_ms)
{
    return lease->held && mono_ms - lease->renewed_mono_ms < LEASE_OWN_MS;
}

bool lease_fence(struct lease *lease, struct store *store)
{
    store_run(store, SQL_LEASE_RENEW, "tt", lease->name, lease->owner);
    if (store_status(store) == STORE_OK && store_changed(store) != 1)
        lose(lease);
    return store_status(store) == STORE_OK && lease->held;
}

void lease_release(struct lease *lease, struct store *store)
{
    if (lease->held) {
        store_run(store, SQL_LEASE_RELEASE, "tt", lease->name, lease->owner);
        changed_one(store);
    }
    lease->held = false;
}
