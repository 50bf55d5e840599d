/* Users and accounts: who may sign in, and who is blocked. */
#include "collector/access/login.h"
#include "collector/access/users.h"
#include "collector/api/api_parts.h"
#include "collector/call/list.h"
#include "common/event.h"

#include "login_sql.h"
#include "users_sql.h"

#include <stdio.h>
#include <string.h>

static const struct column user_columns[] = {
    { "name", CELL_TEXT },    { "role", CELL_TEXT },          { "cart", CELL_TEXT },
    { "created", CELL_TIME }, { "blocked_until", CELL_TIME },
};
#define USER_COLUMNS (sizeof user_columns / sizeof *user_columns)

static void users_fetch(struct store *store, const struct list_request *request,
                        struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows = store_query(store, SQL_USERS_PAGE, "iti", request->now_ms,
                                          request->after.texts[0], request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, USER_COLUMNS);
        snprintf(key.texts[0], sizeof key.texts[0], "%s", store_text(rows, 0));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list users = {
    .name = "users",
    .columns = user_columns,
    .column_count = USER_COLUMNS,
    .key_types = "t",
    .fetch = users_fetch,
};

static void users_list(struct api_call *call)
{
    struct list_request request = { .list = &users };
    list_answer(call, &request);
}

static void answer_user(struct api_call *call, const char *name)
{
    list_answer_row(call, &users, store_query(call->store, SQL_USER_ROW, "it", call->now_ms, name));
}

static void users_one(struct api_call *call)
{
    answer_user(call, call->match.parameters[0]);
}

static bool read_password(const cJSON *body, const char **password, struct json_reason *why)
{
    return json_get_text(body, "password", JSON_REQUIRED, PASSWORD_MIN, PASSWORD_MAX, password,
                         why) &&
           password_may_be("password", *password, why);
}

/* A role, and the cart of a vendor. */
static bool read_role(const cJSON *body, struct identity *who, struct json_reason *why)
{
    const char *role, *cart = NULL;
    if (!json_get_text(body, "role", JSON_REQUIRED, 1, 32, &role, why))
        return false;
    if (cJSON_GetObjectItemCaseSensitive(body, "cart") != NULL &&
        !cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(body, "cart")) &&
        !json_get_text(body, "cart", JSON_REQUIRED, 1, 64, &cart, why))
        return false;
    who->role = role_from_name(role);
    if (who->role == ROLE_NONE)
        return json_refuse(why, "role", SAY_REASON_ROLE());
    if ((who->role == ROLE_VENDOR) != (cart != NULL))
        return json_refuse(why, "cart", SAY_REASON_VENDOR_CART());
    if (cart != NULL && !cart_from_person(cart, who->cart))
        return json_refuse(why, "cart", SAY_REASON_PLATE("cart"));
    return true;
}

bool identity_read(const cJSON *body, struct identity *who, struct json_reason *why)
{
    const char *name;
    if (!json_get_text(body, "name", JSON_REQUIRED, 1, USER_NAME_MAX, &name, why))
        return false;
    if (!user_name_is_valid(name))
        return json_refuse(why, "name", SAY_REASON_LETTERS("name", ". _ @ -"));
    snprintf(who->name, sizeof who->name, "%s", name);
    return read_role(body, who, why);
}

static void add_user(struct api_call *call, const struct identity *who, const char *password)
{
    char hash[PASSWORD_HASH_SIZE];
    struct user user = { .name = who->name,
                         .role = who->role,
                         .cart = who->cart[0] != '\0' ? who->cart : NULL,
                         .password = hash };
    if (!password_hash(password, hash)) {
        call_problem(call, PROBLEM_INTERNAL, NULL, NULL);
        return;
    }
    store_begin(call->store);
    bool added = user_add(call->store, &user, call->now_ms);
    if (!added && store_status(call->store) == STORE_OK) {
        store_rollback(call->store);
        call_problem(call, PROBLEM_NAME_TAKEN, "name", NULL);
        return;
    }
    call_acted(call, "user-add", who->name, role_name(who->role));
    answer_user(call, who->name);
    call->response->status = 201;
    call_commit(call);
}

static void users_add(struct api_call *call)
{
    struct json_reason why = { 0 };
    struct identity who = { 0 };
    const char *password;
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    if (identity_read(body, &who, &why) && read_password(body, &password, &why))
        add_user(call, &who, password);
    else
        call_refuse(call, &why);
    json_wipe(body);
    cJSON_Delete(body);
}

/* Commits an act that has no answer but that it was done; where it was not, says why. */
static void finish(struct api_call *call, const char *action, bool done, enum problem otherwise)
{
    const char *name = call->match.parameters[0];
    if (!done && store_status(call->store) == STORE_OK) {
        store_rollback(call->store);
        call_problem(call, otherwise, NULL, NULL);
        return;
    }
    call_acted(call, action, name, NULL);
    if (call_commit(call))
        call->response->status = 204;
}

