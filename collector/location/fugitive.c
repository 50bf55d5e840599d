/* Reports and what becomes of them. */
#include "collector/location/fugitive.h"
#include "collector/alerts/alert.h"
#include "collector/base/geo.h"
#include "collector/base/hash.h"
#include "collector/effects/command.h"

#include "fugitive_sql.h"
#include "fugitive_words.h"

#include "common/event.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_BYTES_MAX 8192
#define LOCATE_MS        600000 /* for so long it is asked at a time … */
#define LOCATE_RENEW_MS  120000 /* … and asked again so long before that ends */
#define HEARD_MS         3600000
#define LOCATE_MAX       100 /* carts asked in one transaction; the next follows at once */
#define SUSPECTS_MAX     100 /* carts near one place */
#define SIGHTINGS_MAX    100 /* of one plate, the oldest, that count when it is first heard */
#define DISMISSED_MAX    100 /* carts near one place, again */

/* Reports. */

bool report_read_members(const cJSON *object, struct report *report, struct json_reason *why)
{
    const char *cart = NULL, *note = "";

    *report = (struct report){ .time_ms = EVENT_ABSENT };
    if (!json_get_text(object, "cart", JSON_OPTIONAL, 0, CART_TYPED_MAX, &cart, why) ||
        !json_get_number(object, "lat", JSON_REQUIRED, -90, 90, &report->lat, why) ||
        !json_get_number(object, "lon", JSON_REQUIRED, -180, 180, &report->lon, why) ||
        !json_get_text(object, "note", JSON_OPTIONAL, 0, REPORT_NOTE_MAX, &note, why))
        return false;
    if (cart != NULL && cart[0] != '\0' && !cart_from_person(cart, report->cart))
        return json_refuse(why, "cart", SAY_REASON_PLATE("cart"));
    snprintf(report->note, sizeof report->note, "%s", note);
    return true;
}

bool report_read(const char *bytes, size_t length, struct report *report, struct json_reason *why)
{
    cJSON *object = json_read_object(bytes, length, REPORT_BYTES_MAX, 3, why);
    const char *id = NULL;
    bool good = object != NULL && report_read_members(object, report, why) &&
                json_get_text(object, "id", JSON_REQUIRED, 1, REPORT_ID_MAX, &id, why) &&
                json_get_int(object, "ts_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &report->time_ms, why);

    if (good)
        snprintf(report->id, sizeof report->id, "%s", id);
    report->trusted =
        good && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, REPORT_TRUSTED));
    cJSON_Delete(object);
    return good;
}

bool report_keep(struct store *store, const struct report *report)
{
    store_run(store, SQL_REPORT_INSERT, "titnnt", report->id, report->time_ms,
              report->cart[0] != '\0' ? report->cart : NULL, report->lat, report->lon,
              report->note[0] != '\0' ? report->note : NULL);
    return store_changed(store) == 1;
}

/* Fugitives. */

/* Since when it is one; EVENT_ABSENT: it is none. */
static int64_t since_of(struct store *store, const char *cart)
{
    struct store_rows *rows = store_query(store, SQL_FUGITIVE_FIND, "t", cart);
    int64_t since_ms = store_next(rows) ? store_int(rows, 0) : EVENT_ABSENT;

    store_rows_end(rows);
    return since_ms;
}

void fugitive_say_reason(const char *reason, enum lang lang, struct buffer *out)
{
    bool by_plate = strcmp(reason, FUGITIVE_BY_PLATE) == 0;
    struct saying saying = by_plate ? SAY_FUGITIVE_PLATE() : SAY_FUGITIVE_PLACE();

    if (by_plate || strcmp(reason, FUGITIVE_BY_PLACE) == 0)
        say_in(&saying, lang, out);
    else
        buffer_text(out, reason);
}

static void begin(const struct fugitive_context *context, const struct report *report,
                  const struct suspect *suspect)
{
    struct store *store = context->store;
    bool named = report->cart[0] != '\0';
    /* A member's goes on selling as before until somebody who may say so confirms it. */
    bool asked = report->trusted || !store_has(store, SQL_FUGITIVE_IS_MEMBERS, "t", suspect->cart);

    store_run(store, SQL_FUGITIVE_BEGIN, "titoi", suspect->cart, report->time_ms,
              named ? FUGITIVE_BY_PLATE : FUGITIVE_BY_PLACE,
              report->trusted ? report->time_ms : EVENT_ABSENT,
              asked ? report->time_ms + FOLLOWED_MS : 0);
    store_run(store, SQL_FUGITIVE_MARK, "it", (int64_t)1, suspect->cart);
    if (!isnan(suspect->lat))
        store_run(store, SQL_TRAIL_INSERT, "tiinn", suspect->cart, report->time_ms, suspect->fix_ms,
                  suspect->lat, suspect->lon);
    alert_raise(store,
                &(struct alert){ .kind = ALERT_CART_FUGITIVE,
                                 .subject = suspect->cart,
                                 .cart = suspect->cart,
                                 .says = named ? SAY_ALERT_CART_FUGITIVE_PLATE(suspect->cart)
                                               : SAY_ALERT_CART_FUGITIVE_PLACE(suspect->cart),
                                 .lang = context->lang,
                                 .at_ms = report->time_ms });
}

