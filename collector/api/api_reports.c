/* Reports ("denuncias") of carts and places, and the fugitives that they make. */
#include "collector/api/api_parts.h"
#include "collector/call/list.h"
#include "collector/carts/cart_row.h"
#include "collector/effects/outgoing.h"
#include "collector/location/fugitive.h"
#include "common/day.h"
#include "common/event.h"

#include "api_reports_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct column report_columns[] = {
    { "id", CELL_TEXT },    { "time", CELL_TIME }, { "cart", CELL_TEXT },   { "lat", CELL_NUMBER },
    { "lon", CELL_NUMBER }, { "note", CELL_TEXT }, { "status", CELL_TEXT },
};
#define REPORT_COLUMNS (sizeof report_columns / sizeof *report_columns)

static const char *const statuses[] = { "open", "sighting", "dismissed", "closed", NULL };

static void reports_fetch(struct store *store, const struct list_request *request,
                          struct list_out *out)
{
    struct page_key key = { 0 };
    struct buffer states = { 0 };
    bool is_past = request->after.ints[0] < request->times.to;
    list_write_set(statuses, request->sets[0], &states);
    struct store_rows *rows = store_query(
        store, SQL_REPORTS_PAGE, "ititti", is_past ? request->after.ints[0] : request->times.to,
        is_past ? request->after.texts[1] : "", request->times.from, states.bytes, request->cart,
        request->limit + 1);
    buffer_free(&states);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, REPORT_COLUMNS);
        key.ints[0] = store_int(rows, 1);
        snprintf(key.texts[1], sizeof key.texts[1], "%s", store_text(rows, 0));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list reports = {
    .name = "reports",
    .columns = report_columns,
    .column_count = REPORT_COLUMNS,
    .key_types = "it", /* time, id; both descending */
    .first = { .ints = { INT64_MAX } },
    .fetch = reports_fetch,
};

static void reports_list(struct api_call *call)
{
    struct list_request request = { .list = &reports };
    if (!list_read_words(call, "status", statuses, &request.sets[0]) ||
        !list_read_cart(call, &request) || !list_read_span(call, &request))
        return;
    list_bound_times(&request);
    list_answer(call, &request);
}

static void answer_report(struct api_call *call, const char *id)
{
    list_answer_row(call, &reports, store_query(call->store, SQL_REPORTS_ONE, "t", id));
}

static void reports_one(struct api_call *call)
{
    answer_report(call, call->match.parameters[0]);
}

static void enqueue(struct store *store, const struct report *report)
{
    struct buffer value = { 0 };
    struct json_writer json = json_write_to(&value);
    char id[REPORT_ID_MAX + 16];
    bool named = report->cart[0] != '\0';

    json_object_begin(&json, NULL);
    json_text(&json, "id", report->id);
    json_int(&json, "ts_ms", report->time_ms);
    if (named)
        json_text(&json, "cart", report->cart);
    json_number(&json, "lat", report->lat);
    json_number(&json, "lon", report->lon);
    if (report->note[0] != '\0')
        json_text(&json, "note", report->note);
    if (report->trusted)
        json_bool(&json, REPORT_TRUSTED, true);
    json_object_end(&json);
    snprintf(id, sizeof id, "report/%.32s", report->id);
    outgoing_add(store, &(struct outgoing){ .id = id,
                                            .topic = TOPIC_REPORTS,
                                            .key = named ? report->cart : NULL,
                                            .key_length = strlen(report->cart),
                                            .value = value.bytes,
                                            .value_length = value.length,
                                            .type = "report" });
    buffer_free(&value);
}

/* An operator's word, or that of the cart's own vendor, needs no confirmation. */
static bool is_trusted(const struct identity *who, const struct report *report)
{
    return (who->role & WHO_ACTS) != 0 || (who->role == ROLE_VENDOR && report->cart[0] != '\0' &&
                                           cart_is_same(who->cart, report->cart));
}

