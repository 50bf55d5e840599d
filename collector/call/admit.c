/* What a call must pass before it is handled: route, sign-in, role, limits, form. */
#include "collector/call/admit.h"
#include "collector/access/users.h"
#include "collector/call/basic.h"
#include "collector/call/frame.h"
#include "collector/http/form.h"
#include "collector/http/rate_limit.h"
#include "common/clock.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Finds the route; false where the answer is a problem now. */
static bool find_route(struct api_call *call)
{
    if (call->request->malformed) {
        call_problem(call, PROBLEM_BAD_TARGET, NULL, NULL);
        return false;
    }
    switch (route_find(&frame_options(call->frame)->routes, call->request, &call->match)) {
    case ROUTE_FOUND:
        return true;
    case ROUTE_NO_PATH:
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return false;
    case ROUTE_NO_METHOD:
        call_problem(call, PROBLEM_METHOD, NULL, call->match.allow);
        response_header(call->response, "Allow", call->match.allow);
        return false;
    }
    return false;
}

/* Who the token stands for. False where the store could not say: the answer is a problem now. */
static bool read_token(struct api_call *call, const char *token)
{
    struct store *store = frame_store(call->frame);
    if (store == NULL) {
        call_store_problem(call, STORE_AGAIN);
        return false;
    }
    token_read(store, token, call->now_ms, &call->who);
    enum store_result result = store_status(store);
    if (result == STORE_OK)
        return true;
    frame_forget_store(call->frame);
    call_store_problem(call, result);
    return false;
}

/* A phone's name with a token of that name, or what it was given for its password before. */
static bool read_basic(struct api_call *call, const struct basic *basic)
{
    char token[TOKEN_SIZE];
    if (!read_token(call, basic->password))
        return false;
    if (call->who.role != ROLE_NONE && strcasecmp(call->who.name, basic->user) != 0)
        call->who = (struct identity){ 0 };
    if (call->who.role == ROLE_NONE &&
        basic_tokens_find(frame_basic_tokens(call->frame), basic, token))
        return read_token(call, token);
    return true;
}

static enum admit_verdict may(struct api_call *call)
{
    switch (access_to_route(call->match.route->roles, &call->who, call->match.cart)) {
    case ACCESS_GRANTED:
        return ADMIT_GRANTED;
    case ACCESS_NEEDS_SIGN_IN:
        call_problem(call,
                     request_bearer(call->request) != NULL ? PROBLEM_BAD_TOKEN : PROBLEM_NO_TOKEN,
                     NULL, NULL);
        return ADMIT_REFUSED;
    case ACCESS_FORBIDDEN:
        call_problem(call, PROBLEM_FORBIDDEN, NULL, role_name(call->who.role));
        return ADMIT_REFUSED;
    }
    return ADMIT_REFUSED;
}

/* An open route looks at the token only where a limit may be lifted by it, or more is shown. */
static enum admit_verdict admit_who(struct api_call *call)
{
    const struct route *route = call->match.route;
    const char *token = request_bearer(call->request);
    bool matters = route->roles != WHO_OPEN || (route->flags & (ROUTE_LIMITED | ROUTE_WHO)) != 0;
    struct basic basic;
    if (token != NULL && matters && !read_token(call, token))
        return ADMIT_REFUSED;
    if (token == NULL && (route->flags & ROUTE_BASIC) != 0 && basic_read(call->request, &basic)) {
        if (!read_basic(call, &basic))
            return ADMIT_REFUSED;
        if (call->who.role == ROLE_NONE && !token_has_form(basic.password))
            return ADMIT_PASSWORD;
        if (call->who.role == ROLE_NONE) {
            call_problem(call, PROBLEM_BAD_TOKEN, NULL, NULL);
            return ADMIT_REFUSED;
        }
    }
    return may(call);
}

bool admit_again(struct api_call *call)
{
    return may(call) == ADMIT_GRANTED;
}

/* The limit per address that the call counts against; NULL: none. Whoever is about to be hashed is
 * a sign-in, by whatever route and in whatever form. */
static struct rate_limit *limit_of(const struct api_call *call, enum admit_verdict verdict)
{
    unsigned flags = call->match.route->flags;
    if (((unsigned)call->who.role & WHO_ACTS) != 0)
        return NULL;
    if (verdict == ADMIT_PASSWORD || (flags & ROUTE_HASHES) != 0)
        return frame_sign_ins(call->frame);
    return (flags & ROUTE_LIMITED) != 0 ? frame_open_posts(call->frame) : NULL;
}

static bool within_limit(struct api_call *call, const struct address *client,
                         enum admit_verdict verdict)
{
    char seconds[24];
    struct rate_limit *limit = limit_of(call, verdict);
    int64_t wait_s =
        limit != NULL ? rate_limit_take(limit, client, clock_mono_ms(), &call->rate) : 0;
    if (wait_s == 0)
        return true;
    snprintf(seconds, sizeof seconds, "%lld", (long long)wait_s);
    call_problem(call, PROBLEM_RATE, NULL, NULL);
    response_header(call->response, "Retry-After", seconds);
    return false;
}

