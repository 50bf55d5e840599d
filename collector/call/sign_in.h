/* Signing in by name and password, whichever way they came: counted, judged, and answered by a
 * token or a problem. */
#ifndef CARRITO_COLLECTOR_SIGN_IN_H
#define CARRITO_COLLECTOR_SIGN_IN_H

#include "collector/access/access.h"
#include "collector/access/login.h"
#include "collector/access/users.h"
#include "collector/call/call.h"

void sign_in_register_metrics(void); /* once, before any call */

/* A sign-in in hand: who and with what; the rest is filled in. */
struct sign_in_hand {
    const char *name, *password;
    struct account user;            /* as it was when the password was checked */
    struct attempt_account account; /* as it is in the transaction */
    struct identity who;            /* granted */
    struct token token;
};

/* On a worker that hashes; blocks for the hash and the store. Where it is not granted the answer is
 * a problem now; so it is where the store failed. */
enum sign_in_verdict sign_in(struct api_call *call, struct sign_in_hand *hand);
/* After sign_in() granted it: another password, of which this is the hash. All of the user's
 * sessions end, and hand->token is that of a new one. False where the answer is a problem now. */
bool sign_in_change_password(struct api_call *call, struct sign_in_hand *hand, const char *hash);
/* A name and password that came with the call. True where it is right: call->who is filled and the
 * token, which stands for it from now on, is remembered. */
bool sign_in_basic(struct api_call *call);

#endif