static void users_remove(struct api_call *call)
{
    store_begin(call->store);
    enum user_change removal = user_remove(call->store, call->match.parameters[0]);
    finish(call, "user-remove", removal == USER_CHANGED,
           removal == USER_LAST_ADMIN ? PROBLEM_LAST_ADMIN : PROBLEM_NOT_FOUND);
}

static void give_role(struct api_call *call, const struct identity *who)
{
    const char *name = call->match.parameters[0];
    struct user user = { .name = name,
                         .role = who->role,
                         .cart = who->cart[0] != '\0' ? who->cart : NULL };
    store_begin(call->store);
    enum user_change change = user_set_role(call->store, &user);
    if (store_status(call->store) != STORE_OK)
        return;
    if (change == USER_UNKNOWN || change == USER_LAST_ADMIN) {
        store_rollback(call->store);
        call_problem(call, change == USER_UNKNOWN ? PROBLEM_NOT_FOUND : PROBLEM_LAST_ADMIN, NULL,
                     NULL);
        return;
    }
    if (change == USER_CHANGED)
        call_acted(call, "user-role", name, role_name(who->role));
    answer_user(call, name);
    call_commit(call);
}

static void users_change(struct api_call *call)
{
    struct json_reason why = { 0 };
    struct identity who = { 0 };
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    if (read_role(body, &who, &why))
        give_role(call, &who);
    else
        call_refuse(call, &why);
    cJSON_Delete(body);
}

static void set_password(struct api_call *call, const char *password)
{
    char hash[PASSWORD_HASH_SIZE];
    if (!password_hash(password, hash)) {
        call_problem(call, PROBLEM_INTERNAL, NULL, NULL);
        return;
    }
    store_begin(call->store);
    if (user_set_password(call->store, call->match.parameters[0], hash))
        call_acted(call, "user-password", call->match.parameters[0], NULL);
    answer_user(call, call->match.parameters[0]);
    call_commit(call);
}

static void password_set(struct api_call *call)
{
    struct json_reason why = { 0 };
    const char *password;
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    if (read_password(body, &password, &why))
        set_password(call, password);
    else
        call_refuse(call, &why);
    json_wipe(body);
    cJSON_Delete(body);
}

static const struct column blocked_columns[] = {
    { "user", CELL_TEXT },
    { "since", CELL_TIME },
    { "until", CELL_TIME },
    { "attempts", CELL_INT },
};
#define BLOCKED_COLUMNS (sizeof blocked_columns / sizeof *blocked_columns)

static void blocked_fetch(struct store *store, const struct list_request *request,
                          struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows = store_query(store, SQL_BLOCKED_PAGE, "tii", request->after.texts[0],
                                          request->now_ms, request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, BLOCKED_COLUMNS);
        snprintf(key.texts[0], sizeof key.texts[0], "%s", store_text(rows, 0));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list blocked = {
    .name = "blocked",
    .columns = blocked_columns,
    .column_count = BLOCKED_COLUMNS,
    .key_types = "t",
    .fetch = blocked_fetch,
};

static void blocked_list(struct api_call *call)
{
    struct list_request request = { .list = &blocked };
    list_answer(call, &request);
}

static void blocked_lift(struct api_call *call)
{
    store_begin(call->store);
    bool lifted = login_lift(call->store, call->match.parameters[0], call->now_ms);
    finish(call, "block-lift", lifted, PROBLEM_NOT_FOUND);
}

#define USER API "/users/{name}"
static const struct route routes[] = {
    { "GET", API "/users", WHO_ADMIN, ROUTE_LIST, NULL, users_list },
    { "POST", API "/users", WHO_ADMIN, ROUTE_HASHES | ROUTE_JSON | ROUTE_IDEMPOTENT, NULL,
      users_add },
    { "PATCH", USER, WHO_ADMIN, ROUTE_ACT, NULL, users_change },
    { "GET", USER, WHO_ADMIN, 0, NULL, users_one },
    { "DELETE", USER, WHO_ADMIN, ROUTE_WORKER, NULL, users_remove },
    { "POST", USER "/password", WHO_ADMIN, ROUTE_HASHES | ROUTE_JSON | ROUTE_IDEMPOTENT, NULL,
      password_set },
    { "GET", API "/blocked", WHO_ACTS, ROUTE_LIST, NULL, blocked_list },
    { "DELETE", API "/blocked/{user}", WHO_ACTS, ROUTE_WORKER, NULL, blocked_lift },
};
const struct route_table users_routes = ROUTE_TABLE_OF(routes);
