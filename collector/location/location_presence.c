/* State and heartbeat of a cart: records of carrito.presence. */
#include "collector/alerts/alert.h"
#include "collector/carts/cart_word.h"
#include "collector/engine/day_starts.h"
#include "collector/location/certificates.h"
#include "collector/location/location.h"

#include "location_sql.h"

#include "common/day.h"
#include "common/json_read.h"
#include "common/wire_mqtt.h"

#include <stdio.h>
#include <string.h>

#define PRESENCE_BYTES_MAX 16384
#define PRESENCE_DEPTH_MAX 4
#define COUNTS_MAX         8 /* days in one message; the contract says two */
#define DETAILS_SIZE       256
#define CLOSED_MS_MAX      INT64_C(604800000) /* a close that is told later has a clock to doubt */

/* A state or heartbeat message of a cart. */
struct presence {
    const cJSON *object;
    const struct kafka_record *record;
    bool retained;
    int64_t ts_ms;
};

static void copy_member(char *target, size_t size, const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);

    if (cJSON_IsString(member))
        snprintf(target, size, "%s", member->valuestring);
}

/* What the cart says of its totals; what is retained is no word. A heartbeat need not say which
 * outbox it is of. */
static void keep_word(struct location *location, const struct cart_row *cart,
                      const struct presence *presence, bool offline)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    snprintf(epoch, sizeof epoch, "%s", cart->epoch);
    copy_member(epoch, sizeof epoch, presence->object, "epoch");
    if (!presence->retained)
        cart_word_keep(location->store,
                       cJSON_GetObjectItemCaseSensitive(presence->object, "counts"),
                       &(struct cart_word){ .cart = cart->cart,
                                            .epoch = epoch,
                                            .at_ms = presence->record->append_ms,
                                            .now_ms = location->now_ms,
                                            .way.offline = offline });
}

/* The older form: the cart's own sums of one day in its epoch. */
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

/* An outbox that was found damaged is told once, by the epoch that it lost: the cart says it with
 * every state. */
static void tell_damage(struct location *location, struct cart_row *cart,
                        const struct presence *presence)
{
    const cJSON *damaged = cJSON_GetObjectItemCaseSensitive(presence->object, "damaged");
    char epoch[EPOCH_LENGTH_MAX + 1] = "?";
    struct json_reason why;
    int64_t rows = 0;

    if (!cJSON_IsObject(damaged))
        return;
    copy_member(epoch, sizeof epoch, damaged, "epoch");
    json_get_int(damaged, "rows", JSON_OPTIONAL, 0, INTEGER_MAX, &rows, &why);
    if (strcmp(epoch, cart->damaged) == 0)
        return;
    snprintf(cart->damaged, sizeof cart->damaged, "%s", epoch);
    alert_raise(location->store,
                &(struct alert){ .kind = ALERT_OUTBOX_DAMAGED,
                                 .subject = cart->cart,
                                 .cart = cart->cart,
                                 .says = SAY_ALERT_OUTBOX_DAMAGED(cart->cart, epoch, rows),
                                 .lang = location->lang,
                                 .at_ms = presence->record->append_ms });
}

/* Whether somebody there listens for offers of orders. What a heartbeat leaves out nobody does (a
 * cart of an earlier release); of a state, where it says so. */
static void keep_listening(struct cart_row *cart, const struct presence *presence)
{
    const cJSON *orders = cJSON_GetObjectItemCaseSensitive(presence->object, "orders");
    bool is_state = cJSON_GetObjectItemCaseSensitive(presence->object, "state") != NULL;

    if (!presence->retained && (!is_state || orders != NULL))
        cart->listens = cJSON_IsTrue(orders) ? 1 : 0;
}

/* `offline` with a reason. What is retained may be older than what the cart has said since. */
static bool says_closed(const struct cart_row *cart, const struct presence *presence)
{
    char reason[16] = "";

    copy_member(reason, sizeof reason, presence->object, "reason");
    return strcmp(reason, "closed") == 0 &&
           (!presence->retained || presence->record->append_ms >= cart->heard_ms);
}

