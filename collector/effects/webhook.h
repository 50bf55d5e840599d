/* Posts JSON to an address of the administrator's, by libcurl: signed, and with an id by which a
 * repetition is told. Redirections are not followed: later, with their address in the answer.
 *
 * X-Carrito-Signature is `sha256=` and HMAC-SHA256, in hexadecimal, of
 * `X-Carrito-Time.X-Carrito-Id.body`: what was listened to and is sent again has an old time
 * (seconds since 1970), and under another time or id the signature is wrong. */
#ifndef CARRITO_COLLECTOR_WEBHOOK_H
#define CARRITO_COLLECTOR_WEBHOOK_H

#include "collector/effects/transfers.h"

struct webhook {
    const char *url;    /* webhook_url_is_valid() */
    const char *secret; /* NULL: not signed */
};

struct webhook_message {
    const char *id;      /* X-Carrito-Id; the same for a repetition */
    struct buffer *body; /* JSON; emptied: the transfer owns it now */
    void *owner;
};

/* https://…, or http://… to this machine's loopback; "" is none and fine, too. */
bool webhook_url_is_valid(const char *url);

/* Begins to post it. False where there is no memory: try later. */
bool webhook_post(struct transfers *transfers, const struct webhook *webhook,
                  const struct webhook_message *message);

#endif
