/* TLS to a broker whose address is known: the certificate must be for the name that was configured,
 * whichever of its addresses is tried. libmosquitto takes what it connects to for the name, looks
 * it up on the caller's thread and tries its first address only; so it gets the address, and the
 * name is verified here, by OpenSSL's own rules (RFC 6125). For mqtt_client.c and mqtt_link.c only.
 */
#ifndef CARRITO_MQTT_TLS_H
#define CARRITO_MQTT_TLS_H

#include "common/mqtt_link.h"

#include <openssl/ssl.h>
#include <stdint.h>

struct mqtt_tls_peer {
    const char *name; /* a name, or a numeric address; not owned */
    int error;        /* X509_V_ERR_… of the certificate that was refused; 0: none was */
    int alert;        /* with which the peer ended TLS (RFC 8446, 6.2); 0: with none */
};

/* A context for one attempt to reach `peer`, which must outlive it; SSL_CTX_free() ends it. NULL
 * where a file cannot be read, a key needs a password, or key and certificate do not fit. Blocks
 * for the disk. */
SSL_CTX *mqtt_tls_new(const struct mqtt_link_options *options, struct mqtt_tls_peer *peer);

#define MQTT_TLS_WHY_MAX 160
/* Why a certificate was refused, here or by the peer (one of `error`, `alert` is set), for a log.
 * `wall_ms`: what this machine takes for the time, which is told where it may be what is wrong. */
void mqtt_tls_why(const struct mqtt_tls_peer *peer, int64_t wall_ms, char why[MQTT_TLS_WHY_MAX]);

#endif
