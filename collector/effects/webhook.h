/* Posts JSON to an address of the administrator's, by libcurl: signed, and with an id by which a
 * repetition is told. Redirections are not followed: later, with their address in the answer. */
#ifndef CARRITO_COLLECTOR_WEBHOOK_H
#define CARRITO_COLLECTOR_WEBHOOK_H

#include "collector/effects/transfers.h"

struct webhook {
    const char *url;    /* http:// or https:// */
    const char *secret; /* NULL: not signed */
};

struct webhook_message {
    const char *id;      /* X-Carrito-Id; the same for a repetition */
    struct buffer *body; /* JSON; emptied: the transfer owns it now */
    void *owner;
};

/* Begins to post it. False where there is no memory: try later. */
bool webhook_post(struct transfers *transfers, const struct webhook *webhook,
                  const struct webhook_message *message);

#endif