/* When the vendor closed: the cart may have found a network a night later. */
static int64_t closed_ms(const struct presence *presence)
{
    int64_t append_ms = presence->record->append_ms, told_ms = append_ms;
    struct json_reason why;

    json_get_int(presence->object, "closed_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &told_ms, &why);
    return told_ms <= append_ms && told_ms > append_ms - CLOSED_MS_MAX ? told_ms : append_ms;
}

/* What waited in a former outbox is in Kafka. Its board does not speak for the plate: where that
 * has an outbox of another epoch by now, it is no word of the cart, and ends nothing. */
static bool is_another_boards(const struct cart_row *cart, const struct presence *presence)
{
    char reason[16] = "", epoch[EPOCH_LENGTH_MAX + 1] = "";

    copy_member(reason, sizeof reason, presence->object, "reason");
    copy_member(epoch, sizeof epoch, presence->object, "epoch");
    return strcmp(reason, "former") == 0 && cart->epoch[0] != '\0' &&
           strcmp(epoch, cart->epoch) != 0;
}

/* Its sums stand all the same. */
static void apply_another_boards(struct location *location, const struct cart_row *cart,
                                 const struct presence *presence)
{
    struct cart_row former = *cart;

    copy_member(former.epoch, sizeof former.epoch, presence->object, "epoch");
    keep_counts(location, &former, presence, true);
    keep_word(location, &former, presence, true);
}

static void apply_state(struct location *location, struct cart_row *cart,
                        const struct presence *presence)
{
    const cJSON *state = cJSON_GetObjectItemCaseSensitive(presence->object, "state");
    enum link_state word =
        cJSON_IsString(state) ? link_state_from_name(state->valuestring) : LINK_STATES;
    bool lost = word == LINK_LOST, offline = word == LINK_OFFLINE;
    struct json_reason why;

    if (is_another_boards(cart, presence)) {
        apply_another_boards(location, cart, presence);
        return;
    }
    /* A will may come late, after the `online` of another outbox. */
    if (!lost || cart->epoch[0] == '\0')
        copy_member(cart->epoch, sizeof cart->epoch, presence->object, "epoch");
    copy_member(cart->version, sizeof cart->version, presence->object, "version");
    json_get_int(presence->object, "session", JSON_OPTIONAL, 0, INTEGER_MAX, &cart->session, &why);
    if (!lost && !offline && !presence->retained)
        location_open(location, cart, presence->record);
    keep_listening(cart, presence);
    if (lost)
        cart->listens = 0; /* until its next word */
    if (!lost && !presence->retained)
        location_hear(location, cart, presence->record, false);
    if (offline && says_closed(cart, presence))
        location_close(location, cart, presence->record, closed_ms(presence));
    else if (offline && presence->record->append_ms >= cart->heard_ms)
        location_part(location, cart, presence->record);
    if (!lost) /* the will is older than what was said since */
        certificates_ask(
            location->store, presence->object,
            &(struct certificate_word){ cart->cart, cart->cart, presence->record->append_ms });
    keep_counts(location, cart, presence, offline);
    if (!lost)
        keep_word(location, cart, presence, offline);
    if (word == LINK_ONLINE && !presence->retained && cart->epoch[0] != '\0')
        day_starts_tell(location->store, cart->cart, cart->epoch, presence->record->append_ms);
    tell_damage(location, cart, presence);
}

static void apply_heartbeat(struct location *location, struct cart_row *cart,
                            const struct presence *presence)
{
    bool closed = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(presence->object, "closed"));
    struct json_reason why;

    if (!presence->retained && !closed)
        location_open(location, cart, presence->record);
    json_get_int(presence->object, "waiting", JSON_OPTIONAL, 0, INTEGER_MAX, &cart->waiting, &why);
    keep_listening(cart, presence);
    json_get_number(presence->object, "batt", JSON_OPTIONAL, 0, 100, &cart->batt, &why);
    copy_member(cart->gps, sizeof cart->gps, presence->object, "gps");
    if (cart->closed_ms == EVENT_ABSENT)
        location_receiver(location, cart, presence->record->append_ms);
    if (certificates_hear(
            location->store, presence->object,
            &(struct certificate_word){ cart->cart, cart->cart, presence->record->append_ms }))
        location->minute_ms = 0;
    if (!presence->retained)
        location_hear(location, cart, presence->record, false);
    keep_counts(location, cart, presence, false);
    keep_word(location, cart, presence, false);
}

void location_apply_presence(struct location *location, const struct kafka_record *record)
{
    char type[16] = "", plate[CART_LENGTH_MAX + 1] = "", retained[8];
    struct presence presence = { .record = record };
    struct json_reason why;

    kafka_in_header(record, HEADER_TYPE, type, sizeof type);
    if (record->key_length <= CART_LENGTH_MAX && record->key != NULL)
        memcpy(plate, record->key, record->key_length);
    json_refuse(&why, "", SAY_REASON_KEY_PLATE()); /* unless the value says worse */
    cJSON *object = json_read_object(record->value, record->value_length, PRESENCE_BYTES_MAX,
                                     PRESENCE_DEPTH_MAX, &why);
    if (object == NULL || !cart_is_valid(plate)) {
        outgoing_dead_letter(location->store, record, &why);
        cJSON_Delete(object);
        return;
    }
    presence.object = object;
    presence.retained = kafka_in_header(record, HEADER_RETAINED, retained, sizeof retained);
    presence.ts_ms = record->append_ms;
    json_get_int(object, "ts_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &presence.ts_ms, &why);
    /* A clock that is ahead would make its sums a later day's at once, and those of the right clock
     * old for ever. */
    if (presence.ts_ms > record->append_ms)
        presence.ts_ms = record->append_ms;
    struct cart_row *cart = cart_rows_get(&location->carts, location->store, plate);
    if (strcmp(type, WIRE_TYPE_STATE) == 0 ||
        cJSON_GetObjectItemCaseSensitive(object, "state") != NULL)
        apply_state(location, cart, &presence);
    else
        apply_heartbeat(location, cart, &presence);
    cJSON_Delete(object);
}