static void reports_make(struct api_call *call)
{
    struct json_reason why = { 0 };
    struct report report;
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    bool valid = report_read_members(body, &report, &why);
    cJSON_Delete(body);
    if (!valid) {
        call_refuse(call, &why);
        return;
    }
    epoch_make(report.id);
    report.time_ms = call->now_ms;
    report.trusted = is_trusted(&call->who, &report);
    if (store_begin(call->store))
        enqueue(call->store, &report);
    if (call->who.name[0] != '\0')
        call_acted(call, "report", report.cart[0] != '\0' ? report.cart : report.id, NULL);
    struct json_writer json = call_json(call, 202);
    json_object_begin(&json, NULL);
    json_text(&json, "id", report.id);
    json_object_end(&json);
    call_commit(call);
}

static void reports_dismiss(struct api_call *call)
{
    const char *id = call->match.parameters[0];
    /* One that is closed, or dismissed already, stays as it is, and is answered as it is. */
    if (store_begin(call->store) && report_dismiss(call->store, id, call->now_ms))
        call_acted(call, "report-dismiss", id, NULL);
    answer_report(call, id);
    call_commit(call);
}

static const struct column fugitive_columns[] = {
    { "cart", CELL_TEXT },     { "since", CELL_TIME },     { "reason", CELL_SAID },
    { "reports", CELL_INT },   { "lat", CELL_NUMBER },     { "lon", CELL_NUMBER },
    { "last_fix", CELL_TIME }, { "confirmed", CELL_TIME }, { "until", CELL_TIME },
    { "trail", CELL_OWN },
};
#define FUGITIVE_COLUMNS (sizeof fugitive_columns / sizeof *fugitive_columns)

/* How much of its trail a row has, the newest places; where that is much, fewer are on a page. */
#define TRAIL_SHORT     10
#define TRAIL_LONG      1000
#define LONG_TRAILS_MAX 10

static const char *const switches[] = { "0", "1", NULL };

static void write_trail(struct store *store, struct store_rows *fugitive, int64_t places,
                        struct list_out *out)
{
    struct buffer text = { 0 };
    char time[TIME_TEXT_SIZE];
    struct json_writer json = json_write_to(&text);
    struct store_rows *rows = store_query(store, SQL_FUGITIVES_TRAIL, "tii",
                                          store_text(fugitive, 0), store_int(fugitive, 1), places);
    json_array_begin(&json, NULL);
    while (store_next(rows)) {
        json_object_begin(&json, NULL);
        time_text(store_int(rows, 0), time);
        json_text(&json, "time", time);
        json_number(&json, "lat", store_number(rows, 1));
        json_number(&json, "lon", store_number(rows, 2));
        json_object_end(&json);
    }
    store_rows_end(rows);
    json_array_end(&json);
    list_own_cell(out, &text, "");
    buffer_free(&text);
}

static void say_reason(struct store_rows *rows, int at, enum lang lang, struct buffer *out)
{
    fugitive_say_reason(store_text(rows, at), lang, out);
}