/* Who asks again under a key that was answered gets the same answer, whatever limit is reached: the
 * first one may have been lost on its way. A search by the key, and nothing is written. */
static bool is_answered(struct api_call *call)
{
    const struct route *route = call->match.route;
    struct store *store;
    if ((route->flags & ROUTE_IDEMPOTENT) == 0 || call->request->file != NULL ||
        !idempotency_read(call->request, &call->idempotency) || call->idempotency.id[0] == '\0' ||
        (store = frame_store(call->frame)) == NULL)
        return false;
    bool repeated = idempotency_find(store, &call->idempotency, call->now_ms, call->response) ==
                    IDEMPOTENCY_REPEATED;
    if (store_status(store) != STORE_OK)
        frame_forget_store(call->frame);
    return repeated;
}

static bool has_json(const struct api_call *call)
{
    return request_is_json(call->request) ||
           ((call->match.route->flags & ROUTE_FORM) != 0 && form_is_sent(call->exchange));
}

/* Whether another site's page uses the words of Basic that a browser remembers and adds to whatever
 * is sent here. Before it sends JSON from there it asks the server, but not before a form. */
static bool is_forged(const struct api_call *call)
{
    const struct route *route = call->match.route;
    return (route->flags & ROUTE_BASIC) != 0 && strcmp(route->method, "POST") == 0 &&
           !request_is_json(call->request) && form_is_of_other_site(call->exchange);
}

/* An answer with a secret is told once: the same again would have to keep it. */
static bool check_key(struct api_call *call)
{
    unsigned flags = call->match.route->flags;
    if ((flags & ROUTE_SECRET) != 0 && call->request->idempotency_key != NULL) {
        call_problem(call, PROBLEM_NO_KEY, "Idempotency-Key", NULL);
        return false;
    }
    if ((flags & ROUTE_IDEMPOTENT) != 0 && !idempotency_read(call->request, &call->idempotency)) {
        call_problem(call, PROBLEM_BAD_PARAMETER, "Idempotency-Key", "1..255 ASCII");
        return false;
    }
    return true;
}

/* The parameters are the route's, each once. */
static bool check_parameters(struct api_call *call)
{
    const struct route *route = call->match.route;
    bool repeated = false;
    const char *bad = route_bad_parameter(route, call->request, &repeated);
    struct buffer names = { 0 };
    if (bad == NULL)
        return true;
    route_parameter_names(route, &names);
    call_problem(call, repeated ? PROBLEM_REPEATED_PARAMETER : PROBLEM_UNKNOWN_PARAMETER, bad,
                 names.bytes);
    buffer_free(&names);
    return false;
}

/* Where they are asked for in the body, none is in the address. */
static bool has_no_query(struct api_call *call)
{
    if (call->request->query_count == 0)
        return true;
    call_problem(call, PROBLEM_UNKNOWN_PARAMETER, call->request->query[0].name, "-");
    return false;
}

/* Query and body are in the form that the route wants. */
static bool check_form(struct api_call *call)
{
    const struct route *route = call->match.route;
    bool finds = (route->flags & ROUTE_FIND) != 0;
    if (route_query_is_malformed(route, call->request)) {
        call_problem(call, PROBLEM_BAD_TARGET, call->request->malformed_parameter, NULL);
        return false;
    }
    if (call->request->too_large && (route->flags & ROUTE_PHONE) == 0) {
        call_problem(call, PROBLEM_TOO_LARGE, NULL,
                     (route->flags & ROUTE_NDJSON) != 0 ? "67108864" : "65536");
        return false;
    }
    if (finds ? !has_no_query(call) : !check_parameters(call))
        return false;
    if (((route->flags & ROUTE_JSON) != 0 && !has_json(call)) || is_forged(call)) {
        call_problem(call, PROBLEM_TYPE, NULL, "application/json");
        return false;
    }
    if ((route->flags & ROUTE_NDJSON) != 0 && !request_is_ndjson(call->request)) {
        call_problem(call, PROBLEM_TYPE, NULL, "application/x-ndjson");
        return false;
    }
    if (finds)
        return call_take_query(call) && check_parameters(call);
    return check_key(call);
}

enum admit_verdict admit(struct api_call *call, const struct address *client)
{
    if (!find_route(call))
        return ADMIT_REFUSED;
    enum admit_verdict verdict = admit_who(call);
    if (verdict == ADMIT_REFUSED || is_answered(call) || !within_limit(call, client, verdict) ||
        !check_form(call))
        return ADMIT_REFUSED;
    return verdict;
}
