/* What phones with OwnTracks speak over HTTP, and what its Recorder answers to those who read
 * (owntracks.org/booklet, "HTTP mode" and "Recorder", "API"): POST /pub, GET /api/0/…
 *
 * All carts have the user OWNER there, and their plate as the device. */
#include "collector/access/users.h"
#include "collector/api/api_call.h"
#include "collector/kafka/event_out.h"
#include "collector/kafka/outgoing.h"
#include "collector/settings.h"
#include "common/day.h"
#include "common/owntracks.h"

#include "api_owntracks_sql.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWNER          "carrito"
#define POINTS_MAX     20000
#define SPAN_MS        (6 * 3600 * 1000LL) /* as the Recorder: the last six hours */
#define PHONE_TOKEN_MS (366 * 86400000LL)
#define TOPIC_MAX      256

/* The topic that a phone's message is about: its own `topic`, else the device of the header or the
 * query, else the tracker's own name. */
static void find_topic(const struct api_call *call, const cJSON *object, char topic[TOPIC_MAX])
{
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(object, "topic");
    const char *device = call->request->limit_device;

    if (cJSON_IsString(own)) {
        snprintf(topic, TOPIC_MAX, "%s", own->valuestring);
        return;
    }
    if (device == NULL)
        device = request_query(call->request, "d");
    if (device == NULL)
        device = call->who.name;
    snprintf(topic, TOPIC_MAX, OWNTRACKS_ROOT "/-/%s", device);
}

/* A dead letter, and yes: a phone that hears no says the same again for weeks. */
static void refuse(struct api_call *call, const char *reason)
{
    const struct buffer *body = &call->request->body;
    char id[EPOCH_LENGTH_MAX + 1], source[USER_NAME_MAX + 16];

    epoch_make(id);
    snprintf(source, sizeof source, "http:/pub/%s", call->who.name);
    outgoing_add(call->store, &(struct outgoing){ .id = id,
                                                  .topic = TOPIC_DEAD_LETTERS,
                                                  .value = body->bytes != NULL ? body->bytes : "",
                                                  .value_length = body->length,
                                                  .error = reason,
                                                  .source = source });
}

static void owe(struct api_call *call, const struct event *event)
{
    struct buffer text = { 0 };
    char id[EVENT_ID_SIZE];

    event_write(event, &text);
    event_id(event, id);
    outgoing_add(call->store, &(struct outgoing){ .id = id,
                                                  .topic = TOPIC_LOCATIONS,
                                                  .key = event->cart,
                                                  .key_length = strlen(event->cart),
                                                  .value = text.bytes,
                                                  .value_length = text.length,
                                                  .type = "location" });
    buffer_free(&text);
}

static bool is_own(const struct identity *who, const char *cart)
{
    char own[CART_LENGTH_MAX + 1];

    return who->role != ROLE_TRACKER ||
           (cart_from_person(who->name, own) && strcmp(own, cart) == 0);
}

void owntracks_publish(struct api_call *call)
{
    const struct buffer *body = &call->request->body;
    const char *bytes = body->bytes != NULL ? body->bytes : "";
    char cart[CART_LENGTH_MAX + 1], topic[TOPIC_MAX];
    struct json_reason why;
    struct event event;
    cJSON *object = cJSON_ParseWithLength(bytes, body->length); /* for its topic alone */

    find_topic(call, object, topic);
    cJSON_Delete(object);
    bool named = owntracks_cart(topic, cart, &why);
    if (named && !is_own(&call->who, cart)) {
        call_problem(call, PROBLEM_FORBIDDEN, "topic", cart);
        return;
    }
    enum owntracks_result result = OWNTRACKS_REFUSED;
    if (named)
        result = owntracks_read(cart, bytes, body->length, &event, &why);
    store_begin(call->store);
    if (result == OWNTRACKS_REFUSED)
        refuse(call, why.text);
    else if (result == OWNTRACKS_POSITION)
        owe(call, &event);
    call->response->status = 200;
    call->response->content_type = "application/json";
    buffer_text(&call->response->body, "[]");
    call_commit(call);
}

void owntracks_version(struct api_call *call)
{
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_text(&json, "version", CARRITO_VERSION);
    json_object_end(&json);
}