static void fugitives_fetch(struct store *store, const struct list_request *request,
                            struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows =
        store_query(store, SQL_FUGITIVES_PAGE, "ti", request->after.texts[0], request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, FUGITIVE_COLUMNS - 1);
        write_trail(store, rows, request->group == 1 ? TRAIL_LONG : TRAIL_SHORT, out);
        snprintf(key.texts[0], sizeof key.texts[0], "%s", store_text(rows, 0));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list fugitives = {
    .name = "fugitives",
    .columns = fugitive_columns,
    .column_count = FUGITIVE_COLUMNS,
    .key_types = "t",
    .say = say_reason,
    .fetch = fugitives_fetch,
};

static void fugitives_list(struct api_call *call)
{
    struct list_request request = { .list = &fugitives };
    if (!list_read_word(call, "trail", switches, &request.group))
        return;
    request.limit_max = request.group == 1 ? LONG_TRAILS_MAX : 0;
    list_answer(call, &request);
}

/* What an act answers: without the trail. */
static const struct list fugitive = {
    .name = "fugitive",
    .columns = fugitive_columns,
    .column_count = FUGITIVE_COLUMNS - 1,
    .say = say_reason,
};

static void fugitives_confirm(struct api_call *call)
{
    char cart[CART_LENGTH_MAX + 1];
    call_cart(call, cart);
    if (store_begin(call->store) && !fugitive_confirm(call->store, cart, call->now_ms) &&
        store_status(call->store) == STORE_OK) {
        answer_nothing_of_cart(call);
        return;
    }
    call_acted(call, "fugitive-confirm", cart, NULL);
    list_answer_row(call, &fugitive, store_query(call->store, SQL_FUGITIVES_ONE, "t", cart));
    call_commit(call);
}

/* False where the list is none of plates, or too long. */
static bool read_carts(const cJSON *body, char (*carts)[CART_LENGTH_MAX + 1], size_t *count)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(body, "carts");
    const cJSON *one;

    *count = 0;
    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) < 1 ||
        cJSON_GetArraySize(list) > FUGITIVES_CLEARED_MAX)
        return false;
    cJSON_ArrayForEach(
        one, list) if (!cJSON_IsString(one) ||
                       !cart_from_person(one->valuestring, carts[(*count)++])) return false;
    return true;
}

static void clear_all(struct api_call *call, char (*carts)[CART_LENGTH_MAX + 1], size_t count)
{
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_array_begin(&json, "cleared");
    store_begin(call->store);
    for (size_t i = 0; i < count; i++) {
        cart_known_as(call->store, carts[i]);
        if (fugitive_clear(call->store, carts[i], call->now_ms)) {
            call_acted(call, "fugitive-clear", carts[i], NULL);
            json_text(&json, NULL, carts[i]);
        }
    }
    json_array_end(&json);
    json_object_end(&json);
    call_commit(call);
}

/* Many at once, as after a night of false reports; who is none is passed over. */
static void fugitives_clear_many(struct api_call *call)
{
    size_t count;
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    char(*carts)[CART_LENGTH_MAX + 1] = calloc(FUGITIVES_CLEARED_MAX, sizeof *carts);
    if (carts == NULL)
        abort();
    if (read_carts(body, carts, &count))
        clear_all(call, carts, count);
    else
        call_invalid(call, "carts", SAY_REASON_PLATES("carts", FUGITIVES_CLEARED_MAX));
    free(carts);
    cJSON_Delete(body);
}

static void fugitives_clear(struct api_call *call)
{
    char cart[CART_LENGTH_MAX + 1];
    call_cart(call, cart);
    if (store_begin(call->store) && !fugitive_clear(call->store, cart, call->now_ms) &&
        store_status(call->store) == STORE_OK) {
        answer_nothing_of_cart(call);
        return;
    }
    call_acted(call, "fugitive-clear", cart, NULL);
    if (call_commit(call))
        call->response->status = 204;
}

static const struct route routes[] = {
    { "POST", API "/reports", WHO_OPEN, ROUTE_WORKER | ROUTE_OPEN_ONCE, NULL, reports_make },
    { "GET", API "/reports", WHO_READS, ROUTE_TABLE | ROUTE_SEARCH, "status cart from to",
      reports_list },
    { "GET", API "/reports/{id}", WHO_READS, 0, NULL, reports_one },
    { "POST", API "/reports/{id}/dismiss", WHO_ACTS, ROUTE_DO_ONCE, NULL, reports_dismiss },
    { "GET", API "/fugitives", WHO_READS, ROUTE_LIST | ROUTE_WORKER, "trail", fugitives_list },
    { "POST", API "/fugitives/clear", WHO_ACTS, ROUTE_ACT_ONCE, NULL, fugitives_clear_many },
    { "POST", API "/fugitives/{cart}/confirm", WHO_ACTS, ROUTE_DO_ONCE, NULL, fugitives_confirm },
    { "DELETE", API "/fugitives/{cart}", WHO_ACTS, ROUTE_WORKER, NULL, fugitives_clear },
};
const struct route_table reports_routes = ROUTE_TABLE_OF(routes);
