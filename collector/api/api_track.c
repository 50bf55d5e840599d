/* Where a cart was, as GeoJSON (RFC 7946) or GPX: its track, and the evidence of a fugitive. */
#include "collector/api/api_parts.h"
#include "collector/api/gpx.h"
#include "collector/call/list.h"
#include "collector/location/fugitive.h"
#include "common/day.h"
#include "common/event.h"

#include "api_track_sql.h"

#include <stdio.h>
#include <string.h>

#define POINTS_MAX 20000 /* of an answer, the newest; a week or so */

/* A line that is being written: `coordinates` first, then the times beside them. */
struct line {
    struct buffer times;
    struct json_writer time;
    int64_t points;
};

static void write_place(struct json_writer *json, const char *key, double lat, double lon)
{
    json_array_begin(json, key);
    json_number(json, NULL, lon);
    json_number(json, NULL, lat);
    json_array_end(json);
}

/* A line has two places or more: one alone stands for a cart that has not moved since. */
static void write_coordinates(struct json_writer *json, struct store_rows *rows, struct line *line)
{
    double lat = 0, lon = 0;
    json_array_begin(json, "coordinates");
    for (; store_next(rows); line->points++) {
        lat = store_number(rows, 1);
        lon = store_number(rows, 2);
        write_place(json, NULL, lat, lon);
        json_time(&line->time, NULL, store_int(rows, 0));
    }
    if (line->points == 1)
        write_place(json, NULL, lat, lon);
    json_array_end(json);
}

/* The feature up to its properties, which the caller goes on with. Rows are time, lat, lon. */
static void feature_begin(struct json_writer *json, struct store_rows *rows, const char *cart,
                          const char *kind)
{
    struct line line = { 0 };
    line.time = json_write_to(&line.times);
    json_array_begin(&line.time, NULL);
    json_object_begin(json, NULL);
    json_text(json, "type", "Feature");
    json_object_begin(json, "geometry");
    json_text(json, "type", "LineString");
    write_coordinates(json, rows, &line);
    json_object_end(json);
    json_array_end(&line.time);
    json_object_begin(json, "properties");
    json_text(json, "cart", cart);
    json_text(json, "kind", kind);
    json_int(json, "points", line.points);
    json_raw(json, "times", line.times.bytes, line.times.length);
    buffer_free(&line.times);
}

static void feature_end(struct json_writer *json)
{
    json_object_end(json);
    json_object_end(json);
}

static struct json_writer collection_begin(struct api_call *call)
{
    struct json_writer json = call_json(call, 200);
    call->response->content_type = "application/geo+json";
    json_object_begin(&json, NULL);
    json_text(&json, "type", "FeatureCollection");
    json_array_begin(&json, "features");
    return json;
}

static void collection_end(struct json_writer *json)
{
    json_array_end(json);
    json_object_end(json);
}

/* Instants and days bound the same here: a place is where the cart was then. */
static struct list_times span_of(const struct list_request *request)
{
    struct list_times span = request->times;
    if (span.from == INT64_MIN && request->days.first > LIST_DAY_FIRST)
        span.from = day_start_ms((int32_t)request->days.first);
    if (span.to == INT64_MAX && request->days.last < LIST_DAY_LAST)
        span.to = day_start_ms((int32_t)request->days.last + 1);
    return span;
}

static bool is_known(struct api_call *call, char cart[CART_LENGTH_MAX + 1])
{
    call_cart(call, cart);
    bool known = store_has(call->store, SQL_TRACK_CART, "t", cart);
    if (!known)
        call_problem(call, PROBLEM_NO_CART, NULL, call->match.cart);
    return known;
}

static void write_gpx(struct api_call *call, struct store_rows *rows)
{
    struct buffer *out = gpx_begin(call);
    while (store_next(rows))
        gpx_place(out, store_number(rows, 1), store_number(rows, 2), store_int(rows, 0));
    gpx_end(out);
}

static void carts_track(struct api_call *call)
{
    enum { TRACK_GEOJSON, TRACK_GPX };
    static const char *const formats[] = { "geojson", "gpx", NULL };
    struct list_request request = { 0 };
    char cart[CART_LENGTH_MAX + 1];
    int64_t format = TRACK_GEOJSON;
    if (!list_read_span(call, &request) || !list_read_word(call, "format", formats, &format) ||
        !is_known(call, cart))
        return;
    struct list_times span = span_of(&request);
    struct store_rows *rows = store_query(call->store, SQL_TRACK_READ, "tiii", cart, span.from,
                                          span.to, (int64_t)POINTS_MAX);
    if (format == TRACK_GPX) {
        write_gpx(call, rows);
        store_rows_end(rows);
        return;
    }
    struct json_writer json = collection_begin(call);
    feature_begin(&json, rows, cart, "track");
    feature_end(&json);
    collection_end(&json);
}

/* The oldest place that an answer has, by the search that it is of. */
struct oldest {
    int64_t since_ms, time_ms;
};

static struct oldest find_oldest(struct store *store, const char *cart)
{
    struct oldest oldest = { INT64_MIN, INT64_MIN };
    struct store_rows *rows =
        store_query(store, SQL_EVIDENCE_OLDEST, "ti", cart, (int64_t)POINTS_MAX - 1);
    if (store_next(rows))
        oldest = (struct oldest){ store_int(rows, 0), store_int(rows, 1) };
    store_rows_end(rows);
    return oldest;
}

