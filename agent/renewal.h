/* The cart's certificate, and how it gets the next one without anybody going to the cart (contract,
 * section 3): in time before the end it makes a new key and asks, by a request in its `state`; the
 * authority's answer comes as the command `certificate`.
 *
 * Beside the outbox, each whole or not there: OUTBOX.key.new, a key that waits for its certificate;
 * OUTBOX.pem.new, that key with its certificate, by which the cart has not come in yet; OUTBOX.pem,
 * a pair by which it has. What the configuration names is never changed, and serves where it lasts
 * longer: so the way back from a pair that no broker takes is always there.
 *
 * Blocks for the disk only. Times are milliseconds since 1970. */
#ifndef CARRITO_AGENT_RENEWAL_H
#define CARRITO_AGENT_RENEWAL_H

#include "common/event.h"
#include "common/json_write.h"
#include "common/mqtt_link.h"

#include <stdbool.h>
#include <stdint.h>

#define RENEWAL_BEFORE_MS (30 * 86400000LL) /* the cart asks from then on */

struct renewal_options {
    const char *cart, *outbox;               /* copied */
    const char *certfile, *keyfile, *cafile; /* the configuration's; NULL: none. Copied */
};

struct renewal;

/* Which certificate proves who the cart is; the texts live as long as the renewal. NULL: none. */
struct renewal_use {
    const char *configured, *file;
    int64_t end_ms; /* of the file's; 0: not known */
};

/* NULL never; without a certificate nothing is asked for. */
struct renewal *renewal_open(const struct renewal_options *options);
void renewal_close(struct renewal *renewal);

/* The files for a link: while a new pair has not come in, it and the one in use take turns. Lives
 * as long as this. */
const struct mqtt_identity *renewal_identity(struct renewal *renewal);

/* Makes the key and the request when it is time. True where there is a request that was not there
 * before: it should be said. Cheap where nothing is due. Whoever is connected by TLS has a clock
 * that the broker's certificate bears out. */
bool renewal_turn(struct renewal *renewal, int64_t wall_ms);
/* NULL: nothing is wanted. */
const char *renewal_request(const struct renewal *renewal);
/* A turn, and then the member `request` of `state` where something is wanted. */
void renewal_write_request(struct renewal *renewal, int64_t wall_ms, struct json_writer *json);

/* The authority's answer. False where it is none for this key and cart, by the authority of the
 * certificate in use. True: it is on the disk, also where it was before, and the next attempt to
 * connect takes it. */
bool renewal_take(struct renewal *renewal, const char *certificate);

/* When it can no longer connect: its certificate ends, or the last of the authorities by which it
 * knows the broker; 0: not known. The files are read again, as somebody may have put others there.
 */
int64_t renewal_end_ms(struct renewal *renewal);
/* As of the last time that the files were looked at (heartbeats do). */
struct renewal_use renewal_use(const struct renewal *renewal);
/* The member `certificate_ms` of a heartbeat, where that is known. */
void renewal_write_end(struct renewal *renewal, struct json_writer *json);

#endif
