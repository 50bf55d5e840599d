/* The table, and finding a row in it. */
#include "collector/api/routes.h"

#include "collector/api/api_call.h"

#include <stdio.h>
#include <string.h>

#define API "/api/v1"

const struct route routes[] = {
    { "POST",
      API "/login",
      WHO_OPEN,
      ROUTE_HASHES | ROUTE_JSON | ROUTE_LIMITED,
      { NULL },
      session_login },
    { "POST", API "/logout", WHO_SIGNED_IN, ROUTE_WORKER, { NULL }, session_logout },
    { "GET", API "/me", WHO_SIGNED_IN, 0, { NULL }, session_me },
    { "GET", API "/users", WHO_ADMIN, ROUTE_LIST, { NULL }, users_list },
    { "POST", API "/users", WHO_ADMIN, ROUTE_HASHES | ROUTE_JSON, { NULL }, users_add },
    { "DELETE", API "/users/{name}", WHO_ADMIN, ROUTE_WORKER, { NULL }, users_remove },
    { "POST",
      API "/users/{name}/password",
      WHO_ADMIN,
      ROUTE_HASHES | ROUTE_JSON,
      { NULL },
      users_password },
    { "GET", API "/tokens", WHO_ADMIN, ROUTE_LIST, { NULL }, tokens_list },
    { "POST", API "/tokens", WHO_ADMIN, ROUTE_WORKER | ROUTE_JSON, { NULL }, tokens_add },
    { "DELETE", API "/tokens/{id}", WHO_ADMIN, ROUTE_WORKER, { NULL }, tokens_remove },
    { "GET", API "/blocked", WHO_ACTS, ROUTE_LIST, { NULL }, blocked_list },
    { "DELETE", API "/blocked/{user}", WHO_ACTS, ROUTE_WORKER, { NULL }, blocked_lift },
    { "POST",
      API "/members",
      WHO_OPEN,
      ROUTE_WORKER | ROUTE_JSON | ROUTE_LIMITED | ROUTE_IDEMPOTENT,
      { NULL },
      members_apply },
    { "GET",
      API "/members",
      WHO_ACTS,
      ROUTE_LIST | ROUTE_CSV,
      { "premium", "status" },
      members_list },
    { "POST",
      API "/members/{rut}/decision",
      WHO_ACTS,
      ROUTE_WORKER | ROUTE_JSON,
      { NULL },
      members_decide },
    { "GET",
      API "/sales",
      WHO_READS,
      ROUTE_LIST | ROUTE_CSV,
      { "cart", "from", "to" },
      sales_list },
    { "GET",
      API "/daily-sales",
      WHO_READS,
      ROUTE_LIST | ROUTE_CSV | ROUTE_SUMS,
      { "day", "from", "to", "cart", "group" },
      sales_daily },
    { "GET", API "/daily-sales/{day}/hours", WHO_READS, ROUTE_WORKER, { NULL }, sales_hours },
    { "GET",
      API "/daily-sales/{day}/{cart}/revisions",
      WHO_READS,
      ROUTE_LIST,
      { NULL },
      sales_revisions },
    { "GET",
      API "/closing",
      WHO_READS,
      ROUTE_LIST | ROUTE_CSV | ROUTE_WORKER,
      { "day" },
      sales_closing },
    { "GET", API "/audit", WHO_READS, ROUTE_LIST, { "cart" }, sales_audit },
    { "GET", API "/carts", WHO_READS, ROUTE_LIST, { "state", "q" }, carts_list },
    { "GET", API "/carts/{cart}/otrc", WHO_ACTS, ROUTE_WORKER, { NULL }, carts_otrc },
    { "GET", API "/carts/{cart}", WHO_READS | ROLE_VENDOR, 0, { NULL }, carts_one },
    { "GET", API "/carts/{cart}/track", WHO_READS | ROLE_VENDOR, 0, { "from", "to" }, carts_track },
    { "GET", API "/carts/{cart}/evidence", WHO_READS, ROUTE_CSV, { NULL }, carts_evidence },
    { "POST",
      API "/reports",
      WHO_OPEN,
      ROUTE_WORKER | ROUTE_JSON | ROUTE_LIMITED | ROUTE_IDEMPOTENT,
      { NULL },
      reports_make },
    { "GET", API "/reports", WHO_READS, ROUTE_LIST | ROUTE_CSV, { "status" }, reports_list },
    { "POST", API "/reports/{id}/dismiss", WHO_ACTS, ROUTE_WORKER, { NULL }, reports_dismiss },
    { "GET", API "/fugitives", WHO_READS, ROUTE_LIST, { NULL }, fugitives_list },
    { "DELETE", API "/fugitives/{cart}", WHO_ACTS, ROUTE_WORKER, { NULL }, fugitives_clear },
    { "POST",
      API "/sales",
      WHO_ACTS | ROLE_VENDOR,
      ROUTE_WORKER | ROUTE_JSON | ROUTE_IDEMPOTENT,
      { NULL },
      desk_sell },
    { "POST",
      API "/sales/{cart}/{epoch}/{receipt}/void",
      WHO_ACTS | ROLE_VENDOR,
      ROUTE_WORKER,
      { NULL },
      desk_take_back },
    { "POST",
      API "/stock",
      WHO_ACTS | ROLE_VENDOR,
      ROUTE_WORKER | ROUTE_JSON,
      { NULL },
      desk_count },
    { "POST",
      API "/carts/{cart}/commands",
      WHO_ACTS,
      ROUTE_WORKER | ROUTE_JSON,
      { NULL },
      actions_command },
    { "GET",
      API "/actions",
      WHO_ACTS,
      ROUTE_LIST | ROUTE_CSV,
      { "from", "to", "user" },
      actions_list },
    { "GET", API "/stock", WHO_READS, ROUTE_LIST, { NULL }, stock_list },
    { "GET", API "/restocks", WHO_READS, ROUTE_LIST, { NULL }, restocks_list },
    { "POST", API "/restocks/{n}/done", WHO_ACTS, ROUTE_WORKER, { NULL }, restocks_done },
    { "POST", API "/restocks/announce", WHO_ACTS, ROUTE_WORKER, { NULL }, restocks_announce },
    { "GET", API "/stream", WHO_READS, ROUTE_NO_STORE, { NULL }, stream_get },
    { "GET", API "/consumers", WHO_READS, ROUTE_WORKER | ROUTE_LIST, { NULL }, consumers_list },
    { "POST", API "/consumers/{role}/stop", WHO_ACTS, ROUTE_WORKER, { NULL }, consumers_stop },
    { "POST", API "/consumers/{role}/start", WHO_ACTS, ROUTE_WORKER, { NULL }, consumers_start },
    { "GET",
      API "/consumers/{role}/messages",
      WHO_READS,
      ROUTE_WORKER,
      { "limit" },
      consumers_messages },
    { "GET",
      API "/alerts",
      WHO_READS,
      ROUTE_LIST | ROUTE_CSV,
      { "status", "kind", "cart" },
      alerts_list },
    { "POST", API "/alerts/{id}/ack", WHO_ACTS, ROUTE_WORKER, { NULL }, alerts_acknowledge },
    { "POST", API "/alerts/{id}/clear", WHO_ACTS, ROUTE_WORKER, { NULL }, alerts_clear },
    { "GET", API "/mails", WHO_ACTS, ROUTE_LIST | ROUTE_CSV, { "status" }, mails_list },
    { "POST", API "/mail/test", WHO_ACTS, ROUTE_WORKER | ROUTE_JSON, { NULL }, mails_test },
    { "POST",
      API "/orders",
      WHO_OPEN,
      ROUTE_LATER | ROUTE_JSON | ROUTE_LIMITED | ROUTE_IDEMPOTENT,
      { NULL },
      orders_place },
    { "GET", API "/orders", WHO_READS, ROUTE_LIST | ROUTE_CSV, { "status" }, orders_list },
    { "GET", API "/orders/{id}", WHO_OPEN, 0, { NULL }, orders_one },
    { "POST",
      API "/orders/{id}/cancel",
      WHO_OPEN,
      ROUTE_WORKER | ROUTE_LIMITED,
      { NULL },
      orders_cancel },
    { "GET",
      API "/dead-letters",
      WHO_READS,
      ROUTE_WORKER | ROUTE_LIST,
      { NULL },
      dead_letters_list },
    { "POST",
      API "/dead-letters/{partition}/{offset}/retry",
      WHO_ACTS,
      ROUTE_WORKER,
      { NULL },
      dead_letters_retry },
    { "GET", API "/set-aside", WHO_READS, ROUTE_LIST, { "cart" }, set_aside_list },
    { "POST", API "/set-aside/{id}/accept", WHO_ACTS, ROUTE_WORKER, { NULL }, set_aside_take },
    { "POST", API "/set-aside/{id}/drop", WHO_ACTS, ROUTE_WORKER, { NULL }, set_aside_forget },
    { "POST", API "/imports", WHO_ACTS, ROUTE_WORKER | ROUTE_NDJSON, { NULL }, imports_take },
    { "POST",
      API "/simulations",
      WHO_ACTS,
      ROUTE_WORKER | ROUTE_JSON,
      { NULL },
      simulations_begin },
    { "GET", API "/simulations/{id}", WHO_READS, 0, { NULL }, simulations_one },
    { "GET", "/", WHO_OPEN, ROUTE_NO_STORE, { NULL }, files_console },
    { "GET", "/pedir", WHO_OPEN, ROUTE_NO_STORE, { NULL }, files_order_form },
    { "GET", "/pedidos/{id}", WHO_OPEN, ROUTE_NO_STORE, { NULL }, files_order },
    { "GET", "/console/config.json", WHO_OPEN, ROUTE_NO_STORE, { NULL }, files_config },
    { "GET", "/console/{file}", WHO_OPEN, ROUTE_NO_STORE, { NULL }, files_one },
    { "GET", "/console/lib/{file}", WHO_OPEN, ROUTE_NO_STORE, { NULL }, files_one },
    { "GET", "/console/lib/images/{file}", WHO_OPEN, ROUTE_NO_STORE, { NULL }, files_one },
    { "GET", API "/trace/{cart}/{epoch}/{receipt}", WHO_READS, ROUTE_WORKER, { NULL }, trace_sale },
    { "POST",
      "/pub",
      ROLE_TRACKER | WHO_ACTS,
      ROUTE_WORKER | ROUTE_BASIC,
      { "u", "d" },
      owntracks_publish },
    { "GET", "/api/0/version", WHO_READS, ROUTE_BASIC, { NULL }, recorder_version },
    { "GET", "/api/0/list", WHO_READS, ROUTE_BASIC, { "user", "device" }, recorder_list },
    { "GET", "/api/0/last", WHO_READS, ROUTE_BASIC, { "user", "device", "fields" }, recorder_last },
    { "GET",
      "/api/0/locations",
      WHO_READS,
      ROUTE_BASIC,
      { "user", "device", "from", "to", "fields", "format", "limit" },
      recorder_locations },
    { "GET", "/healthz", WHO_OPEN, ROUTE_NO_STORE, { NULL }, health_alive },
    { "GET", "/readyz", WHO_OPEN, ROUTE_NO_STORE, { NULL }, health_ready },
    { "GET", "/metrics", WHO_OPEN, ROUTE_NO_STORE, { NULL }, health_metrics },
    { "GET", "/openapi.json", WHO_OPEN, ROUTE_NO_STORE, { NULL }, files_openapi },
    { "GET", "/docs", WHO_OPEN, ROUTE_NO_STORE, { NULL }, files_docs },
};

