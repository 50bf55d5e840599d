/* Fugitives: carts that a report ("denuncia") is about, until an operator clears them (contract,
 * section 5). All runs in the caller's transaction; an id of a report counts once.
 *
 * What anybody may say costs a bounded amount: a plate that nobody knows is a sighting until the
 * cart is heard, no more than FUGITIVES_OPEN_MAX carts are fugitives by such words alone, and a
 * member's cart is asked for its place more often only once an operator or its vendor said so. */
#ifndef CARRITO_COLLECTOR_FUGITIVE_H
#define CARRITO_COLLECTOR_FUGITIVE_H

#include "collector/location/fix_filter.h"
#include "collector/store/store.h"
#include "common/catalogue.h"
#include "common/json_read.h"
#include "common/protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_ID_MAX     64
#define REPORT_NOTE_MAX   500    /* code points */
#define PLACE_METRES      100    /* so near was the cart's last fix … */
#define PLACE_MS          300000 /* … and so near in time: the contract's */
#define LOCATE_INTERVAL_S 5
#define FOLLOWED_MS       86400000 /* for so long it is asked, unless that is renewed */
#define FUGITIVES_OPEN_MAX                                                                         \
    100 /* that no operator or vendor confirmed; more reports are sightings */
#define FUGITIVES_CLEARED_MAX 1000 /* in one call */

struct report {
    char id[REPORT_ID_MAX * 4 + 1];
    int64_t time_ms;                /* EVENT_ABSENT: not said */
    char cart[CART_LENGTH_MAX + 1]; /* "": a place alone */
    double lat, lon;
    char note[REPORT_NOTE_MAX * 4 + 1];
    bool trusted; /* an operator's, or of the vendor of that cart */
};

/* The record's member that makes it trusted; the API alone writes it, for who has signed in. */
#define REPORT_TRUSTED "trusted"

/* Why a cart became one, as the store keeps it. */
#define FUGITIVE_BY_PLATE "plate"
#define FUGITIVE_BY_PLACE "place"

/* Appends the reason in words; rows of earlier releases have the words themselves. */
void fugitive_say_reason(const char *reason, enum lang lang, struct buffer *out);

struct fugitive_context {
    struct store *store;
    enum lang lang; /* the guild's */
};

/* A cart with its last position; lat and lon NAN: it has none. */
struct suspect {
    const char *cart;
    double lat, lon;
    int64_t fix_ms;
};

/* Reads cart, lat, lon and note, as a person types them or as they lie in Kafka. */
bool report_read_members(const cJSON *object, struct report *report, struct json_reason *why);
/* Reads a record of carrito.reports. */
bool report_read(const char *bytes, size_t length, struct report *report, struct json_reason *why);
/* Stores it; false where its id is there already. */
bool report_keep(struct store *store, const struct report *report);

/* Makes the cart a fugitive, where it is none, on account of this report, which is open then. False
 * where there are too many that nobody confirmed: it stays a sighting. */
bool fugitive_make(const struct fugitive_context *context, const struct report *report,
                   const struct suspect *suspect);
/* The cart was heard for the first time, at `heard_ms`: sightings of its plate make it one from
 * then on. True where they do. */
bool fugitive_first_heard(const struct fugitive_context *context, const struct suspect *suspect,
                          int64_t heard_ms);
/* An operator says that it is one: it is asked for its place for another FOLLOWED_MS. False where
 * it is none. */
bool fugitive_confirm(struct store *store, const char *cart, int64_t now_ms);
/* An operator dismisses a report, and the fugitives that it alone made end with it. False where it
 * is neither open nor a sighting. */
bool report_dismiss(struct store *store, const char *id, int64_t now_ms);
/* A fugitive's position. */
void fugitive_seen(struct store *store, const char *cart, const struct fix *fix);
/* An operator clears it; false where it is none. */
bool fugitive_clear(struct store *store, const char *cart, int64_t now_ms);

/* Is there one that is to be asked (again) where it is? And asks. Only carts that were heard in the
 * last hour are: others could not answer. */
bool fugitive_is_due(struct store *store, int64_t now_ms);
void fugitive_locate(struct store *store, int64_t now_ms);

/* Reports of a place alone wait for the end of their batch: the positions that they are held
 * against may be read in it. Zero-initialised it is empty. */
struct place_reports {
    struct report *reports;
    size_t count;
};
void place_reports_add(struct place_reports *places, const struct report *report);
/* The carts of the batch are written. */
void place_reports_judge(struct place_reports *places, const struct fugitive_context *context);
void place_reports_forget(struct place_reports *places);

#endif