static bool are_too_many(struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_FUGITIVES_UNCONFIRMED, "");
    bool many = store_next(rows) && store_int(rows, 0) >= FUGITIVES_OPEN_MAX;

    store_rows_end(rows);
    return many;
}

bool fugitive_confirm(struct store *store, const char *cart, int64_t now_ms)
{
    int64_t since_ms = since_of(store, cart);

    return since_ms != EVENT_ABSENT && store_run(store, SQL_FUGITIVE_CONFIRM, "iiti", now_ms,
                                                 now_ms + FOLLOWED_MS, cart, since_ms);
}

bool fugitive_make(const struct fugitive_context *context, const struct report *report,
                   const struct suspect *suspect)
{
    int64_t since_ms = since_of(context->store, suspect->cart);

    if (since_ms == EVENT_ABSENT) {
        if (!report->trusted && are_too_many(context->store))
            return false;
        since_ms = report->time_ms;
        begin(context, report, suspect);
    } else if (report->trusted) {
        fugitive_confirm(context->store, suspect->cart, report->time_ms);
    }
    store_run(context->store, SQL_FUGITIVE_REPORT, "tit", suspect->cart, since_ms, report->id);
    store_run(context->store, SQL_REPORT_OPEN, "t", report->id);
    return true;
}

bool fugitive_first_heard(const struct fugitive_context *context, const struct suspect *suspect,
                          int64_t heard_ms)
{
    char ids[SIGHTINGS_MAX][sizeof((struct report *)NULL)->id];
    struct report report = { .time_ms = heard_ms };
    size_t count = 0;
    bool made = false;
    struct store_rows *rows =
        store_query(context->store, SQL_SIGHTINGS_OF, "ti", suspect->cart, (int64_t)SIGHTINGS_MAX);

    while (count < SIGHTINGS_MAX && store_next(rows))
        snprintf(ids[count++], sizeof ids[0], "%s", store_text(rows, 0));
    store_rows_end(rows);
    snprintf(report.cart, sizeof report.cart, "%s", suspect->cart);
    for (size_t i = 0; i < count; i++) {
        memcpy(report.id, ids[i], sizeof report.id);
        made = fugitive_make(context, &report, suspect) || made;
    }
    return made;
}

void fugitive_seen(struct store *store, const char *cart, const struct fix *fix)
{
    int64_t since_ms = since_of(store, cart);

    if (since_ms != EVENT_ABSENT && fix->time_ms >= since_ms)
        store_run(store, SQL_TRAIL_INSERT, "tiinn", cart, since_ms, fix->time_ms, fix->lat,
                  fix->lon);
}

/* Asks the cart to report often until then; at once no longer, where `until_ms` has passed. */
static void ask(struct store *store, const char *cart, int64_t since_ms, int64_t until_ms)
{
    char seed[128], id[33], members[96];
    int length = snprintf(seed, sizeof seed, "locate\n%s\n%lld\n%lld", cart, (long long)since_ms,
                          (long long)until_ms);

    hash_text(seed, (size_t)length, id);
    snprintf(members, sizeof members, "{\"interval_s\":%d,\"until_ms\":%lld}", LOCATE_INTERVAL_S,
             (long long)until_ms);
    command_add(store, &(struct command){ .id = id,
                                          .cart = cart,
                                          .name = wire_command_name(COMMAND_LOCATE),
                                          .members = members,
                                          .expires_ms = until_ms + LOCATE_MS });
}

bool fugitive_clear(struct store *store, const char *cart, int64_t now_ms)
{
    int64_t since_ms = since_of(store, cart);

    if (since_ms == EVENT_ABSENT)
        return false;
    bool asked = store_has(store, SQL_FUGITIVE_IS_ASKED, "tii", cart, since_ms, now_ms);
    store_run(store, SQL_FUGITIVE_REPORTS_CLOSE, "ti", cart, since_ms);
    store_run(store, SQL_FUGITIVE_END, "iti", now_ms, cart, since_ms);
    store_run(store, SQL_FUGITIVE_MARK, "it", (int64_t)0, cart);
    alert_end(store, ALERT_CART_FUGITIVE, cart, now_ms);
    if (asked)
        ask(store, cart, since_ms, now_ms);
    return true;
}