const size_t route_count = sizeof routes / sizeof *routes;

/* Parameters that whole kinds of routes share. */
static const struct {
    enum route_flag flag;
    const char *name;
} shared_parameters[] = {
    { ROUTE_LIST, "limit" },
    { ROUTE_LIST, "cursor" },
    { ROUTE_CSV, "format" },
    { ROUTE_CSV, "dialect" },
};
#define SHARED_COUNT (sizeof shared_parameters / sizeof *shared_parameters)

/* True where the path has the pattern's segments; notes what stands for its {names}. */
static bool path_matches(const char *pattern, const struct request *request,
                         struct route_match *match)
{
    size_t parameters = 0, i = 0;
    match->cart = NULL;
    for (; *pattern == '/'; i++) {
        const char *segment = pattern + 1;
        size_t length = strcspn(segment, "/");
        pattern = segment + length;
        if (i == request->segment_count)
            return false;
        const char *value = request->segments[i];
        if (segment[0] == '{') {
            if (strncmp(segment, "{cart}", length) == 0)
                match->cart = value;
            match->parameters[parameters++] = value;
        } else if (strlen(value) != length || memcmp(value, segment, length) != 0) {
            return false;
        }
    }
    return i == request->segment_count;
}

static void allow(struct route_match *match, const char *method)
{
    size_t length = strlen(match->allow);
    const char *comma = length > 0 ? ", " : "";
    const char *head = strcmp(method, "GET") == 0 ? ", HEAD" : "";
    snprintf(match->allow + length, sizeof match->allow - length, "%s%s%s", comma, method, head);
}

