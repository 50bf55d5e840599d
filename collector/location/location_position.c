/* Where a cart is: positions and sales, and whether its receiver still finds a fix. */
#include "collector/alerts/alert.h"
#include "collector/engine/event_time.h"
#include "collector/location/fix_filter.h"
#include "collector/location/location.h"
#include "common/clock.h"
#include "common/owntracks.h"

#include "location_sql.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A last fix from a far future, as an earlier release kept it, counts as none. One that is a little
 * ahead may be right: Kafka's clock may have been set back. */
static struct fix_filter filter_of(const struct cart_row *cart, int64_t append_ms)
{
    return (struct fix_filter){
        .has_last = cart->fix_ms != EVENT_ABSENT && cart->fix_ms <= append_ms + PHONE_BEHIND_MS_MAX,
        .last = { cart->lat, cart->lon, cart->fix_ms, cart->fix_dated != 0 },
        .claim = { cart->claim_lat, cart->claim_lon, cart->claim_ms, false },
        .claim_count = cart->claim_count,
    };
}

/* Moves the cart where the fix can be. */
static enum fix_verdict move(struct cart_row *cart, const struct fix *fix, double acc,
                             int64_t append_ms)
{
    struct fix_filter filter = filter_of(cart, append_ms);
    enum fix_verdict verdict = fix_filter_judge(&filter, fix);

    if (verdict == FIX_BELIEVED) {
        cart->fix_ms = fix->time_ms;
        cart->lat = fix->lat;
        cart->lon = fix->lon;
        cart->acc = acc;
        cart->fix_dated = fix->dated;
    }
    cart->claim_count = filter.claim_count;
    cart->claim_lat = filter.claim_count > 0 ? filter.claim.lat : NAN;
    cart->claim_lon = filter.claim_count > 0 ? filter.claim.lon : NAN;
    cart->claim_ms = filter.claim_count > 0 ? filter.claim.time_ms : EVENT_ABSENT;
    return verdict;
}

static struct fix fix_of(const struct event *event, int64_t fix_ms, int64_t append_ms)
{
    struct fix fix = { .lat = event->lat, .lon = event->lon };

    fix.time_ms = event_time_ms(event, fix_ms, append_ms);
    fix.dated = fix.time_ms != fix_ms || event->clock == CLOCK_NONE;
    return fix;
}

/* Two in a row whose time cannot be: its clock, not a message. The right one ends it. */
static void judge_clock(struct location *location, const struct cart_row *cart,
                        const struct fix *fix, int64_t append_ms)
{
    if (fix->dated && cart->fix_dated != 0)
        alert_raise(location->store, &(struct alert){ .kind = ALERT_CLOCK_BAD,
                                                      .subject = cart->cart,
                                                      .cart = cart->cart,
                                                      .says = SAY_ALERT_CLOCK_BAD_PHONE(cart->cart),
                                                      .lang = location->lang,
                                                      .at_ms = append_ms });
    else if (!fix->dated && cart->fix_dated != 0)
        alert_end(location->store, ALERT_CLOCK_BAD, cart->cart, append_ms);
}

static void apply_fix(struct location *location, struct cart_row *cart, const struct event *event,
                      int64_t append_ms)
{
    bool is_position = event->type == EVENT_LOCATION;
    int64_t fix_ms = !is_position && event->fix_ms != EVENT_ABSENT ? event->fix_ms : event->ts_ms;
    struct fix fix = fix_of(event, fix_ms, append_ms);
    if (event->owntracks && cart->phone != 0)
        judge_clock(location, cart, &fix, append_ms);
    enum fix_verdict verdict = move(cart, &fix, event->acc, append_ms);
    bool is_place = verdict == FIX_BELIEVED || verdict == FIX_OLD;

    if (is_place && is_position)
        store_run(location->store, SQL_TRACK_INSERT, "tinn", cart->cart,
                  event->owntracks ? fix.time_ms : event->ts_ms, event->lat, event->lon);
    if (verdict == FIX_BELIEVED && !isnan(event->batt)) /* a phone sends no heartbeat to say it */
        cart->batt = event->batt;
    /* Of what is looked for every point is evidence, also one that is not believed yet. */
    if (verdict != FIX_IMPOSSIBLE && cart->fugitive != 0)
        fugitive_seen(location->store, cart->cart, &fix);
    if (verdict == FIX_BELIEVED && is_position && append_ms >= cart->nofix_ms) {
        if (cart->nofix_ms != EVENT_ABSENT)
            alert_end(location->store, ALERT_GPS_STUCK, cart->cart, append_ms);
        cart->nofix_ms = EVENT_ABSENT;
    }
}

/* Who signs in at the broker is not yet a cart of the guild. */
static bool is_strangers(struct location *location, const struct event *event,
                         const struct kafka_record *record)
{
    char rule[8];

    return event->owntracks && kafka_in_header(record, OWNTRACKS_RULE_HEADER, rule, sizeof rule) &&
           strcmp(rule, OWNTRACKS_RULE_USER) == 0 &&
           !cart_rows_knows(&location->carts, location->store, event->cart);
}

static bool read_event(struct location *location, const struct kafka_record *record,
                       struct event *event)
{
    bool is_ours = strcmp(record->topic, TOPIC_LOCATIONS) == 0;
    struct json_reason why;

    /* A sale that cannot be read is the dead letter of the role `sales`. */
    if (!event_read(record->value, record->value_length, event, &why)) {
        if (is_ours)
            outgoing_dead_letter(location->store, record, &why);
        return false;
    }
    if (event->owntracks) /* the bridge has folded who it is */
        cart_known_as(location->store, event->cart);
    if (is_ours && event->type != EVENT_LOCATION)
        json_refuse(&why, "type", SAY_REASON_EVENT_TOPIC());
    else if (is_ours && is_strangers(location, event, record))
        json_refuse(&why, "cart", SAY_REASON_PHONE_USER());
    else
        return true;
    outgoing_dead_letter(location->store, record, &why);
    return false;
}

/* What is typed at the centre, carried there on a card or tried again says nothing of now, as what
 * is retained; no record of a bridge but dead letters has the header `source`. A former outbox is
 * sent by a board that is no cart on the street as this plate, and may break off at any moment. */
static bool is_word(const struct event *event, const struct kafka_record *record)
{
    char text[8];

    return !event->desk && !kafka_in_header(record, HEADER_RETAINED, text, sizeof text) &&
           !kafka_in_header(record, HEADER_FORMER, text, sizeof text) &&
           !kafka_in_header(record, HEADER_SOURCE, text, sizeof text);
}

void location_apply_event(struct location *location, const struct kafka_record *record)
{
    struct event event;

    if (!read_event(location, record, &event))
        return;
    struct cart_row *cart = cart_rows_get(&location->carts, location->store, event.cart);
    /* What is typed at the centre is no word of the cart, and its place is what we knew already. */
    if (event.has_position && !event.desk)
        apply_fix(location, cart, &event, record->append_ms);
    if (is_word(&event, record))
        location_hear(location, cart, record, event.owntracks);
    if (event.type == EVENT_SALE)
        cart->sale_ms = later(cart->sale_ms, event_time_ms(&event, event.ts_ms, record->append_ms));
}