static void write_trails(struct api_call *call, struct json_writer *json, const char *cart)
{
    struct oldest oldest = find_oldest(call->store, cart);
    struct store_rows *rows = store_query(call->store, SQL_EVIDENCE_FUGITIVES, "t", cart);
    struct buffer reason = { 0 };
    while (store_next(rows)) {
        struct store_rows *trail = store_query(call->store, SQL_EVIDENCE_TRAIL, "tiii", cart,
                                               store_int(rows, 0), oldest.since_ms, oldest.time_ms);
        feature_begin(json, trail, cart, "trail");
        json_time(json, "since", store_int(rows, 0));
        if (store_is_null(rows, 1))
            json_null(json, "until");
        else
            json_time(json, "until", store_int(rows, 1));
        fugitive_say_reason(store_text(rows, 2), call->lang, &reason);
        json_text(json, "reason", reason.bytes);
        buffer_free(&reason);
        feature_end(json);
    }
}

static void write_reports(struct api_call *call, struct json_writer *json, const char *cart)
{
    struct store_rows *rows = store_query(call->store, SQL_EVIDENCE_REPORTS, "t", cart);
    while (store_next(rows)) {
        json_object_begin(json, NULL);
        json_text(json, "type", "Feature");
        json_object_begin(json, "geometry");
        json_text(json, "type", "Point");
        write_place(json, "coordinates", store_number(rows, 1), store_number(rows, 2));
        json_object_end(json);
        json_object_begin(json, "properties");
        json_text(json, "cart", cart);
        json_text(json, "kind", "report");
        json_time(json, "time", store_int(rows, 0));
        json_text(json, "id", store_text(rows, 3));
        json_text(json, "status", store_text(rows, 4));
        json_text(json, "note", store_text(rows, 5));
        feature_end(json);
    }
}

static const struct column evidence_columns[] = {
    { "time", CELL_TIME }, { "kind", CELL_TEXT },   { "lat", CELL_NUMBER }, { "lon", CELL_NUMBER },
    { "id", CELL_TEXT },   { "status", CELL_TEXT }, { "note", CELL_TEXT },
};
#define EVIDENCE_COLUMNS (sizeof evidence_columns / sizeof *evidence_columns)

#define KIND_PLACE  "position"
#define KIND_REPORT "report"

/* After that place, unless the page is full: false where it is. */
static bool fetch_places(struct store *store, const struct list_request *request,
                         struct list_out *out)
{
    const struct page_key *after = &request->after;
    struct page_key key = { .texts = { KIND_PLACE } };
    bool is_open = true;
    struct store_rows *rows = store_query(store, SQL_EVIDENCE_PLACES_PAGE, "tiii", request->cart,
                                          after->ints[1], after->ints[2], request->limit + 1);
    while (store_next(rows) && (is_open = list_row_begin(out))) {
        list_cells(out, rows, 0, EVIDENCE_COLUMNS);
        key.ints[1] = store_int(rows, 7);
        key.ints[2] = store_int(rows, 0);
        list_row_end(out, &key);
    }
    store_rows_end(rows);
    return is_open;
}

static void fetch_reports(struct store *store, const struct list_request *request,
                          struct list_out *out)
{
    const struct page_key *after = &request->after;
    bool goes_on = strcmp(after->texts[0], KIND_REPORT) == 0;
    struct page_key key = { .texts = { KIND_REPORT } };
    struct store_rows *rows =
        store_query(store, SQL_EVIDENCE_REPORTS_PAGE, "titi", request->cart,
                    goes_on ? after->ints[2] : INT64_MIN, after->texts[3], request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, EVIDENCE_COLUMNS);
        key.ints[2] = store_int(rows, 0);
        snprintf(key.texts[3], sizeof key.texts[3], "%s", store_text(rows, 4));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

/* One after the other, so that each page is read at its place in an index: together they would be
 * sorted anew, whole, for each page. */
static void evidence_fetch(struct store *store, const struct list_request *request,
                           struct list_out *out)
{
    if (strcmp(request->after.texts[0], KIND_REPORT) == 0 || fetch_places(store, request, out))
        fetch_reports(store, request, out);
}

static const struct list evidence = {
    .name = "evidence",
    .columns = evidence_columns,
    .column_count = EVIDENCE_COLUMNS,
    .key_types = "tiit", /* kind, of a place when the search began, time, of a report its id */
    .first = { .ints = { 0, INT64_MIN, INT64_MIN }, .texts = { KIND_PLACE } },
    .fetch = evidence_fetch,
};

static void carts_evidence(struct api_call *call)
{
    static const char *const formats[] = { "geojson", "csv", NULL };
    struct list_request request = { .list = &evidence };
    int64_t format = list_wants_table(call);
    enum csv_dialect dialect; /* a wrong one is refused in every format */
    if (!list_read_word(call, "format", formats, &format) || !list_read_dialect(call, &dialect) ||
        !is_known(call, request.cart))
        return;
    if (format == 1) {
        list_answer(call, &request);
        return;
    }
    struct json_writer json = collection_begin(call);
    write_trails(call, &json, request.cart);
    write_reports(call, &json, request.cart);
    collection_end(&json);
}

static const struct route routes[] = {
    { "GET", API "/carts/{cart}/track", WHO_READS_OWN, ROUTE_WORKER, "from to format",
      carts_track },
    { "GET", API "/carts/{cart}/evidence", WHO_READS, ROUTE_CSV | ROUTE_WORKER, NULL,
      carts_evidence },
};
const struct route_table track_routes = ROUTE_TABLE_OF(routes);