enum route_result route_find(const struct request *request, struct route_match *match)
{
    const char *method = strcmp(request->method, "HEAD") == 0 ? "GET" : request->method;
    memset(match, 0, sizeof *match);
    for (size_t i = 0; i < route_count; i++) {
        if (!path_matches(routes[i].pattern, request, match))
            continue;
        match->route = &routes[i];
        if (strcmp(routes[i].method, method) == 0)
            return ROUTE_FOUND;
        allow(match, routes[i].method);
    }
    return match->allow[0] != '\0' ? ROUTE_NO_METHOD : ROUTE_NO_PATH;
}

static bool route_takes(const struct route *route, const char *name)
{
    for (size_t i = 0; i < ROUTE_QUERY_MAX && route->query[i] != NULL; i++)
        if (strcmp(route->query[i], name) == 0)
            return true;
    for (size_t i = 0; i < SHARED_COUNT; i++)
        if ((route->flags & (unsigned)shared_parameters[i].flag) != 0 &&
            strcmp(shared_parameters[i].name, name) == 0)
            return true;
    return false;
}

const char *route_bad_parameter(const struct route *route, const struct request *request,
                                bool *repeated)
{
    for (size_t i = 0; i < request->query_count; i++) {
        const struct request_parameter *parameter = &request->query[i];
        *repeated = route_takes(route, parameter->name);
        if (!*repeated || request_query(request, parameter->name) != parameter->value)
            return parameter->name;
    }
    return NULL;
}

void route_parameter_names(const struct route *route, struct buffer *out)
{
    buffer_text(out, "");
    for (size_t i = 0; i < ROUTE_QUERY_MAX && route->query[i] != NULL; i++)
        buffer_format(out, "%s%s", out->length > 0 ? ", " : "", route->query[i]);
    for (size_t i = 0; i < SHARED_COUNT; i++)
        if ((route->flags & (unsigned)shared_parameters[i].flag) != 0)
            buffer_format(out, "%s%s", out->length > 0 ? ", " : "", shared_parameters[i].name);
    if (out->length == 0)
        buffer_text(out, "-");
}