bool report_dismiss(struct store *store, const char *id, int64_t now_ms)
{
    char carts[DISMISSED_MAX][CART_LENGTH_MAX + 1];
    size_t count = 0;

    if (!store_run(store, SQL_REPORT_DISMISS, "t", id) || store_changed(store) == 0)
        return false;
    struct store_rows *rows =
        store_query(store, SQL_FUGITIVES_WITHOUT_REPORT, "ti", id, (int64_t)DISMISSED_MAX);
    while (count < DISMISSED_MAX && store_next(rows))
        snprintf(carts[count++], CART_LENGTH_MAX + 1, "%s", store_text(rows, 0));
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++)
        fugitive_clear(store, carts[i], now_ms);
    return true;
}

bool fugitive_is_due(struct store *store, int64_t now_ms)
{
    return store_has(store, SQL_FUGITIVES_UNASKED, "iiii", now_ms + LOCATE_RENEW_MS, now_ms,
                     now_ms - HEARD_MS, (int64_t)1);
}

void fugitive_locate(struct store *store, int64_t now_ms)
{
    struct {
        char cart[CART_LENGTH_MAX + 1];
        int64_t since_ms, until_ms;
    } found[LOCATE_MAX];
    size_t count = 0;
    struct store_rows *rows =
        store_query(store, SQL_FUGITIVES_UNASKED, "iiii", now_ms + LOCATE_RENEW_MS, now_ms,
                    now_ms - HEARD_MS, (int64_t)LOCATE_MAX);

    for (; count < LOCATE_MAX && store_next(rows); count++) {
        /* analysis: legacyUninitvar: snprintf() writes it. */
        snprintf(found[count].cart, sizeof found[count].cart, "%s", store_text(rows, 0));
        found[count].since_ms = store_int(rows, 1);
        found[count].until_ms = store_int(rows, 2);
        if (found[count].until_ms > now_ms + LOCATE_MS)
            found[count].until_ms = now_ms + LOCATE_MS;
    }
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++) {
        ask(store, found[i].cart, found[i].since_ms, found[i].until_ms);
        store_run(store, SQL_FUGITIVE_ASKED, "iti", found[i].until_ms, found[i].cart,
                  found[i].since_ms);
    }
}

/* Places. */

void place_reports_add(struct place_reports *places, const struct report *report)
{
    places->reports = realloc(places->reports, (places->count + 1) * sizeof *report);
    if (places->reports == NULL)
        abort();
    places->reports[places->count++] = *report;
}

void place_reports_forget(struct place_reports *places)
{
    free(places->reports);
    *places = (struct place_reports){ 0 };
}

struct suspects {
    struct {
        char cart[CART_LENGTH_MAX + 1];
        double lat, lon;
        int64_t fix_ms;
    } found[SUSPECTS_MAX];
    size_t count;
};

/* Carts of nobody that were there then. */
static void find_suspects(struct store *store, const struct report *report,
                          struct suspects *suspects)
{
    double high = geo_box_lat(PLACE_METRES), wide = geo_box_lon(PLACE_METRES, report->lat);
    struct store_rows *rows = store_query(
        store, SQL_SUSPECTS_FIND, "iinnnn", report->time_ms - PLACE_MS, report->time_ms + PLACE_MS,
        report->lat - high, report->lat + high, report->lon - wide, report->lon + wide);

    suspects->count = 0;
    while (suspects->count < SUSPECTS_MAX && store_next(rows)) {
        double lat = store_number(rows, 1), lon = store_number(rows, 2);
        if (geo_distance_m(report->lat, report->lon, lat, lon) > PLACE_METRES)
            continue;
        snprintf(suspects->found[suspects->count].cart, CART_LENGTH_MAX + 1, "%s",
                 store_text(rows, 0));
        suspects->found[suspects->count].lat = lat;
        suspects->found[suspects->count].lon = lon;
        suspects->found[suspects->count].fix_ms = store_int(rows, 3);
        suspects->count++;
    }
    store_rows_end(rows);
}

void place_reports_judge(struct place_reports *places, const struct fugitive_context *context)
{
    struct suspects suspects;

    for (size_t i = 0; i < places->count; i++) {
        const struct report *report = &places->reports[i];
        find_suspects(context->store, report, &suspects);
        for (size_t j = 0; j < suspects.count; j++)
            fugitive_make(context, report,
                          &(struct suspect){ suspects.found[j].cart, suspects.found[j].lat,
                                             suspects.found[j].lon, suspects.found[j].fix_ms });
    }
    place_reports_forget(places);
}
