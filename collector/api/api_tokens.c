/* Tokens: for programs that stand for no user, and those that users got when they signed in. */
#include "collector/access/users.h"
#include "collector/api/api_parts.h"
#include "collector/call/list.h"

#include "users_sql.h"

#include "common/day.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS   86400000LL
#define DAYS_MAX 3650

static const struct column columns[] = {
    { "id", CELL_TEXT },      { "name", CELL_TEXT }, { "role", CELL_TEXT },
    { "cart", CELL_TEXT },    { "user", CELL_TEXT }, { "created", CELL_TIME },
    { "expires", CELL_TIME },
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows =
        store_query(store, SQL_TOKENS_PAGE, "iiti", request->now_ms, request->after.ints[0],
                    request->after.texts[1], request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, COLUMN_COUNT);
        key.ints[0] = store_int(rows, 5);
        snprintf(key.texts[1], sizeof key.texts[1], "%s", store_text(rows, 0));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list tokens = {
    .name = "tokens",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_types = "it",
    .first = { .ints = { -1 } },
    .fetch = fetch,
};

static void tokens_list(struct api_call *call)
{
    struct list_request request = { .list = &tokens };
    list_answer(call, &request);
}

static void answer_token(struct api_call *call, const struct identity *who,
                         const struct token *token)
{
    char expires[TIME_TEXT_SIZE];
    struct json_writer json = call_json(call, 201);
    time_text(who->expires_ms, expires);
    json_object_begin(&json, NULL);
    json_text(&json, "id", token->id);
    json_text(&json, "token", token->text);
    json_text(&json, "name", who->name);
    json_text(&json, "role", role_name(who->role));
    json_text(&json, "cart", who->cart[0] != '\0' ? who->cart : NULL);
    json_text(&json, "expires", expires);
    json_object_end(&json);
}

/* A token with a user's name is that user's, and ends with it. */
static void give(struct api_call *call, const struct identity *who)
{
    struct account user;
    struct token token;
    store_begin(call->store);
    account_read(call->store, who->name, &user);
    token_give(call->store, who, user.known ? who->name : NULL, &token, call->now_ms);
    call_acted(call, "token-add", token.id, who->name);
    if (call_commit(call))
        answer_token(call, who, &token);
}

static void tokens_add(struct api_call *call)
{
    struct json_reason why = { 0 };
    struct identity who = { 0 };
    int64_t days;
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    if (identity_read(body, &who, &why) &&
        json_get_int(body, "days", JSON_REQUIRED, 1, DAYS_MAX, &days, &why)) {
        who.expires_ms = call->now_ms + days * DAY_MS;
        give(call, &who);
    } else {
        call_refuse(call, &why);
    }
    cJSON_Delete(body);
}

static void tokens_remove(struct api_call *call)
{
    const char *id = call->match.parameters[0];
    store_begin(call->store);
    bool ended = token_end_by_id(call->store, id);
    if (!ended && store_status(call->store) == STORE_OK) {
        store_rollback(call->store);
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    call_acted(call, "token-remove", id, NULL);
    if (call_commit(call))
        call->response->status = 204;
}

static const struct route routes[] = {
    { "GET", API "/tokens", WHO_ADMIN, ROUTE_LIST, NULL, tokens_list },
    { "POST", API "/tokens", WHO_ADMIN, ROUTE_ACT | ROUTE_SECRET, NULL, tokens_add },
    { "DELETE", API "/tokens/{id}", WHO_ADMIN, ROUTE_WORKER, NULL, tokens_remove },
};
const struct route_table tokens_routes = ROUTE_TABLE_OF(routes);