/* Users, then a user's devices; of files, which the Recorder lists for a device, there are none. */
void owntracks_list(struct api_call *call)
{
    const char *user = request_query(call->request, "user");
    bool devices = user != NULL && request_query(call->request, "device") == NULL;
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_array_begin(&json, "results");
    if (user == NULL)
        json_text(&json, NULL, OWNER);
    if (devices && strcmp(user, OWNER) == 0) {
        struct store_rows *rows = store_query(call->store, SQL_OWNTRACKS_DEVICES, "");
        while (store_next(rows))
            json_text(&json, NULL, store_text(rows, 0));
        store_rows_end(rows);
    }
    json_array_end(&json);
    json_object_end(&json);
}

/* Columns: time, lat, lon, and acc where there is a fourth. */
static void write_location(struct json_writer *json, const char *cart, struct store_rows *rows,
                           double acc)
{
    char topic[TOPIC_MAX], time[TIME_TEXT_SIZE];
    size_t length = strlen(cart);

    snprintf(topic, sizeof topic, OWNTRACKS_ROOT "/" OWNER "/%s", cart);
    time_text(store_int(rows, 0), time);
    json_object_begin(json, NULL);
    json_text(json, "_type", "location");
    json_number(json, "lat", store_number(rows, 1));
    json_number(json, "lon", store_number(rows, 2));
    if (!isnan(acc))
        json_number(json, "acc", acc);
    json_int(json, "tst", store_int(rows, 0) / 1000);
    json_text(json, "isotst", time);
    json_text(json, "tid", cart + (length > 2 ? length - 2 : 0));
    json_text(json, "topic", topic);
    json_text(json, "username", OWNER);
    json_text(json, "device", cart);
    json_object_end(json);
}

/* A plate as a path or query names it; "" where it names none. */
static void read_device(const struct api_call *call, char cart[CART_LENGTH_MAX + 1])
{
    const char *device = request_query(call->request, "device");

    if (device == NULL || !cart_from_person(device, cart))
        snprintf(cart, CART_LENGTH_MAX + 1, "%s", device != NULL ? "-" : "");
}

void owntracks_last(struct api_call *call)
{
    const char *user = request_query(call->request, "user");
    char cart[CART_LENGTH_MAX + 1];
    struct json_writer json = call_json(call, 200);

    read_device(call, cart);
    json_array_begin(&json, NULL);
    struct store_rows *rows = store_query(call->store, SQL_OWNTRACKS_LAST, "t", cart);
    while (store_next(rows))
        if (user == NULL || strcmp(user, OWNER) == 0)
            write_location(&json, store_text(rows, 4), rows, store_number(rows, 3));
    store_rows_end(rows);
    json_array_end(&json);
}

/* YYYY-MM-DD[THH:MM[:SS]] in UTC, as the Recorder takes it, or RFC 3339, or seconds since 1970. */
static bool read_time(struct api_call *call, const char *name, int64_t *wall_ms)
{
    const char *text = request_query(call->request, name);
    char whole[40], *end;
    int32_t day;

    if (text == NULL || text[0] == '\0' || time_from_text(text, wall_ms))
        return true;
    long long seconds = strtoll(text, &end, 10);
    if (*end == '\0' && seconds > 9999 && seconds < INTEGER_MAX / 1000) {
        *wall_ms = seconds * 1000;
        return true;
    }
    if (day_from_text(text, &day))
        snprintf(whole, sizeof whole, "%.10sT00:00:00Z", text);
    else
        snprintf(whole, sizeof whole, "%.19s%s", text, strlen(text) == 16 ? ":00Z" : "Z");
    if (time_from_text(whole, wall_ms))
        return true;
    call_problem(call, PROBLEM_BAD_PARAMETER, name, "2026-09-18T10:00:00");
    return false;
}

struct span {
    char cart[CART_LENGTH_MAX + 1];
    int64_t from_ms, to_ms;
};

static void write_geojson(struct api_call *call, const struct span *span)
{
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_text(&json, "type", "FeatureCollection");
    json_array_begin(&json, "features");
    struct store_rows *rows = store_query(call->store, SQL_OWNTRACKS_TRACK, "tiii", span->cart,
                                          span->from_ms, span->to_ms, (int64_t)POINTS_MAX);
    while (store_next(rows)) {
        json_object_begin(&json, NULL);
        json_text(&json, "type", "Feature");
        json_object_begin(&json, "geometry");
        json_text(&json, "type", "Point");
        json_array_begin(&json, "coordinates");
        json_number(&json, NULL, store_number(rows, 2));
        json_number(&json, NULL, store_number(rows, 1));
        json_array_end(&json);
        json_object_end(&json);
        json_object_begin(&json, "properties");
        json_text(&json, "device", span->cart);
        json_int(&json, "tst", store_int(rows, 0) / 1000);
        json_object_end(&json);
        json_object_end(&json);
    }
    store_rows_end(rows);
    json_array_end(&json);
    json_object_end(&json);
}

