/* What a call must pass before it is handled: route, sign-in, role, limits, form. */
#include "collector/api_admit.h"
#include "collector/rate_limit.h"
#include "collector/users.h"
#include "common/clock.h"

#include <stdio.h>
#include <string.h>

/* Finds the route; false where the answer is a problem now. */
static bool find_route(struct api_call *call)
{
    if (call->request->malformed) {
        call_problem(call, PROBLEM_BAD_TARGET, NULL, NULL);
        return false;
    }
    switch (route_find(call->request, &call->match)) {
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

/* Who asks. An open route looks at the token only where a limit may be lifted by it. */
static bool identify(struct api_call *call)
{
    const struct route *route = call->match.route;
    const char *token = request_bearer(call->request);
    if (token == NULL || (route->roles == WHO_OPEN && (route->flags & ROUTE_LIMITED) == 0))
        return true;
    struct store *store = api_store(call->api);
    if (store == NULL) {
        call_store_problem(call, STORE_AGAIN);
        return false;
    }
    token_read(store, token, call->now_ms, &call->who);
    enum store_result result = store_status(store);
    if (result != STORE_OK) {
        api_forget_store(call->api);
        call_store_problem(call, result);
        return false;
    }
    return true;
}

static bool admit(struct api_call *call)
{
    if (!identify(call))
        return false;
    switch (access_to_route(call->match.route->roles, &call->who, call->match.cart)) {
    case ACCESS_GRANTED:
        return true;
    case ACCESS_NEEDS_SIGN_IN:
        call_problem(call,
                     request_bearer(call->request) != NULL ? PROBLEM_BAD_TOKEN : PROBLEM_NO_TOKEN,
                     NULL, NULL);
        return false;
    case ACCESS_FORBIDDEN:
        call_problem(call, PROBLEM_FORBIDDEN, NULL, role_name(call->who.role));
        return false;
    }
    return false;
}

static bool within_limit(struct api_call *call, const struct address *client)
{
    char seconds[24];
    bool counts = (call->match.route->flags & ROUTE_LIMITED) != 0;
    if (!counts || ((unsigned)call->who.role & WHO_ACTS) != 0)
        return true;
    int64_t wait_s =
        rate_limit_take(api_limit(call->api, call->match.route), client, clock_mono_ms());
    if (wait_s == 0)
        return true;
    snprintf(seconds, sizeof seconds, "%lld", (long long)wait_s);
    call_problem(call, PROBLEM_RATE, NULL, NULL);
    response_header(call->response, "Retry-After", seconds);
    return false;
}

/* Query and body are in the form that the route wants. */
static bool check_form(struct api_call *call)
{
    const struct route *route = call->match.route;
    bool repeated = false;
    const char *bad = route_bad_parameter(route, call->request, &repeated);
    if (call->request->too_large) {
        call_problem(call, PROBLEM_TOO_LARGE, NULL,
                     (route->flags & ROUTE_NDJSON) != 0 ? "67108864" : "65536");
        return false;
    }
    if (bad != NULL) {
        struct buffer names = { 0 };
        route_parameter_names(route, &names);
        call_problem(call, repeated ? PROBLEM_REPEATED_PARAMETER : PROBLEM_UNKNOWN_PARAMETER, bad,
                     names.bytes);
        buffer_free(&names);
        return false;
    }
    if ((route->flags & ROUTE_JSON) != 0 && !request_is_json(call->request)) {
        call_problem(call, PROBLEM_TYPE, NULL, "application/json");
        return false;
    }
    if ((route->flags & ROUTE_NDJSON) != 0 && !request_is_ndjson(call->request)) {
        call_problem(call, PROBLEM_TYPE, NULL, "application/x-ndjson");
        return false;
    }
    if ((route->flags & ROUTE_IDEMPOTENT) != 0 &&
        !idempotency_read(call->request, &call->idempotency)) {
        call_problem(call, PROBLEM_BAD_PARAMETER, "Idempotency-Key", "1..255 ASCII");
        return false;
    }
    return true;
}

bool api_admit(struct api_call *call, const struct address *client)
{
    return find_route(call) && admit(call) && within_limit(call, client) && check_form(call);
}
