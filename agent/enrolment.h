/* The file that makes a board a cart: what `carritoctl cart add` writes and `carrito-agent enrol`
 * takes. Pure.
 *
 * One text: first settings, `key=value` as in the agent's own file, `cart` among them; then parts,
 * each begun by a line `[NAME]`, whose lines are the content of a file of its own. */
#ifndef CARRITO_AGENT_ENROLMENT_H
#define CARRITO_AGENT_ENROLMENT_H

#include "common/buffer.h"
#include "common/config.h"
#include "common/event.h"

#include <stdbool.h>
#include <stddef.h>

#define ENROLMENT_BYTES_MAX    65536 /* a longer file is refused */
#define ENROLMENT_SETTINGS_MAX 32    /* there is room for as many more */

enum enrolment_part {
    ENROLMENT_KEY,         /* [key]: the cart's, secret */
    ENROLMENT_CERTIFICATE, /* [certificate]: for its plate */
    ENROLMENT_BROKERS,     /* [brokers]: the certificates by which it knows the brokers */
    ENROLMENT_AUTHORITY,   /* [authority]: the certificate that signed the cart's */
    ENROLMENT_CLIENTS,     /* [clients]: the guild's key for pseudonyms, secret; may be missing */
    ENROLMENT_PARTS
};

struct enrolment {
    char cart[CART_LENGTH_MAX + 1]; /* folded */
    struct config_pairs settings;   /* all of them; `cart` is folded */
    struct buffer parts[ENROLMENT_PARTS];
};

#define ENROLMENT_WHY_MAX 160

/* Fills the enrolment, which must be all zero. False: `why` says in words what is wrong, with the
 * line's number, and never what stands in a part. Which settings an agent takes, and whether key
 * and certificate are good, is not looked at. Free it in both cases. */
bool enrolment_read(const char *text, size_t length, struct enrolment *enrolment,
                    char why[ENROLMENT_WHY_MAX]);
/* Wipes the key. */
void enrolment_free(struct enrolment *enrolment);

#endif
