/* The role `location`: where each cart is and when it was last heard (contract, section 5).
 *
 * It reads positions, presence and sales, because each is a word of the cart. The last position
 * moves only forward in the time of the fix: a backlog never drives a cart backwards. "Heard" is
 * Kafka's time of the last word; what is retained, or a will, is no word. */
#include "collector/cart_row.h"
#include "collector/event_time.h"
#include "collector/role.h"

#include "location_sql.h"

#include "common/day.h"
#include "common/json_read.h"
#include "common/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRESENCE_BYTES_MAX 16384
#define PRESENCE_DEPTH_MAX 4
#define COUNTS_MAX         8 /* days in one message; the contract says two */

struct location {
    struct cart_rows carts;
    struct store *store; /* of the batch in hand */
    bool changed;        /* since the carts were last counted */
};

/* carrito_carts{state}, by the words of the table `carts`. */
static struct metric carts_by_state[] = {
    { .labels = "state=\"heard\"" },    { .labels = "state=\"silent\"" },
    { .labels = "state=\"vanished\"" }, { .labels = "state=\"offline\"" },
    { .labels = "state=\"absent\"" },
};
#define STATES (sizeof carts_by_state / sizeof *carts_by_state)

/* A state or heartbeat message of a cart. */
struct presence {
    const cJSON *object;
    const struct kafka_record *record;
    bool retained;
    int64_t ts_ms;
};

static void *open_location(const struct settings *settings)
{
    struct location *location = calloc(1, sizeof *location);

    (void)settings;
    if (location == NULL)
        abort();
    location->changed = true;
    for (size_t i = 0; i < STATES; i++) {
        carts_by_state[i].name = "carrito_carts";
        carts_by_state[i].help = "Carts known, by state.";
        carts_by_state[i].type = METRIC_GAUGE;
        metric_register(&carts_by_state[i]);
    }
    return location;
}

static void close_location(void *state)
{
    struct location *location = state;

    cart_rows_forget(&location->carts);
    free(location);
}

static void begin(void *state, struct store *store, int64_t now_ms)
{
    (void)now_ms;
    ((struct location *)state)->store = store;
}

static void end(void *state)
{
    struct location *location = state;

    cart_rows_write(&location->carts, location->store);
    location->changed = true;
}

static void forget(void *state)
{
    cart_rows_forget(&((struct location *)state)->carts);
}

static void watch(void *state, struct store *store)
{
    struct location *location = state;
    double counts[STATES] = { 0 };

    if (!location->changed)
        return;
    location->changed = false;
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

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void hear(struct cart_row *cart, const struct kafka_record *record)
{
    /* Topics are read side by side: an older word of another topic, or the sale just before an
     * `offline`, does not bring the cart back. */
    if (record->append_ms < cart->heard_ms ||
        (record->append_ms == cart->heard_ms && strcmp(cart->state, "offline") == 0))
        return;
    cart->heard_ms = record->append_ms;
    snprintf(cart->state, sizeof cart->state, "heard");
    kafka_in_header(record, "bridge", cart->bridge, sizeof cart->bridge);
}

static void move(struct cart_row *cart, const struct event *event, int64_t fix_ms)
{
    /* At the same time the later record counts: a cart without a clock is dated by Kafka, and the
     * positions of one batch alike. */
    if (fix_ms < cart->fix_ms)
        return;
    cart->fix_ms = fix_ms;
    cart->lat = event->lat;
    cart->lon = event->lon;
    cart->acc = event->acc;
}

static void apply_position(struct location *location, struct cart_row *cart,
                           const struct event *event, int64_t append_ms)
{
    move(cart, event, event_time_ms(event, event->ts_ms, append_ms));
    store_run(location->store, SQL_TRACK_INSERT, "tinn", cart->cart, event->ts_ms, event->lat,
              event->lon);
}

/* Forward in an epoch's order; another epoch's count stands where it is the later one. */
static void count_stock(struct cart_row *cart, const struct event *event, int64_t append_ms)
{
    int64_t when_ms = event_time_ms(event, event->ts_ms, append_ms);
    bool is_later = strcmp(cart->stock_epoch, event->epoch) == 0 ? event->seq > cart->stock_seq
                                                                 : when_ms > cart->stock_ms;

    if (event->stock == EVENT_ABSENT || !is_later)
        return;
    cart->stock = event->stock;
    cart->stock_ms = when_ms;
    cart->stock_seq = event->seq;
    snprintf(cart->stock_epoch, sizeof cart->stock_epoch, "%s", event->epoch);
}

static void apply_event(struct location *location, const struct kafka_record *record)
{
    struct json_reason why;
    struct event event;
    char retained[8];

    if (!event_read(record->value, record->value_length, &event, &why)) {
        /* A sale that cannot be read is the dead letter of the role `sales`. */
        if (strcmp(record->topic, TOPIC_LOCATIONS) == 0)
            outgoing_dead_letter(location->store, record, why.text);
        return;
    }
    if (event.type != EVENT_LOCATION && strcmp(record->topic, TOPIC_LOCATIONS) == 0) {
        outgoing_dead_letter(location->store, record,
                             "an event of this type is not for this topic");
        return;
    }
    struct cart_row *cart = cart_rows_get(&location->carts, location->store, event.cart);
    count_stock(cart, &event, record->append_ms);
    if (!kafka_in_header(record, "retained", retained, sizeof retained))
        hear(cart, record);
    if (event.type == EVENT_LOCATION)
        apply_position(location, cart, &event, record->append_ms);
    if (event.type != EVENT_SALE)
        return;
    cart->sale_ms = later(cart->sale_ms, event_time_ms(&event, event.ts_ms, record->append_ms));
    if (event.has_position)
        move(cart, &event,
             event_time_ms(&event, event.fix_ms != EVENT_ABSENT ? event.fix_ms : event.ts_ms,
                           record->append_ms));
}

/* The cart's own sums of one day in its epoch. */
static void keep_counts(struct location *location, const struct cart_row *cart,
                        const struct presence *presence, bool final)
{
    const cJSON *counts = cJSON_GetObjectItemCaseSensitive(presence->object, "counts");
    const cJSON *row;
    int kept = 0;

    if (!cJSON_IsArray(counts) || cart->epoch[0] == '\0')
        return;
    cJSON_ArrayForEach(row, counts)
    {
        int64_t sales, quantity, amount;
        struct json_reason why;
        const char *text;
        int32_t day;
        if (kept++ == COUNTS_MAX ||
            !json_get_text(row, "day", JSON_REQUIRED, 10, 10, &text, &why) ||
            !day_from_text(text, &day) ||
            !json_get_int(row, "sales", JSON_REQUIRED, 0, INTEGER_MAX, &sales, &why) ||
            !json_get_int(row, "quantity", JSON_REQUIRED, 0, INTEGER_MAX, &quantity, &why) ||
            !json_get_int(row, "amount", JSON_REQUIRED, 0, INTEGER_MAX, &amount, &why))
            return;
        store_run(location->store, SQL_COUNTS_WRITE, "ttiiiiii", cart->cart, cart->epoch,
                  (int64_t)day, sales, quantity, amount, presence->ts_ms, (int64_t) final);
    }
}

static void copy_member(char *target, size_t size, const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);

    if (cJSON_IsString(member))
        snprintf(target, size, "%s", member->valuestring);
}

