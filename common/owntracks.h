/* What phones with OwnTracks say, turned into our events.
 *
 * Stock phones send one JSON object a message, told apart by `_type` (owntracks.org/booklet, "JSON
 * format"). A `location`, and a `transition` with its place (which is optional there), is a
 * position; all else has nothing that a guild needs and is left alone. Phones repeat for weeks what
 * is refused, so the caller keeps what cannot be read as a dead letter and says yes. Pure,
 * thread-safe. */
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

/* Which part of a topic is the cart. Behind a broker that binds the topic's user to who has signed
 * in, only the user may be: whoever signs in may name any device. */
enum owntracks_rule { OWNTRACKS_CART_IS_DEVICE, OWNTRACKS_CART_IS_USER };

/* Header of what the bridge made by the rule "user": such a cart must be known already. */
#define OWNTRACKS_RULE_HEADER "owntracks-cart"
#define OWNTRACKS_RULE_USER   "user"

/* The cart of `owntracks/{user}/{device}` and what lies below, folded. A leading slash is forgiven.
 * False and the reason where the topic is another one, the part no plate, or the other part the
 * plate of another cart in a national form (BBCL23): nobody speaks for two. `cart` is untouched
 * then. */
bool owntracks_cart(const char *topic, enum owntracks_rule rule, char cart[CART_LENGTH_MAX + 1],
                    struct json_reason *why);

#endif
