/* Applications for membership: to apply, to see them, to decide. */
#include "collector/access/users.h"
#include "collector/call/list.h"
#include "collector/carts/cart_row.h"
#include "collector/members/member.h"
#include "common/day.h"
#include "common/event.h"

#include "members_sql.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct column columns[] = {
    { "rut", CELL_TEXT },      { "passport", CELL_TEXT }, { "name", CELL_TEXT },
    { "lastname", CELL_TEXT }, { "email", CELL_TEXT },    { "plate", CELL_TEXT },
    { "premium", CELL_BOOL },  { "status", CELL_TEXT },   { "reason", CELL_SAID },
    { "applied", CELL_TIME },  { "decided", CELL_TIME },  { "id", CELL_TEXT },
    { "conflict", CELL_TEXT }, { "left", CELL_TIME },
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static const char *const statuses[] = { "pending", "accepted", "rejected", "left", NULL };

static void say_reason(struct store_rows *rows, int at, enum lang lang, struct buffer *out)
{
    member_say_reason(store_text(rows, at), lang, out);
}

/* A part of a name, an address, a plate or an id: what stands for itself in a pattern does so. */
static void write_pattern(const char *text, struct buffer *out)
{
    buffer_text(out, text[0] != '\0' ? "%" : "");
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr("%_!", *c) != NULL)
            buffer_text(out, "!");
        buffer_append(out, (char[]){ (char)tolower((unsigned char)*c) }, 1);
    }
    buffer_text(out, text[0] != '\0' ? "%" : "");
}

/* request->cart is a plate, request->text a RUT, request->whom what is looked for in the row. */
static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    struct buffer states = { 0 }, pattern = { 0 };
    list_write_set(statuses, request->sets[0], &states);
    write_pattern(request->whom, &pattern);
    struct store_rows *rows =
        store_query(store, SQL_MEMBERS_PAGE, "ittittti", request->after.ints[0],
                    request->after.texts[1], states.bytes, request->is_so, request->cart,
                    request->text, pattern.bytes, request->limit + 1);
    buffer_free(&states);
    buffer_free(&pattern);
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

/* In whatever form a person writes it. */
static bool read_rut(struct api_call *call, struct list_request *request)
{
    const char *text = request_query(call->request, "rut");
    char rut[RUT_SIZE] = "";
    if (text != NULL && !rut_from_person(text, rut)) {
        call_invalid(call, "rut", SAY_REASON_RUT());
        return false;
    }
    snprintf(request->text, sizeof request->text, "%s", rut);
    return true;
}

static bool read_plate(struct api_call *call, struct list_request *request)
{
    const char *plate = request_query(call->request, "plate");
    if (plate == NULL || cart_from_person(plate, request->cart))
        return true;
    call_invalid(call, "plate", SAY_REASON_PLATE("plate"));
    return false;
}

static void members_list(struct api_call *call)
{
    struct list_request request = { .list = &members };
    if (list_read_words(call, "status", statuses, &request.sets[0]) &&
        list_read_switch(call, "premium", &request) && list_read_whom(call, "q", &request) &&
        read_rut(call, &request) && read_plate(call, &request))
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
    list_answer_row(call, &members, store_query(call->store, SQL_MEMBERS_ONE, "t", id));
}

