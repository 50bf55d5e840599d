/* Applications for membership: to apply, to see them, to decide. */
#include "collector/call/list.h"
#include "collector/members/member.h"
#include "common/event.h"

#include "members_sql.h"

#include <stdio.h>
#include <string.h>

static const struct column columns[] = {
    { "rut", CELL_TEXT },      { "passport", CELL_TEXT }, { "name", CELL_TEXT },
    { "lastname", CELL_TEXT }, { "email", CELL_TEXT },    { "plate", CELL_TEXT },
    { "premium", CELL_BOOL },  { "status", CELL_TEXT },   { "reason", CELL_SAID },
    { "applied", CELL_TIME },  { "decided", CELL_TIME },  { "id", CELL_TEXT },
    { "conflict", CELL_TEXT },
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static const char *const statuses[] = { "pending", "accepted", "rejected", "left", NULL };
static const char *const switches[] = { "false", "true", NULL };

static void say_reason(struct store_rows *rows, int at, enum lang lang, struct buffer *out)
{
    member_say_reason(store_text(rows, at), lang, out);
}

/* request->text is a status or "", request->group premium or negative. */
static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows =
        store_query(store, SQL_MEMBERS_PAGE, "ittii", request->after.ints[0],
                    request->after.texts[1], request->text, request->group, request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, COLUMN_COUNT);
        key.ints[0] = store_int(rows, 9);
        snprintf(key.texts[1], sizeof key.texts[1], "%s", store_text(rows, 11));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

/* In the order in which they applied: what is pending is a queue. */
static const struct list members = {
    .name = "members",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_types = "it",
    .first = { .ints = { -1 } },
    .say = say_reason,
    .fetch = fetch,
};

static void members_list(struct api_call *call)
{
    struct list_request request = { .list = &members, .group = -1 };
    int64_t status = -1;
    if (!list_read_word(call, "status", statuses, &status) ||
        !list_read_word(call, "premium", switches, &request.group))
        return;
    if (status >= 0)
        snprintf(request.text, sizeof request.text, "%s", statuses[status]);
    list_answer(call, &request);
}

static void answer_applied(struct api_call *call, const struct member *member)
{
    struct json_writer json = call_json(call, 202);
    json_object_begin(&json, NULL);
    json_text(&json, "rut", member->rut[0] != '\0' ? member->rut : NULL);
    json_text(&json, "passport", member->passport[0] != '\0' ? member->passport : NULL);
    json_text(&json, "status", member_status_name(MEMBER_PENDING));
    json_text(&json, "id", member->id);
    json_object_end(&json);
}

static void members_apply(struct api_call *call)
{
    struct json_reason why = { 0 };
    struct member member;
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    bool valid = member_read(body, &member, &why);
    cJSON_Delete(body);
    if (!valid) {
        call_refuse(call, &why);
        return;
    }
    epoch_make(member.id);
    member.applied_ms = call->now_ms;
    if (store_begin(call->store))
        member_enqueue(call->store, &member);
    answer_applied(call, &member);
    call_commit(call);
}

static void answer_member(struct api_call *call, const char *id)
{
    struct store_rows *rows = store_query(call->store, SQL_MEMBERS_ONE, "t", id);
    if (store_next(rows))
        list_object(call, &members, rows);
    store_rows_end(rows);
}

static void decide(struct api_call *call, const struct member_decision *decision)
{
    const char *person = call->match.parameters[0];
    char id[MEMBER_ID_MAX + 1] = "";
    enum member_decided decided = MEMBER_UNKNOWN;
    if (store_begin(call->store))
        decided = member_decide(call->store, person, decision, id);
    if (store_status(call->store) == STORE_OK && decided != MEMBER_DECIDED) {
        static const enum problem problems[] = { [MEMBER_UNKNOWN] = PROBLEM_NOT_FOUND,
                                                 [MEMBER_WAS_DECIDED] = PROBLEM_DECIDED,
                                                 [MEMBER_IS_TAKEN] = PROBLEM_MEMBER_TAKEN };
        store_rollback(call->store);
        call_problem(call, problems[decided], NULL, NULL);
        return;
    }
    call_acted(call, decision->status == MEMBER_ACCEPTED ? "member-accept" : "member-reject", id,
               decision->reason);
    if (call_commit(call))
        answer_member(call, id);
}

static void members_decide(struct api_call *call)
{
    struct member_decision decision = { .now_ms = call->now_ms };
    struct json_reason why = { 0 };
    bool accept = false;
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    if (cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(body, "reason")))
        cJSON_DeleteItemFromObjectCaseSensitive(body, "reason");
    if (json_get_bool(body, "accept", JSON_REQUIRED, &accept, &why) &&
        json_get_text(body, "reason", JSON_OPTIONAL, 0, MEMBER_REASON_MAX, &decision.reason,
                      &why)) {
        decision.status = accept ? MEMBER_ACCEPTED : MEMBER_REJECTED;
        decide(call, &decision);
    } else {
        call_refuse(call, &why);
    }
    cJSON_Delete(body);
}

static const struct route routes[] = {
    { "POST", API "/members", WHO_OPEN, ROUTE_WORKER | ROUTE_OPEN_ONCE, NULL, members_apply },
    { "GET", API "/members", WHO_ACTS, ROUTE_TABLE | ROUTE_PERSONS, "premium status", members_list },
    { "POST", API "/members/{rut}/decision", WHO_ACTS, ROUTE_ACT, NULL, members_decide },
};
const struct route_table members_routes = ROUTE_TABLE_OF(routes);
