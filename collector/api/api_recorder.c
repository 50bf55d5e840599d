/* What OwnTracks' Recorder answers to those who read (owntracks/recorder, API.md): GET /api/0/…
 *
 * All carts have the user OWNER there, and their plate as the device. Names are compared without
 * case, as the Recorder does; an unknown one has no positions, which is no error. */
#include "collector/api/gpx.h"
#include "collector/call/call.h"
#include "collector/call/list.h"
#include "collector/http/page.h"
#include "common/csv.h"
#include "common/day.h"
#include "common/owntracks.h"

#include "api_recorder_sql.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OWNER      "carrito"
#define POINTS_MAX 20000
#define SPAN_MS    (6 * 3600 * 1000LL) /* as the Recorder: the last six hours */
#define TOPIC_SIZE 64

struct point {
    const char *cart;
    int64_t fix_ms;
    double lat, lon, acc, batt; /* NAN where unknown */
};

static struct point point_of(struct store_rows *rows)
{
    return (struct point){ store_text(rows, 0),   store_int(rows, 1),    store_number(rows, 2),
                           store_number(rows, 3), store_number(rows, 4), store_number(rows, 5) };
}

static void recorder_version(struct api_call *call)
{
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_text(&json, "version", CARRITO_VERSION);
    json_object_end(&json);
}

/* Whom the call asks about; nobody named is everybody. */
static bool asks_owner(const struct api_call *call)
{
    const char *user = request_query(call->request, "user");

    return user == NULL || strcasecmp(user, OWNER) == 0;
}

/* The plate that the query names; "" where it names none, "-" where it is no plate. */
static void read_device(const struct api_call *call, char cart[CART_LENGTH_MAX + 1])
{
    const char *device = request_query(call->request, "device");

    if (device == NULL || !cart_from_person(device, cart))
        snprintf(cart, CART_LENGTH_MAX + 1, "%s", device != NULL ? "-" : "");
}

/* Users, then a user's devices; of files, which the Recorder lists for a device, there are none. */
static void recorder_list(struct api_call *call)
{
    bool users = request_query(call->request, "user") == NULL;
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_array_begin(&json, "results");
    if (users)
        json_text(&json, NULL, OWNER);
    else if (asks_owner(call) && request_query(call->request, "device") == NULL) {
        struct store_rows *rows = store_query(call->store, SQL_RECORDER_DEVICES, "");
        while (store_next(rows))
            json_text(&json, NULL, store_text(rows, 0));
        store_rows_end(rows);
    }
    json_array_end(&json);
    json_object_end(&json);
}

