/* What every handler does with its call. */
#include "collector/call/call.h"

#include "collector/call/frame.h"
#include "collector/http/form.h"

#include "action_sql.h"

#include <assert.h>
#include <string.h>

#define BODY_DEPTH_MAX 4

static void answer(struct api_call *call, enum problem problem, const struct problem_about *about)
{
    const struct route *route = call->match.route;

    problem_answer(call->response, problem, call->lang, about);
    /* A browser asks its user for name and password only where it is told of Basic. */
    if (problem_status(problem) == 401 && route != NULL && (route->flags & ROUTE_BASIC) != 0)
        response_header(call->response, "WWW-Authenticate",
                        "Basic realm=\"carrito\", charset=\"UTF-8\"");
}

void call_problem(struct api_call *call, enum problem problem, const char *field, const char *what)
{
    answer(call, problem, &(struct problem_about){ .field = field, .what = what });
}

void call_invalid(struct api_call *call, const char *field, struct saying saying)
{
    struct json_reason why;

    json_refuse(&why, field, saying);
    call_refuse(call, &why);
}

void call_store_problem(struct api_call *call, enum store_result result)
{
    static const enum problem problems[] = { [STORE_AGAIN] = PROBLEM_STORE,
                                             [STORE_NEVER] = PROBLEM_INTERNAL,
                                             [STORE_DAMAGED] = PROBLEM_STORE_DAMAGED,
                                             [STORE_REFUSED] = PROBLEM_INTERNAL };

    call_problem(call, problems[result], NULL, NULL);
    if (result == STORE_AGAIN)
        response_header(call->response, "Retry-After", CALL_RETRY_S);
}

bool call_is_new(struct api_call *call)
{
    if (call->idempotency.id[0] == '\0')
        return true;
    if (call->request->file != NULL && call->idempotency.body[0] == '\0' &&
        !idempotency_take_file(call->request, &call->idempotency)) {
        call_store_problem(call, STORE_AGAIN);
        return false;
    }
    switch (idempotency_find(call->store, &call->idempotency, call->now_ms, call->response)) {
    case IDEMPOTENCY_NEW:
        return true;
    case IDEMPOTENCY_REPEATED:
        return false;
    case IDEMPOTENCY_OTHER:
        call_problem(call, PROBLEM_KEY_REUSED, "Idempotency-Key", NULL);
        return false;
    }
    return true;
}

/* Keeps the answer with its effect. False where another call of the same key was faster: this one
 * is undone. */
static bool keep_answer(struct api_call *call)
{
    int status = call->response->status;
    assert(status != 0); /* the handler answers first */
    if (status < 200 || status > 299 ||
        idempotency_keep(call->store, &call->idempotency, call->now_ms, call->response) ||
        store_status(call->store) != STORE_OK)
        return true;
    store_rollback(call->store);
    if (call_is_new(call)) /* gone again, by its age */
        call_store_problem(call, STORE_AGAIN);
    return false;
}

bool call_commit(struct api_call *call)
{
    if (call->idempotency.id[0] != '\0' && !keep_answer(call))
        return false;
    return call_commit_part(call);
}

bool call_commit_part(struct api_call *call)
{
    enum store_result result = store_commit(call->store);
    if (result == STORE_OK)
        return true;
    frame_forget_store(call->frame);
    call->store = NULL;
    call_store_problem(call, result);
    return false;
}

struct json_writer call_json(struct api_call *call, int status)
{
    call->response->status = status;
    call->response->content_type = "application/json";
    return json_write_to(&call->response->body);
}

void call_plain(struct api_call *call, int status, const char *text)
{
    call->response->status = status;
    call->response->content_type = "text/plain; charset=utf-8";
    buffer_text(&call->response->body, text);
}

void call_refuse(struct api_call *call, const struct json_reason *why)
{
    answer(call, PROBLEM_INVALID, &(struct problem_about){ .field = why->field, .why = why });
}

void call_acted(struct api_call *call, const char *action, const char *subject, const char *details)
{
    store_run(call->store, SQL_ACTION_INSERT, "itttt", call->now_ms, call->who.name, action,
              subject, details);
}

static cJSON *form_body(struct api_call *call)
{
    cJSON *fields = form_read(call->exchange);
    if (fields == NULL)
        call_problem(call, PROBLEM_BAD_FORM, NULL, NULL);
    return fields;
}

bool call_exports(struct api_call *call, const char *list)
{
    enum store_result result;

    if ((call->match.route->flags & ROUTE_PERSONS) == 0)
        return true;
    store_rollback(call->store);
    if (store_begin(call->store))
        call_acted(call, "export", list, NULL);
    result = store_commit(call->store);
    if (result != STORE_OK) {
        call_store_problem(call, result);
        return false;
    }
    return store_begin_read(call->store);
}

cJSON *call_body(struct api_call *call)
{
    struct json_reason why = { 0 };
    const struct buffer *body = &call->request->body;
    if ((call->match.route->flags & ROUTE_FORM) != 0 && request_is_form(call->request))
        return form_body(call);
    cJSON *object = json_read_object(body->bytes != NULL ? body->bytes : "", body->length,
                                     REQUEST_BODY_MAX, BODY_DEPTH_MAX, &why);
    if (object == NULL)
        answer(call, PROBLEM_BAD_JSON, &(struct problem_about){ .field = why.field, .why = &why });
    return object;
}
