/* The rule that blocks an account after too many attempts to sign in (contract, section 5,
 * "access"). Pure: times come in, and nothing is kept.
 *
 * Attempts count whether the password was right or not, and whether there is such a user or not.
 * So many of them in less than ATTEMPT_WINDOW_MS block the account from the last of these on; what
 * comes while it is blocked does not count. A block, and whoever lifts one, forgets the attempts
 * up to then.
 *
 * A place (an address, IPv6: its /64) from which somebody signed in to the account lately has a
 * count of its own: what comes from elsewhere does not block it there, and the other way about. So
 * nobody is locked out by strangers of where he works. */
#ifndef CARRITO_COLLECTOR_ACCESS_ATTEMPTS_H
#define CARRITO_COLLECTOR_ACCESS_ATTEMPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATTEMPT_WINDOW_MS 60000
#define ATTEMPT_PLACE_MS  (30 * 86400000LL) /* how long a sign-in makes a place */
#define ATTEMPTS_MAX      1000              /* as the setting login_attempts has it */

struct attempt_limits {
    int64_t attempts; /* 1 to ATTEMPTS_MAX */
    int64_t block_ms;
};

/* What is kept of an account, or of one of its places; times are wall clock. */
struct attempt_account {
    int64_t until_ms;    /* blocked until then; 0: not blocked */
    int64_t forgiven_ms; /* attempts up to this one do not count any more */
};

bool attempt_is_blocked(const struct attempt_account *account, int64_t at_ms);
/* True where an attempt at this time is one that counts. */
bool attempt_counts(const struct attempt_account *account, int64_t at_ms);
/* True where the attempts, which all count, in ascending order, block the account: *since_ms is
 * then when. They need not be older than now: one that is heard of late may complete a run that
 * later ones belong to. */
bool attempt_blocks(const struct attempt_limits *limits, const int64_t *times_ms, size_t count,
                    int64_t *since_ms);
/* How long an attempt is of any consequence. */
int64_t attempt_memory_ms(const struct attempt_limits *limits);
/* For Retry-After: whole seconds after which the account is free, at least 1. */
int64_t attempt_wait_s(const struct attempt_account *account, int64_t now_ms);

#endif