/* `online`, `offline`, or the will `lost`. */
static void apply_state(struct location *location, struct cart_row *cart,
                        const struct presence *presence)
{
    const cJSON *state = cJSON_GetObjectItemCaseSensitive(presence->object, "state");
    const char *word = cJSON_IsString(state) ? state->valuestring : "";
    bool lost = strcmp(word, "lost") == 0, offline = strcmp(word, "offline") == 0;
    struct json_reason why;

    copy_member(cart->epoch, sizeof cart->epoch, presence->object, "epoch");
    copy_member(cart->version, sizeof cart->version, presence->object, "version");
    json_get_int(presence->object, "session", JSON_OPTIONAL, 0, INTEGER_MAX, &cart->session, &why);
    if (!lost && !presence->retained)
        hear(cart, presence->record);
    if (offline && presence->record->append_ms >= cart->heard_ms)
        snprintf(cart->state, sizeof cart->state, "offline");
    keep_counts(location, cart, presence, offline);
}

static void apply_heartbeat(struct location *location, struct cart_row *cart,
                            const struct presence *presence)
{
    struct json_reason why;

    json_get_int(presence->object, "waiting", JSON_OPTIONAL, 0, INTEGER_MAX, &cart->waiting, &why);
    json_get_number(presence->object, "batt", JSON_OPTIONAL, 0, 100, &cart->batt, &why);
    copy_member(cart->gps, sizeof cart->gps, presence->object, "gps");
    if (!presence->retained)
        hear(cart, presence->record);
    keep_counts(location, cart, presence, false);
}

static void apply_presence(struct location *location, const struct kafka_record *record)
{
    char type[16] = "", plate[CART_LENGTH_MAX + 1] = "", retained[8];
    struct presence presence = { .record = record };
    struct json_reason why = { .text = "the key is no plate" };

    kafka_in_header(record, "ce_type", type, sizeof type);
    if (strcmp(type, "beat") == 0)
        return;
    if (record->key_length <= CART_LENGTH_MAX && record->key != NULL)
        memcpy(plate, record->key, record->key_length);
    cJSON *object = json_read_object(record->value, record->value_length, PRESENCE_BYTES_MAX,
                                     PRESENCE_DEPTH_MAX, &why);
    if (object == NULL || !cart_is_valid(plate)) {
        outgoing_dead_letter(location->store, record, why.text);
        cJSON_Delete(object);
        return;
    }
    presence.object = object;
    presence.retained = kafka_in_header(record, "retained", retained, sizeof retained);
    presence.ts_ms = record->append_ms;
    json_get_int(object, "ts_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &presence.ts_ms, &why);
    struct cart_row *cart = cart_rows_get(&location->carts, location->store, plate);
    if (strcmp(type, "state") == 0 || cJSON_GetObjectItemCaseSensitive(object, "state") != NULL)
        apply_state(location, cart, &presence);
    else
        apply_heartbeat(location, cart, &presence);
    cJSON_Delete(object);
}

static void apply(void *state, const struct kafka_record *record)
{
    if (strcmp(record->topic, TOPIC_PRESENCE) == 0)
        apply_presence(state, record);
    else
        apply_event(state, record);
}

static const char *const topics[] = { TOPIC_LOCATIONS, TOPIC_PRESENCE, TOPIC_SALES, NULL };

const struct role_calls role_location = {
    .name = "location",
    .topics = topics,
    .open = open_location,
    .close = close_location,
    .begin = begin,
    .apply = apply,
    .end = end,
    .forget = forget,
    .watch = watch,
};
