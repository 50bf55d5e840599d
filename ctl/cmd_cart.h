/* Words of `carritoctl cart` that are more than a request: what is done where the guild's authority
 * over its carts is (authority.h). */
#ifndef CARRITO_CTL_CMD_CART_H
#define CARRITO_CTL_CMD_CART_H

#include "common/event.h"
#include "ctl/command.h"

/* Of all words of `cart`. */
enum { CART_KEY_OPTIONS = 10 };
extern const struct option_spec cart_key_options[CART_KEY_OPTIONS];

/* `add PLATE`: key, certificate and settings of a cart, as one file for its board. */
int cart_add(const struct ctl *ctl, const struct options *options);

/* `revoke PLATE`: its certificates are taken back; with `--crl`, beside a broker, its session ends.
 */
int cart_revoke(const struct ctl *ctl, const struct options *options);

/* `renew PLATE`: signs what the cart asks for, and sends it there by the centre. */
int cart_renew(const struct ctl *ctl, const struct options *options);

/* The plate that stands behind the word; false, and told. */
bool cart_key_plate(const struct ctl *ctl, const struct options *options,
                    char cart[CART_LENGTH_MAX + 1]);
/* The folder of the authority, and how many days a certificate lasts. */
const char *cart_key_folder(const struct options *options);
int64_t cart_key_days(const struct options *options);

#endif
