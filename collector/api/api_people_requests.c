/* The register of what persons have asked for. */
#include "collector/call/list.h"
#include "collector/people/person_request.h"
#include "common/event.h"

#include "people_requests_sql.h"

#include <stdio.h>
#include <string.h>

static const struct column columns[] = {
    { "id", CELL_TEXT },     { "kind", CELL_TEXT }, { "note", CELL_TEXT },
    { "opened", CELL_TIME }, { "due", CELL_TIME },  { "done", CELL_TIME },
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows =
        store_query(store, SQL_PEOPLE_REQUESTS_PAGE, "iti", request->after.ints[0],
                    request->after.texts[1], request->limit + 1);

    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, COLUMN_COUNT);
        key.ints[0] = store_int(rows, 3);
        snprintf(key.texts[1], sizeof key.texts[1], "%s", store_text(rows, 0));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

/* In the order in which they came: the first is due first. */
static const struct list requests = {
    .name = "people-requests",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_types = "it",
    .first = { .ints = { -1 } },
    .fetch = fetch,
};

static void requests_list(struct api_call *call)
{
    struct list_request request = { .list = &requests };

    list_answer(call, &request);
}

static void answer_one(struct api_call *call, const char *id)
{
    struct store_rows *rows = store_query(call->store, SQL_PEOPLE_REQUEST_ONE, "t", id);

    if (store_next(rows))
        list_object(call, &requests, rows);
    store_rows_end(rows);
}

/* The register's own spelling of a kind; NULL where it has none. */
static const char *kind_of(const char *text)
{
    for (size_t i = 0; person_request_kinds[i] != NULL; i++)
        if (strcmp(person_request_kinds[i], text) == 0)
            return person_request_kinds[i];
    return NULL;
}

static void requests_open(struct api_call *call)
{
    struct person_request request = { .opened_ms = call->now_ms };
    char id[EPOCH_LENGTH_MAX + 1];
    struct json_reason why = { 0 };
    const char *kind = NULL;
    cJSON *body = call_body(call);

    if (body == NULL)
        return;
    if (!json_get_text(body, "kind", JSON_REQUIRED, 1, 32, &kind, &why) ||
        !json_get_text(body, "note", JSON_OPTIONAL, 1, PERSON_REQUEST_NOTE_MAX, &request.note,
                       &why) ||
        ((request.kind = kind_of(kind)) == NULL &&
         !json_refuse(&why, "kind", SAY_REASON_PERSON_REQUEST()))) {
        call_refuse(call, &why);
    } else if (store_begin(call->store)) {
        epoch_make(id);
        request.id = id;
        person_request_open(call->store, &request);
        call_acted(call, "person-request", id, request.kind);
        answer_one(call, id);
        call_commit(call);
    }
    cJSON_Delete(body);
}

static void requests_done(struct api_call *call)
{
    const char *id = call->match.parameters[0];
    bool done = false;

    if (store_begin(call->store))
        done = person_request_done(call->store, id, call->now_ms);
    if (!done && store_status(call->store) == STORE_OK) {
        store_rollback(call->store);
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    call_acted(call, "person-request-done", id, NULL);
    answer_one(call, id);
    call_commit(call);
}

static const struct route routes[] = {
    { "GET", API "/people/requests", WHO_ADMIN, ROUTE_LIST, NULL, requests_list },
    { "POST", API "/people/requests", WHO_ADMIN, ROUTE_ACT_ONCE, NULL, requests_open },
    { "POST", API "/people/requests/{id}/done", WHO_ADMIN, ROUTE_DO_ONCE, NULL, requests_done },
};
const struct route_table people_requests_routes = ROUTE_TABLE_OF(routes);