static void members_one(struct api_call *call)
{
    answer_member(call, call->match.parameters[0]);
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
    answer_member(call, id);
    call_commit(call);
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

/* ---- a member leaves, or has another plate ---- */

static void tell_certificates(struct store *store, struct store_rows *row, struct json_writer *json)
{
    struct store_rows *rows = store_query(store, SQL_MEMBER_CERTIFICATES, "t", store_text(row, 11));

    json_array_begin(json, "revoke");
    while (store_next(rows))
        json_text(json, NULL, store_text(rows, 0));
    json_array_end(json);
    store_rows_end(rows);
}

/* As one of the list, with the carts whose certificates are to be taken back. */
static const struct list changed_member = {
    .name = "members",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .say = say_reason,
    .tail = tell_certificates,
};

static void answer_changed(struct api_call *call, const char *id)
{
    struct store_rows *rows = store_query(call->store, SQL_MEMBERS_ONE, "t", id);

    if (store_next(rows))
        list_object(call, &changed_member, rows);
    store_rows_end(rows);
}

/* Ends what spoke for the former plate, and answers with the row `id`. */
static void finish_change(struct api_call *call, enum member_changed changed,
                          const struct member_ended *ended, const struct member_change *change)
{
    bool leaves = change->plate == NULL;

    if (store_status(call->store) == STORE_OK && changed != MEMBER_CHANGED) {
        store_rollback(call->store);
        if (changed == MEMBER_NO_MEMBER)
            call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        else if (changed == MEMBER_NOT_YET)
            call_invalid(call, "date", SAY_REASON_BEFORE_ACCEPTED("date"));
        else
            call_invalid(call, "plate", SAY_REASON_PLATE_TAKEN());
        return;
    }
    users_end_of_cart(call->store, ended->plate);
    call_acted(call, leaves ? "member-leave" : "member-plate", ended->id,
               leaves ? change->reason : change->plate);
    answer_changed(call, leaves ? ended->id : change->id);
    call_commit(call);
}

/* `date` is the last day of the membership, today where none is given: it ends with that day. */
static bool read_last_day(const cJSON *body, struct member_change *change, struct json_reason *why)
{
    const char *date = NULL;
    int32_t day = day_of_ms(change->now_ms), today = day;

    if (!json_get_text(body, "date", JSON_OPTIONAL, 1, 64, &date, why))
        return false;
    if (date != NULL && !page_day_read(date, &day))
        return json_refuse(why, "date", SAY_REASON_DATE("date"));
    if (day > today)
        return json_refuse(why, "date", SAY_REASON_FUTURE("date"));
    change->left_ms = day == today ? change->now_ms : day_start_ms(day + 1);
    return true;
}

static void members_leave(struct api_call *call)
{
    struct member_change change = { .person = call->match.parameters[0], .now_ms = call->now_ms };
    struct member_ended ended = { .id = "" };
    struct json_reason why = { 0 };
    enum member_changed changed = MEMBER_NO_MEMBER;
    cJSON *body = call_body(call);

    if (body == NULL)
        return;
    if (!json_get_text(body, "reason", JSON_OPTIONAL, 0, MEMBER_REASON_MAX, &change.reason, &why) ||
        !read_last_day(body, &change, &why)) {
        call_refuse(call, &why);
    } else {
        if (store_begin(call->store))
            changed = member_leave(call->store, &change, &ended);
        finish_change(call, changed, &ended, &change);
    }
    cJSON_Delete(body);
}

static void members_change_plate(struct api_call *call)
{
    struct member_change change = { .person = call->match.parameters[0], .now_ms = call->now_ms };
    struct member_ended ended = { .id = "" };
    char id[EPOCH_LENGTH_MAX + 1], plate[CART_LENGTH_MAX + 1];
    struct json_reason why = { 0 };
    enum member_changed changed = MEMBER_NO_MEMBER;
    const char *typed;
    cJSON *body = call_body(call);

    if (body == NULL)
        return;
    if (!json_get_text(body, "plate", JSON_REQUIRED, 1, 64, &typed, &why) ||
        (!cart_from_person(typed, plate) &&
         !json_refuse(&why, "plate", SAY_REASON_PLATE("plate")))) {
        call_refuse(call, &why);
    } else {
        epoch_make(id);
        change.id = id;
        change.plate = plate;
        if (store_begin(call->store)) {
            cart_known_as(call->store, plate);
            changed = member_change_plate(call->store, &change, &ended);
        }
        finish_change(call, changed, &ended, &change);
    }
    cJSON_Delete(body);
}

static const struct route routes[] = {
    { "POST", API "/members", WHO_OPEN, ROUTE_WORKER | ROUTE_OPEN_ONCE, NULL, members_apply },
    { "GET", API "/members", WHO_ACTS, ROUTE_TABLE | ROUTE_PERSONS | ROUTE_SEARCH,
      "premium status q plate", members_list },
    { "POST", API "/members/find", WHO_ACTS, ROUTE_FOUND_TABLE | ROUTE_PERSONS | ROUTE_SEARCH,
      "premium status q rut plate", members_list },
    { "GET", API "/members/{id}", WHO_ACTS, 0, NULL, members_one },
    { "POST", API "/members/{rut}/decision", WHO_ACTS, ROUTE_ACT_ONCE, NULL, members_decide },
    { "POST", API "/members/{id}/leave", WHO_ACTS, ROUTE_ACT_ONCE, NULL, members_leave },
    { "POST", API "/members/{id}/plate", WHO_ACTS, ROUTE_ACT_ONCE, NULL, members_change_plate },
};
const struct route_table members_routes = ROUTE_TABLE_OF(routes);
