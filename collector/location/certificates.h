/* Certificates that are about to end: `certificate-expiring`.
 *
 * A cart says in its heartbeat, a bridge in its beat, when the certificates end by which it
 * connects. Within CERTIFICATE_WARN_MS of that an alert is raised, once for each certificate; it
 * ends with the word of another one. */
#ifndef CARRITO_COLLECTOR_CERTIFICATES_H
#define CARRITO_COLLECTOR_CERTIFICATES_H

#include "collector/store/store.h"
#include "common/catalogue.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#define CERTIFICATE_WARN_MS (14 * 86400000LL)

/* Whoever spoke, and when by Kafka's time. */
struct certificate_word {
    const char *subject; /* plate, or the bridge's name */
    const char *cart;    /* NULL for a bridge */
    int64_t at_ms;
};

/* Looks for `certificate_ms` in the message; without it nothing is known. In the caller's
 * transaction. True where it is of another certificate than before: it is time to tell. */
bool certificates_hear(struct store *store, const cJSON *message,
                       const struct certificate_word *word);
/* Keeps or ends the cart's request for its next certificate: `request` in a state of its own, which
 * `GET /carts/{cart}` shows and `carritoctl cart renew` signs. In the caller's transaction. */
void certificates_ask(struct store *store, const cJSON *message,
                      const struct certificate_word *word);
/* Raises what is due, some at a time; asked about once a minute. */
void certificates_tell(struct store *store, enum lang lang, int64_t now_ms);

#endif
