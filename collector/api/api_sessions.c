/* A user's own sessions: what stands for whoever asks, and its end. A phone that he made for a cart
 * stands for the cart, and a program's token for nobody but itself. */
#include "collector/access/users.h"
#include "collector/api/api_parts.h"
#include "collector/call/list.h"

#include "users_sql.h"

#include <stdio.h>

static const struct column columns[] = {
    { "id", CELL_TEXT },      { "role", CELL_TEXT },    { "created", CELL_TIME },
    { "expires", CELL_TIME }, { "current", CELL_BOOL },
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows =
        store_query(store, SQL_SESSIONS_PAGE, "tiiti", request->text, request->now_ms,
                    request->after.ints[0], request->after.texts[1], request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, COLUMN_COUNT);
        key.ints[0] = store_int(rows, 2);
        snprintf(key.texts[1], sizeof key.texts[1], "%s", store_text(rows, 0));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list sessions = {
    .name = "sessions",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_types = "it",
    .first = { .ints = { -1 } },
    .fetch = fetch,
};

static void own_hash(const struct api_call *call, char hash[TOKEN_HASH_SIZE])
{
    token_hash(request_bearer(call->request), hash);
}

static void sessions_list(struct api_call *call)
{
    struct list_request request = { .list = &sessions };
    own_hash(call, request.text);
    snprintf(request.cart, sizeof request.cart, "%s", call->who.cart); /* so a vendor may */
    list_answer(call, &request);
}

static void sessions_end(struct api_call *call)
{
    const char *id = call->match.parameters[0];
    char hash[TOKEN_HASH_SIZE];
    own_hash(call, hash);
    store_begin(call->store);
    bool ended = store_run(call->store, SQL_SESSION_REMOVE, "tt", id, hash) &&
                 store_changed(call->store) > 0;
    if (!ended && store_status(call->store) == STORE_OK) {
        store_rollback(call->store);
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    call_acted(call, "session-end", id, NULL);
    if (call_commit(call))
        call->response->status = 204;
}

/* All but the one that asks: a phone that was lost, a browser that somebody forgot. */
static void sessions_end_others(struct api_call *call)
{
    char hash[TOKEN_HASH_SIZE];
    int64_t ended = 0;
    own_hash(call, hash);
    store_begin(call->store);
    if (store_run(call->store, SQL_SESSIONS_REMOVE_OTHERS, "t", hash))
        ended = store_changed(call->store);
    if (ended > 0)
        call_acted(call, "sessions-end", call->who.name, NULL);
    if (!call_commit(call))
        return;
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_int(&json, "ended", ended);
    json_object_end(&json);
}

#define MINE API "/me/sessions"
static const struct route routes[] = {
    { "GET", MINE, WHO_SIGNED_IN, ROUTE_LIST, NULL, sessions_list },
    { "DELETE", MINE, WHO_SIGNED_IN, ROUTE_WORKER, NULL, sessions_end_others },
    { "DELETE", MINE "/{id}", WHO_SIGNED_IN, ROUTE_WORKER, NULL, sessions_end },
};
const struct route_table sessions_routes = ROUTE_TABLE_OF(routes);
