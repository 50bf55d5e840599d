/* The event: what travels from a cart to the centre (contract, section 2).
 *
 * An agent writes it once and resends the same bytes for ever; the bridge checks it; the roles of
 * the collector read it. Unknown keys are kept in the bytes and left out here. */
#ifndef CARRITO_EVENT_H
#define CARRITO_EVENT_H

#include "common/buffer.h"
#include "common/json_read.h"
#include "common/protocol.h"

/* The types of events: the word on the wire, the topic where its readers are (WIRE_…), and the
 * member that is the record's key there. Stores keep the number, so a new one stands last
 * (docs/engineer.md, "An event type"). `clock` goes where sales go: it moves sales of its boot to
 * their day, and who counts them must find both in one partition, in order. */
#define EVENT_TYPE_TABLE(X)                                                                        \
    X(SALE, "sale", SALES, cart)                                                                   \
    X(VOID, "void", SALES, cart)                                                                   \
    X(LOCATION, "location", LOCATIONS, cart)                                                       \
    X(STOCK, "stock", SALES, cart)                                                                 \
    X(ORDER, "order", ORDER_STEPS, order)                                                          \
    X(CLOCK, "clock", SALES, cart)

#define EVENT_TYPE_NUMBER(id, word, topic, key) EVENT_##id,
enum event_type { EVENT_TYPE_TABLE(EVENT_TYPE_NUMBER) EVENT_TYPES };

enum event_clock { CLOCK_GPS, CLOCK_NTP, CLOCK_RTC, CLOCK_NONE, CLOCK_SOURCES };

/* Pesos of a sale: ten thousand million sales of it still have a sum. Who records a sale refuses
 * more; what an agent of before this limit recorded is read as a sale without an amount. */
#define AMOUNT_MAX 1000000000

#define EVENT_ABSENT (-1) /* an optional integer that the event does not have */

struct event {
    enum event_type type;
    enum event_clock clock;
    char cart[CART_LENGTH_MAX + 1];
    char epoch[EPOCH_LENGTH_MAX + 1]; /* "" in a phone's position */
    int64_t seq;                      /* 0 in a phone's position */
    int64_t ts_ms;
    char boot[64 * 4 + 1];                       /* "" where absent */
    int64_t boot_ms;                             /* EVENT_ABSENT */
    int64_t receipt;                             /* sale, void; else EVENT_ABSENT */
    char sale_epoch[EPOCH_LENGTH_MAX + 1];       /* void: the sale's; "": the event's own */
    int64_t quantity;                            /* sale; else EVENT_ABSENT */
    int64_t amount;                              /* EVENT_ABSENT */
    bool amount_bad;                             /* over AMOUNT_MAX, and so taken as absent */
    int64_t stock;                               /* EVENT_ABSENT */
    char client[CLIENT_CODE_POINTS_MAX * 4 + 1]; /* blanks trimmed; "" where absent */
    char reason[REASON_CODE_POINTS_MAX * 4 + 1]; /* "" where absent */
    char order[64 * 4 + 1];                      /* "" where absent */
    char status[32 * 4 + 1];                     /* order events */
    bool has_position;                           /* lat and lon are set */
    double lat, lon;                             /* degrees, WGS 84 */
    int64_t fix_ms;                              /* sale; EVENT_ABSENT */
    int64_t created_ms;              /* a phone's: when the message was made; EVENT_ABSENT */
    double acc, alt, vel, cog, batt; /* NAN where absent */
    bool owntracks;                  /* a phone: no epoch, no seq */
    bool desk;                       /* typed at the centre: no word of the cart */
};

/* All optional members absent. */
void event_clear(struct event *event);

/* Reads one event. False: `why` says what is wrong and `event` must not be used.
 * Depth, size, types and ranges are the contract's. Neither pointer is kept. */
bool event_read(const char *bytes, size_t length, struct event *event, struct json_reason *why);

/* Appends the event as one line of JSON, without a line end. The caller's promise: it is valid. */
void event_write(const struct event *event, struct buffer *out);

const char *event_type_name(enum event_type type);
const char *event_clock_name(enum event_clock clock);

/* Plates: `[A-Z0-9][A-Z0-9-]{2,15}`. */
bool cart_is_valid(const char *text);
/* Folds what a person typed, or a file configures, of at most CART_TYPED_MAX signs: upper case, no
 * blanks around; where letters and digits alone are a Chilean plate, blanks, dots and hyphens
 * go, and so does a check digit behind a hyphen: one plate is one text. False where it is none. */
bool cart_from_person(const char *typed, char cart[CART_LENGTH_MAX + 1]);
/* Whether a plate has one of the forms of Chile's: letters, then figures. */
bool cart_is_national(const char *cart);
/* Whether both are spellings of one plate. */
bool cart_is_same(const char *typed, const char *cart);
bool epoch_is_valid(const char *text);
/* A new random epoch, 32 digits; from the kernel's random numbers (may block early at boot). */
void epoch_make(char epoch[EPOCH_LENGTH_MAX + 1]);

#endif