/* `fields` is a list with commas; NULL: everything. */
static bool wants(const char *fields, const char *name)
{
    size_t length = strlen(name);

    if (fields == NULL || fields[0] == '\0')
        return true;
    for (const char *at = fields; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

static void write_text(struct json_writer *json, const char *fields, const char *name,
                       const char *value)
{
    if (wants(fields, name))
        json_text(json, name, value);
}

static void write_number(struct json_writer *json, const char *fields, const char *name,
                         double value)
{
    if (!isnan(value) && wants(fields, name))
        json_number(json, name, value);
}

static void write_location(struct json_writer *json, const char *fields, const struct point *point)
{
    char topic[TOPIC_SIZE], time[TIME_TEXT_SIZE];
    size_t length = strlen(point->cart);

    snprintf(topic, sizeof topic, OWNTRACKS_ROOT "/" OWNER "/%s", point->cart);
    time_text(point->fix_ms, time);
    json_object_begin(json, NULL);
    write_text(json, fields, "_type", "location");
    write_number(json, fields, "lat", point->lat);
    write_number(json, fields, "lon", point->lon);
    write_number(json, fields, "acc", point->acc);
    write_number(json, fields, "batt", point->batt);
    if (wants(fields, "tst"))
        json_int(json, "tst", point->fix_ms / 1000);
    write_text(json, fields, "isotst", time);
    write_text(json, fields, "tid", point->cart + (length > 2 ? length - 2 : 0));
    write_text(json, fields, "topic", topic);
    write_text(json, fields, "username", OWNER);
    write_text(json, fields, "device", point->cart);
    json_object_end(json);
}

static void recorder_last(struct api_call *call)
{
    const char *fields = request_query(call->request, "fields");
    char cart[CART_LENGTH_MAX + 1];
    struct json_writer json = call_json(call, 200);

    read_device(call, cart);
    json_array_begin(&json, NULL);
    struct store_rows *rows = store_query(call->store, SQL_RECORDER_LAST, "t", cart);
    while (store_next(rows)) {
        struct point point = point_of(rows);
        if (asks_owner(call))
            write_location(&json, fields, &point);
    }
    store_rows_end(rows);
    json_array_end(&json);
}

static void write_json(struct api_call *call, struct store_rows *rows)
{
    const char *fields = request_query(call->request, "fields");
    struct json_writer json = call_json(call, 200);
    int64_t count = 0;

    json_object_begin(&json, NULL);
    json_array_begin(&json, "data");
    for (; store_next(rows); count++) {
        struct point point = point_of(rows);
        write_location(&json, fields, &point);
    }
    json_array_end(&json);
    json_int(&json, "count", count);
    json_int(&json, "status", 200);
    json_text(&json, "version", CARRITO_VERSION);
    json_object_end(&json);
}

static void write_coordinates(struct json_writer *json, const char *key, const struct point *point)
{
    json_array_begin(json, key);
    json_number(json, NULL, point->lon);
    json_number(json, NULL, point->lat);
    json_array_end(json);
}

static void write_geojson(struct api_call *call, struct store_rows *rows)
{
    const char *fields = request_query(call->request, "fields");
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_text(&json, "type", "FeatureCollection");
    json_array_begin(&json, "features");
    while (store_next(rows)) {
        struct point point = point_of(rows);
        json_object_begin(&json, NULL);
        json_text(&json, "type", "Feature");
        json_object_begin(&json, "geometry");
        json_text(&json, "type", "Point");
        write_coordinates(&json, "coordinates", &point);
        json_object_end(&json);
        json_object_begin(&json, "properties");
        write_text(&json, fields, "device", point.cart);
        if (wants(fields, "tst"))
            json_int(&json, "tst", point.fix_ms / 1000);
        json_object_end(&json);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
}

static void write_linestring(struct api_call *call, struct store_rows *rows)
{
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_text(&json, "type", "Feature");
    json_object_begin(&json, "properties");
    json_object_end(&json);
    json_object_begin(&json, "geometry");
    json_text(&json, "type", "LineString");
    json_array_begin(&json, "coordinates");
    while (store_next(rows)) {
        struct point point = point_of(rows);
        write_coordinates(&json, NULL, &point);
    }
    json_array_end(&json);
    json_object_end(&json);
    json_object_end(&json);
}

static void write_csv(struct api_call *call, struct store_rows *rows)
{
    static const char *const names[] = { "tst", "isotst", "lat", "lon", "device" };
    struct csv_writer csv = csv_write_to(&call->response->body, CSV_RFC4180);
    char time[TIME_TEXT_SIZE];

    call->response->status = 200;
    call->response->content_type = "text/csv; charset=utf-8";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        csv_text(&csv, names[i]);
    csv_row_end(&csv);
    while (store_next(rows)) {
        struct point point = point_of(rows);
        time_text(point.fix_ms, time);
        csv_int(&csv, point.fix_ms / 1000);
        csv_text(&csv, time);
        csv_number(&csv, point.lat);
        csv_number(&csv, point.lon);
        csv_text(&csv, point.cart);
        csv_row_end(&csv);
    }
}

static void write_gpx(struct api_call *call, struct store_rows *rows)
{
    struct buffer *out = gpx_begin(call);

    while (store_next(rows)) {
        struct point point = point_of(rows);
        gpx_place(out, point.lat, point.lon, point.fix_ms);
    }
    gpx_end(out);
}

/* In the order of format_names. */
static void (*const formats[])(struct api_call *call, struct store_rows *rows) = {
    write_json, write_geojson, write_linestring, write_csv, write_gpx
};
static const char *const format_names[] = { "json", "geojson", "linestring", "csv", "gpx", NULL };

/* YYYY[-MM[-DD[THH[:MM[:SS]]]]] in UTC, as the Recorder takes it: the begin of that span. */
static bool read_shortened(const char *text, int64_t *wall_ms)
{
    static const char begin[] = "YYYY-01-01T00:00:00Z";
    char whole[sizeof begin];
    size_t length = strlen(text);

    if (length < 4 || length >= sizeof begin - 1 || (length - 4) % 3 != 0)
        return false;
    snprintf(whole, sizeof whole, "%s%s", text, begin + length);
    return time_from_text(whole, wall_ms);
}

/* What the Recorder takes, or RFC 3339, or seconds since 1970. */
static bool read_time(struct api_call *call, const char *name, int64_t *wall_ms)
{
    const char *text = request_query(call->request, name);
    char *end;

    if (text == NULL || text[0] == '\0' || time_from_text(text, wall_ms))
        return true;
    long long seconds = strtoll(text, &end, 10);
    if (*end == '\0' && seconds > 9999 && seconds < INTEGER_MAX / 1000) {
        *wall_ms = seconds * 1000;
        return true;
    }
    if (read_shortened(text, wall_ms))
        return true;
    call_problem(call, PROBLEM_BAD_PARAMETER, name, "2026-09-18T10:00:00");
    return false;
}

static bool read_limit(struct api_call *call, int64_t *limit)
{
    const char *text = request_query(call->request, "limit");

    if (text == NULL || page_number_read(text, 1, POINTS_MAX, limit) == PAGE_NUMBER_OK)
        return true;
    call_problem(call, PROBLEM_BAD_PARAMETER, "limit", "1..20000");
    return false;
}

/* The Recorder wants both names too. */
static bool names_device(struct api_call *call)
{
    static const struct {
        const char *name, *example;
    } names[] = { { "user", OWNER }, { "device", "BBCL23" } };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (request_query(call->request, names[i].name) == NULL) {
            call_problem(call, PROBLEM_BAD_PARAMETER, names[i].name, names[i].example);
            return false;
        }
    return true;
}

static void recorder_locations(struct api_call *call)
{
    int64_t from_ms = call->now_ms - SPAN_MS, to_ms = call->now_ms, limit = POINTS_MAX, format = 0;
    char cart[CART_LENGTH_MAX + 1];

    if (!read_time(call, "from", &from_ms) || !read_time(call, "to", &to_ms) ||
        !read_limit(call, &limit) || !list_read_word(call, "format", format_names, &format) ||
        !names_device(call))
        return;
    read_device(call, cart);
    struct store_rows *rows = store_query(call->store, SQL_RECORDER_TRACK, "tiii",
                                          asks_owner(call) ? cart : "-", from_ms, to_ms, limit);
    formats[format](call, rows);
    store_rows_end(rows);
}

#define ROUTE_LONG      (ROUTE_BASIC | ROUTE_WORKER)
#define LOCATIONS_QUERY "user device from to fields format limit"
static const struct route routes[] = {
    { "GET", "/api/0/version", WHO_READS, ROUTE_BASIC, NULL, recorder_version },
    { "GET", "/api/0/list", WHO_READS, ROUTE_BASIC, "user device", recorder_list },
    { "GET", "/api/0/last", WHO_READS, ROUTE_LONG, "user device fields", recorder_last },
    { "GET", "/api/0/locations", WHO_READS, ROUTE_LONG, LOCATIONS_QUERY, recorder_locations },
};
const struct route_table recorder_routes = ROUTE_TABLE_OF(routes);
