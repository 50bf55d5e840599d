/* `Idempotency-Key`: what is asked twice is done once (contract, section 6).
 *
 * A client that does not know whether its POST was heard sends it again with the same key, and
 * gets the answer that the first one got. The answer is kept in the transaction of its effect, for
 * IDEMPOTENCY_MS, under a hash of route, path, caller and key, and sealed with another one of them:
 * who reads the store does not read what was answered. What was refused had no effect and is not
 * kept: it may be corrected and sent under the same key.
 * Calls block for the store. */
#ifndef CARRITO_COLLECTOR_IDEMPOTENCY_H
#define CARRITO_COLLECTOR_IDEMPOTENCY_H

#include "collector/http/request.h"
#include "collector/http/response.h"
#include "collector/store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define IDEMPOTENCY_MS        (24 * 3600 * 1000LL)
#define IDEMPOTENCY_KEY_ALONE 22 /* 128 random bits in base64url */
#define IDEMPOTENCY_SEAL_SIZE 32
#define IDEMPOTENCY_KEY_MAX   255 /* printable ASCII; longer or other is refused as malformed */

/* One call's key; zeroed: the call has none. */
struct idempotency {
    char id[33];     /* "": none */
    char body[33];   /* a hash, by `seal`: a body may have a password in it */
    char former[33]; /* as the release before kept it; "": not known yet (idempotency_take_file) */
    unsigned char seal[IDEMPOTENCY_SEAL_SIZE]; /* of the answer, which may tell a secret */
};

/* Reads the header. False where it is malformed. The caller is known by its token; without one by a
 * key of IDEMPOTENCY_KEY_ALONE signs or more, or else by its address too, so that nobody gets
 * another's answer. */
bool idempotency_read(const struct request *request, struct idempotency *key);
/* A body that is in request->file is read here, on a thread that may wait: until then the key has
 * no body. False where it cannot be read. */
bool idempotency_take_file(const struct request *request, struct idempotency *key);

enum idempotency_verdict {
    IDEMPOTENCY_NEW,      /* go on */
    IDEMPOTENCY_REPEATED, /* the response is the first one's now */
    IDEMPOTENCY_OTHER     /* the key belongs to another body */
};
/* For a call with a key. An error of the store is a new key, and sticks. */
enum idempotency_verdict idempotency_find(struct store *store, const struct idempotency *key,
                                          int64_t now_ms, struct response *response);
/* In the transaction of the effect: keeps the answer. False where somebody else's has been kept
 * meanwhile: the caller rolls back and looks again; or where the store failed. */
bool idempotency_keep(struct store *store, const struct idempotency *key, int64_t now_ms,
                      const struct response *response);

#endif
