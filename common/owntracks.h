/* What phones with OwnTracks say, turned into our events.
 *
 * Stock phones send one JSON object a message, told apart by `_type` (owntracks.org/booklet, "JSON
 * format"). A `location`, and a `transition` with its place, is a position; the other types have
 * nothing that a guild needs and are left alone. Phones repeat for weeks what is refused, so the
 * caller keeps what cannot be read as a dead letter and says yes. Pure, thread-safe. */
#ifndef CARRITO_OWNTRACKS_H
#define CARRITO_OWNTRACKS_H

#include "common/event.h"

#define OWNTRACKS_ROOT       "owntracks"
#define OWNTRACKS_BYTES_MAX  262144 /* a card has a picture in it */
#define OWNTRACKS_EVENT_ROOM 512    /* bytes that event_write() may need for such an event */

enum owntracks_result {
    OWNTRACKS_POSITION, /* *event is filled: `owntracks`, no epoch, no seq */
    OWNTRACKS_IGNORED,  /* nothing to keep: another type, or an empty payload */
    OWNTRACKS_REFUSED   /* `why` says what is wrong */
};

/* `cart` is the phone's plate. Only what the guild needs is taken over: no names of networks. */
enum owntracks_result owntracks_read(const char *cart, const char *bytes, size_t length,
                                     struct event *event, struct json_reason *why);

/* The cart of `owntracks/{user}/{device}` and what lies below: the device, upper-cased. A leading
 * slash is forgiven. False and the reason where the topic is another one, or the device no plate.
 */
bool owntracks_cart(const char *topic, char cart[CART_LENGTH_MAX + 1], struct json_reason *why);

#endif
