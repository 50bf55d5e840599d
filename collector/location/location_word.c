/* What a word of a cart does: the cart is heard, its timer set on, and what it says of its receiver
 * looked at. */
#include "collector/alerts/alert.h"
#include "collector/location/location.h"

#include "common/clock.h"

#include "location_sql.h"

#include <string.h>

#define NOFIX_MS 120000 /* without a fix, although it should have one: the contract's */

static struct silence_word last_word(const struct location *location, const struct cart_row *cart)
{
    return (struct silence_word){ .cart = cart->cart,
                                  .bridge = cart->bridge,
                                  .partition = (int32_t)cart->part,
                                  .heard_ms = cart->heard_ms,
                                  .place = (size_t)cart->heard_place,
                                  .limit_ms = cart->phone ? location->limits.phone_ms
                                                          : location->limits.cart_ms };
}

static void set_timer(struct location *location, const struct cart_row *cart)
{
    const struct silence_word word = last_word(location, cart);

    silence_word(location->silence, &word);
}

/* By Kafka's time, which may have been set back. */
static bool is_older(struct location *location, const struct cart_row *cart,
                     const struct kafka_record *record)
{
    const struct silence_word word = { .partition = record->partition,
                                       .heard_ms = record->append_ms };
    const struct silence_word last = last_word(location, cart);

    return cart->heard_ms != EVENT_ABSENT && silence_is_older(location->silence, &word, &last);
}

void location_receiver(struct location *location, struct cart_row *cart, int64_t append_ms)
{
    bool without = strcmp(cart->gps, "nofix") == 0 || strcmp(cart->gps, "absent") == 0;

    if (without && cart->nofix_ms == EVENT_ABSENT)
        cart->nofix_ms = append_ms;
    if (without || cart->nofix_ms == EVENT_ABSENT)
        return;
    cart->nofix_ms = EVENT_ABSENT;
    alert_end(location->store, ALERT_GPS_STUCK, cart->cart, append_ms);
}

void location_check_receiver(struct location *location, const struct cart_row *cart,
                             int64_t append_ms)
{
    bool absent = strcmp(cart->gps, "absent") == 0;

    if (cart->nofix_ms == EVENT_ABSENT || append_ms - cart->nofix_ms < NOFIX_MS)
        return;
    int64_t since_ms =
        later(cart->nofix_ms, alert_last_end(location->store, ALERT_GPS_STUCK, cart->cart));
    if (append_ms - since_ms < NOFIX_MS)
        return;
    struct saying says = absent ? SAY_ALERT_GPS_STUCK_ABSENT(cart->cart, NOFIX_MS / 1000)
                                : SAY_ALERT_GPS_STUCK_NOFIX(cart->cart, NOFIX_MS / 1000);
    alert_raise(location->store, &(struct alert){ .kind = ALERT_GPS_STUCK,
                                                  .subject = cart->cart,
                                                  .cart = cart->cart,
                                                  .says = says,
                                                  .lang = location->lang,
                                                  .at_ms = since_ms + NOFIX_MS });
}

/* It may have been reported before anybody knew it. */
static void meet(struct location *location, struct cart_row *cart, int64_t heard_ms)
{
    struct fugitive_context context = { location->store, location->lang };

    if (fugitive_first_heard(&context,
                             &(struct suspect){ cart->cart, cart->lat, cart->lon, cart->fix_ms },
                             heard_ms))
        cart->fugitive = 1;
}

void location_hear(struct location *location, struct cart_row *cart,
                   const struct kafka_record *record, bool phone)
{
    /* Topics are read side by side: an older word of another topic, or the sale just before an
     * `offline`, does not bring the cart back. */
    if (is_older(location, cart, record) ||
        (record->append_ms == cart->heard_ms && cart_state_from_name(cart->state) == CART_OFFLINE))
        return;
    if (cart->heard_ms == EVENT_ABSENT)
        meet(location, cart, record->append_ms);
    cart->heard_ms = record->append_ms;
    cart->part = record->partition;
    cart->phone = phone;
    kafka_in_header(record, HEADER_BRIDGE, cart->bridge, sizeof cart->bridge);
    const struct silence_word word = last_word(location, cart);
    cart->heard_place = (int64_t)silence_place(location->silence, &word);
    if (cart->closed_ms != EVENT_ABSENT) {
        cart_row_move(cart, CART_SPOKE_CLOSED); /* no timer */
        return;
    }
    set_timer(location, cart);
    if (cart_row_move(cart, CART_SPOKE) == CART_ALERT_ENDS)
        alert_end(location->store, ALERT_CART_VANISHED, cart->cart, record->append_ms);
    location_check_receiver(location, cart, record->append_ms);
}

void location_part(struct location *location, struct cart_row *cart,
                   const struct kafka_record *record)
{
    if (cart_row_move(cart, CART_SIGNED_OFF) == CART_ALERT_ENDS)
        alert_end(location->store, ALERT_CART_VANISHED, cart->cart, record->append_ms);
    silence_stop(location->silence, cart->cart);
}

void location_close(struct location *location, struct cart_row *cart,
                    const struct kafka_record *record, int64_t closed_ms)
{
    if (cart->closed_ms != EVENT_ABSENT)
        return;
    location_part(location, cart, record);
    cart->closed_ms = closed_ms;
    store_run(location->store, SQL_CLOSING_INSERT, "ti", cart->cart, closed_ms);
    /* Nobody expects a fix until it is open again. */
    if (cart->nofix_ms != EVENT_ABSENT)
        alert_end(location->store, ALERT_GPS_STUCK, cart->cart, record->append_ms);
    cart->nofix_ms = EVENT_ABSENT;
}

void location_open(struct location *location, struct cart_row *cart,
                   const struct kafka_record *record)
{
    if (cart->closed_ms == EVENT_ABSENT)
        return;
    store_run(location->store, SQL_CLOSING_END, "iti", record->append_ms, cart->cart,
              cart->closed_ms);
    cart->closed_ms = EVENT_ABSENT;
    if (record->append_ms != cart->heard_ms && !is_older(location, cart, record))
        return; /* location_hear does the rest */
    cart_row_move(cart, CART_OPENED);
    set_timer(location, cart);
}
