/* The role `location`: where each cart is and when it was last heard (contract, section 5).
 *
 * It reads positions, presence and sales, because each is a word of the cart, and reports of carts
 * that should not be where they are. The last position moves only forward in the time of the fix: a
 * backlog never drives a cart backwards. "Heard" is Kafka's time of the last word; what is
 * retained, or a will, is no word. */
#include "collector/location/location.h"
#include "collector/base/lang.h"
#include "collector/base/settings.h"

#include "location_sql.h"

#include "common/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* carrito_carts{state}, by the words of the table `carts`. */
static struct metric carts_by_state[] = {
    { .labels = "state=\"heard\"" },    { .labels = "state=\"silent\"" },
    { .labels = "state=\"vanished\"" }, { .labels = "state=\"offline\"" },
    { .labels = "state=\"absent\"" },
};
#define STATES (sizeof carts_by_state / sizeof *carts_by_state)

static void *open_location(const struct settings *settings)
{
    struct location *location = calloc(1, sizeof *location);

    if (location == NULL)
        abort();
    location->settings = settings;
    location->lang = lang_from_name(settings->lang);
    location->silence = silence_open();
    location->limits.cart_ms = settings->silence_s * 1000;
    location->limits.phone_ms = settings->silence_phone_s * 1000;
    location->changed = true;
    for (size_t i = 0; i < STATES; i++) {
        carts_by_state[i].name = "carrito_carts";
        carts_by_state[i].help = "Carts known, by state.";
        carts_by_state[i].type = METRIC_GAUGE;
        metric_register(&carts_by_state[i]);
    }
    location_register_delays();
    return location;
}

static void forget(void *state)
{
    struct location *location = state;

    rows_forget(&location->carts);
    location_silence_forget(location);
    place_reports_forget(&location->places);
}

static void close_location(void *state)
{
    struct location *location = state;

    forget(location);
    silence_close(location->silence);
    free(location);
}

static void begin(void *state, struct store *store, int64_t now_ms)
{
    struct location *location = state;

    location->store = store;
    location->now_ms = now_ms;
}

/* Reports of a place look at the carts that are there, so these are written first. */
static void end(void *state)
{
    struct location *location = state;
    struct fugitive_context context = { location->store, location->lang };

    rows_write(&location->carts, location->store);
    place_reports_judge(&location->places, &context);
    location_silence_end(location);
    location->changed = true;
}

static void count_carts(struct store *store)
{
    double counts[STATES] = { 0 };
    struct store_rows *rows = store_query(store, SQL_CARTS_BY_STATE, "");

    while (store_next(rows)) {
        char label[32];
        snprintf(label, sizeof label, "state=\"%s\"", store_text(rows, 0));
        for (size_t i = 0; i < STATES; i++)
            if (strcmp(label, carts_by_state[i].labels) == 0)
                counts[i] = (double)store_int(rows, 1);
    }
    store_rollback(store);
    for (size_t i = 0; i < STATES; i++)
        metric_set(&carts_by_state[i], counts[i]);
}

static void watch(void *state, struct store *store)
{
    struct location *location = state;

    location_silence_watch(location);
    if (location->changed)
        count_carts(store);
    location->changed = false;
}

static bool is_beat(const struct kafka_record *record)
{
    char type[16] = "";

    kafka_in_header(record, HEADER_TYPE, type, sizeof type);
    return strcmp(type, WIRE_TYPE_BEAT) == 0;
}

static void apply_report(struct location *location, const struct kafka_record *record)
{
    struct fugitive_context context = { location->store, location->lang };
    struct json_reason why;
    struct report report;

    if (!report_read(record->value, record->value_length, &report, &why)) {
        outgoing_dead_letter(location->store, record, &why);
        return;
    }
    /* A clock that is ahead is not believed. */
    if (report.time_ms == EVENT_ABSENT || report.time_ms > record->append_ms)
        report.time_ms = record->append_ms;
    cart_known_as(location->store, report.cart);
    if (!report_keep(location->store, &report))
        return;
    if (report.cart[0] == '\0') {
        place_reports_add(&location->places, &report);
        return;
    }
    /* A plate that nobody knows waits as a sighting until it is heard: no cart is made of a word.
     */
    if (!cart_rows_knows(&location->carts, location->store, report.cart))
        return;
    struct cart_row *cart = cart_rows_get(&location->carts, location->store, report.cart);
    if (fugitive_make(&context, &report,
                      &(struct suspect){ cart->cart, cart->lat, cart->lon, cart->fix_ms }))
        cart->fugitive = 1;
}

static void apply(void *state, const struct kafka_record *record)
{
    struct location *location = state;

    location_load(location, record->partition);
    if (strcmp(record->topic, TOPIC_REPORTS) == 0)
        apply_report(location, record);
    else if (strcmp(record->topic, TOPIC_PRESENCE) != 0)
        location_apply_event(location, record);
    else if (is_beat(record))
        location_apply_beat(location, record);
    else
        location_apply_presence(location, record);
}

static enum role_due due(void *state, struct store *store, const struct role_time *time)
{
    enum role_due due = location_silence_due(state, store, time->now_ms);

    if (due == ROLE_NOTHING_DUE && fugitive_is_due(store, time->now_ms))
        due = ROLE_DUE;
    return due;
}

static void tick(void *state, const struct role_time *time)
{
    location_silence_tick(state, time);
    fugitive_locate(((struct location *)state)->store, time->now_ms);
}

static const char *const topics[] = { TOPIC_LOCATIONS, TOPIC_PRESENCE, TOPIC_SALES, TOPIC_REPORTS,
                                      NULL };

const struct role_calls role_location = {
    .name = "location",
    .topics = topics,
    .gather_ms = 100,
    .gather_bytes = ROLE_GATHER_BYTES,
    .open = open_location,
    .close = close_location,
    .begin = begin,
    .apply = apply,
    .end = end,
    .forget = forget,
    .due = due,
    .tick = tick,
    .watch = watch,
};