static void write_history(struct api_call *call, const struct span *span)
{
    struct json_writer json = call_json(call, 200);
    int64_t count = 0;

    json_object_begin(&json, NULL);
    json_array_begin(&json, "data");
    struct store_rows *rows = store_query(call->store, SQL_OWNTRACKS_TRACK, "tiii", span->cart,
                                          span->from_ms, span->to_ms, (int64_t)POINTS_MAX);
    for (; store_next(rows); count++)
        write_location(&json, span->cart, rows, NAN);
    store_rows_end(rows);
    json_array_end(&json);
    json_int(&json, "count", count);
    json_int(&json, "status", 200);
    json_text(&json, "version", CARRITO_VERSION);
    json_object_end(&json);
}

void owntracks_locations(struct api_call *call)
{
    const char *format = request_query(call->request, "format");
    struct span span = { .from_ms = call->now_ms - SPAN_MS, .to_ms = call->now_ms };

    read_device(call, span.cart);
    if (!read_time(call, "from", &span.from_ms) || !read_time(call, "to", &span.to_ms))
        return;
    if (format != NULL && strcmp(format, "geojson") == 0)
        write_geojson(call, &span);
    else
        write_history(call, &span);
}

/* The phone's settings of reference: OwnTracks' booklet, "Configuration". `password` is new. */
static void write_configuration(struct json_writer *json, const char *cart, const char *url,
                                const char *password)
{
    char name[CART_LENGTH_MAX + 1] = "";
    size_t length = strlen(cart);

    for (size_t i = 0; i <= length; i++)
        name[i] = (char)tolower((unsigned char)cart[i]);
    json_object_begin(json, NULL);
    json_text(json, "_type", "configuration");
    json_int(json, "mode", 3); /* HTTP */
    json_text(json, "url", url);
    json_bool(json, "auth", true);
    json_text(json, "username", name);
    json_text(json, "password", password);
    json_text(json, "deviceId", name);
    json_text(json, "tid", cart + (length > 2 ? length - 2 : 0));
    json_int(json, "monitoring", 2); /* move mode */
    json_int(json, "moveModeLocatorInterval", 10);
    json_int(json, "locatorInterval", 30);
    json_int(json, "locatorDisplacement", 20);
    json_bool(json, "pubRetain", false);
    json_int(json, "keepalive", 60);
    json_int(json, "ping", 1);
    json_bool(json, "remoteConfiguration", true);
    json_object_end(json);
}

/* Each call gives the phone a token of its own; those before stay, until an admin ends them. */
void carts_otrc(struct api_call *call)
{
    const struct settings *settings = api_options(call->api)->settings;
    const char *base = settings->public_url != NULL ? settings->public_url : "";
    struct identity who = { .role = ROLE_TRACKER, .expires_ms = call->now_ms + PHONE_TOKEN_MS };
    char cart[CART_LENGTH_MAX + 1], url[512], file[64];
    struct token token;

    if (!cart_from_person(call->match.cart, cart)) {
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    if (base[0] == '\0') {
        call_problem(call, PROBLEM_NO_PUBLIC_URL, NULL, NULL);
        return;
    }
    for (size_t i = 0; i <= strlen(cart); i++)
        who.name[i] = (char)tolower((unsigned char)cart[i]);
    store_rollback(call->store); /* a GET that writes: the frame began to read */
    store_begin(call->store);
    token_give(call->store, &who, NULL, &token, call->now_ms);
    call_acted(call, "phone-configured", cart, token.id);
    snprintf(url, sizeof url, "%.480s%spub", base, base[strlen(base) - 1] == '/' ? "" : "/");
    snprintf(file, sizeof file, "attachment; filename=\"%s.otrc\"", cart);
    struct json_writer json = call_json(call, 200);
    write_configuration(&json, cart, url, token.text);
    response_header(call->response, "Content-Disposition", file);
    call_commit(call);
}
