/* Attempts to sign in, and the blocks that they lead to, as rows of the store.
 *
 * All processes of the API share the rows: whoever judges an attempt takes the account's row first,
 * and holds it to the end of the transaction. Nothing here needs Kafka; each attempt is queued for
 * it, for other sites and for the rebuild of a store. Everything runs in the caller's transaction.
 */
#ifndef CARRITO_COLLECTOR_LOGIN_H
#define CARRITO_COLLECTOR_LOGIN_H

#include "collector/access/access.h"
#include "collector/access/access_attempts.h"
#include "collector/store/store.h"

struct settings;

struct login_attempt {
    const char *id; /* random; counts once */
    const char *user;
    const char *address; /* NULL, or no address: it comes from no place */
    int64_t at_ms;
    enum sign_in_verdict verdict; /* what it was answered */
};

struct attempt_limits login_limits(const struct settings *settings);
/* "ok", "refused", "blocked": the outcome in carrito.login-attempts and in the metric. */
const char *login_outcome_name(enum sign_in_verdict verdict);
/* SIGN_IN_REFUSED where the word is another. */
enum sign_in_verdict login_outcome_from_name(const char *name);

/* Takes the account's row, made where there is none, and reads it; or that of the attempt's place,
 * where it has one. The attempt's verdict is not looked at. */
void login_open_account(struct store *store, const struct login_attempt *attempt, int64_t now_ms,
                        struct attempt_account *account);
/* Where the attempt was granted, the open account has its place from now on. */
void login_note_place(struct store *store, const struct login_attempt *attempt);
/* True where somebody, whoever, signed in from this address (IPv6: its /64) lately. */
bool login_is_place(struct store *store, const char *address, int64_t now_ms);
/* Counts an attempt on an open account that its rule says counts; blocks the account, or its place,
 * where it is one too many. Unless the block is over already an account of somebody has an alert;
 * what nobody has is noted (login_strangers.h). An id that is there counts no more. */
void login_count(struct store *store, const struct settings *settings,
                 const struct login_attempt *attempt, int64_t now_ms);
/* Owes the attempt to Kafka. */
void login_enqueue(struct store *store, const struct login_attempt *attempt);

/* An operator lifts a block, of the account and of its places: the attempts before are forgotten
 * and the alert ends. False where none is blocked. */
bool login_lift(struct store *store, const char *user, int64_t now_ms);
/* True where a block has run out, and its alert is to end. */
bool login_has_ended(struct store *store, int64_t now_ms);
/* Ends the alerts of the blocks that have run out. */
void login_end(struct store *store, int64_t now_ms);
/* Drops what is of no consequence any more. */
void login_prune(struct store *store, const struct settings *settings, int64_t now_ms);

#endif
