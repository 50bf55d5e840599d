/* What a word of a cart does: the cart is heard, and its timer set on. */
#include "collector/location/location.h"
#include "collector/role/alert.h"

#include <stdio.h>
#include <string.h>

void location_hear(struct location *location, struct cart_row *cart,
                   const struct kafka_record *record, bool phone)
{
    bool vanished = strcmp(cart->state, "vanished") == 0 || strcmp(cart->state, "absent") == 0;

    /* Topics are read side by side: an older word of another topic, or the sale just before an
     * `offline`, does not bring the cart back. */
    if (record->append_ms < cart->heard_ms ||
        (record->append_ms == cart->heard_ms && strcmp(cart->state, "offline") == 0))
        return;
    cart->heard_ms = record->append_ms;
    cart->part = record->partition;
    cart->phone = phone;
    snprintf(cart->state, sizeof cart->state, "heard");
    kafka_in_header(record, "bridge", cart->bridge, sizeof cart->bridge);
    silence_word(location->silence,
                 &(struct silence_word){ .cart = cart->cart,
                                         .bridge = cart->bridge,
                                         .partition = record->partition,
                                         .heard_ms = cart->heard_ms,
                                         .limit_ms = phone ? location->limits.phone_ms
                                                           : location->limits.cart_ms });
    if (vanished)
        alert_end(location->store, ALERT_CART_VANISHED, cart->cart, record->append_ms);
    location_check_receiver(location, cart, record->append_ms);
}

void location_part(struct location *location, struct cart_row *cart,
                   const struct kafka_record *record)
{
    if (strcmp(cart->state, "vanished") == 0)
        alert_end(location->store, ALERT_CART_VANISHED, cart->cart, record->append_ms);
    snprintf(cart->state, sizeof cart->state, "offline");
    silence_stop(location->silence, cart->cart);
}
