/* Proves who may use which route: for every row of the table, every role and nobody, the verdict is
 * the one that is written here, by hand, from the contract's section 6. A route that is new to the
 * table fails until it is written here too. */
#include "collector/api/routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Letters: everybody is "*"; else v viewer, o operator, a admin, s vendor (seller), t tracker. */
static const struct {
    const char *method, *pattern, *who;
} expected[] = {
    { "GET", "/api/v1", "*" },
    { "POST", "/api/v1/login", "*" },
    { "POST", "/api/v1/logout", "voast" },
    { "GET", "/api/v1/me", "voast" },
    { "POST", "/api/v1/me/password", "voast" },
    { "GET", "/api/v1/me/sessions", "voast" },
    { "DELETE", "/api/v1/me/sessions", "voast" },
    { "DELETE", "/api/v1/me/sessions/{id}", "voast" },
    { "GET", "/api/v1/users", "a" },
    { "POST", "/api/v1/users", "a" },
    { "PATCH", "/api/v1/users/{name}", "a" },
    { "GET", "/api/v1/users/{name}", "a" },
    { "DELETE", "/api/v1/users/{name}", "a" },
    { "POST", "/api/v1/users/{name}/password", "a" },
    { "GET", "/api/v1/tokens", "a" },
    { "POST", "/api/v1/tokens", "a" },
    { "DELETE", "/api/v1/tokens/{id}", "a" },
    { "GET", "/api/v1/blocked", "oa" },
    { "DELETE", "/api/v1/blocked/{user}", "oa" },
    { "POST", "/api/v1/members", "*" },
    { "GET", "/api/v1/members", "oa" },
    { "POST", "/api/v1/members/find", "oa" },
    { "GET", "/api/v1/members/{id}", "oa" },
    { "POST", "/api/v1/members/{rut}/decision", "oa" },
    { "POST", "/api/v1/members/{id}/leave", "oa" },
    { "POST", "/api/v1/members/{id}/plate", "oa" },
    { "POST", "/api/v1/people/find", "a" },
    { "POST", "/api/v1/people/erase", "a" },
    { "GET", "/api/v1/people/requests", "a" },
    { "POST", "/api/v1/people/requests", "a" },
    { "POST", "/api/v1/people/requests/{id}/done", "a" },
    { "GET", "/api/v1/sales", "voas" },
    { "POST", "/api/v1/sales/find", "voas" },
    { "GET", "/api/v1/daily-sales", "voas" },
    { "GET", "/api/v1/daily-sales/{day}/hours", "voa" },
    { "GET", "/api/v1/daily-sales/{day}/{cart}/revisions", "voas" },
    { "GET", "/api/v1/closing", "voa" },
    { "GET", "/api/v1/audit", "voa" },
    { "GET", "/api/v1/carts", "voa" },
    { "GET", "/api/v1/carts/{cart}", "voas" },
    { "POST", "/api/v1/carts/{cart}", "oa" },
    { "DELETE", "/api/v1/carts/{cart}", "oa" },
    { "GET", "/api/v1/carts/{cart}/track", "voas" },
    { "GET", "/api/v1/carts/{cart}/evidence", "voa" },
    { "POST", "/api/v1/reports", "*" },
    { "GET", "/api/v1/reports", "voa" },
    { "GET", "/api/v1/reports/{id}", "voa" },
    { "POST", "/api/v1/reports/{id}/dismiss", "oa" },
    { "GET", "/api/v1/fugitives", "voa" },
    { "POST", "/api/v1/fugitives/clear", "oa" },
    { "POST", "/api/v1/fugitives/{cart}/confirm", "oa" },
    { "DELETE", "/api/v1/fugitives/{cart}", "oa" },
    { "POST", "/api/v1/sales", "oas" },
    { "POST", "/api/v1/sales/{cart}/{epoch}/{receipt}/void", "oas" },
    { "POST", "/api/v1/stock", "oas" },
    { "POST", "/api/v1/carts/{cart}/commands", "oa" },
    { "GET", "/api/v1/actions", "oa" },
    { "POST", "/api/v1/actions/find", "oa" },
    { "GET", "/api/v1/stock", "voa" },
    { "GET", "/api/v1/restocks", "voa" },
    { "GET", "/api/v1/restocks/{n}", "voa" },
    { "POST", "/api/v1/restocks/{n}/done", "oa" },
    { "POST", "/api/v1/restocks/announce", "oa" },
    { "GET", "/api/v1/stream", "voa" },
    { "GET", "/api/v1/consumers", "voa" },
    { "POST", "/api/v1/consumers/{role}/stop", "oa" },
    { "POST", "/api/v1/consumers/{role}/start", "oa" },
    { "GET", "/api/v1/consumers/{role}/messages", "voa" },
    { "GET", "/api/v1/alerts", "voa" },
    { "GET", "/api/v1/alerts/{id}", "voa" },
    { "POST", "/api/v1/alerts/{id}/ack", "oa" },
    { "POST", "/api/v1/alerts/{id}/clear", "oa" },
    { "GET", "/api/v1/mails", "oa" },
    { "POST", "/api/v1/mails/find", "oa" },
    { "GET", "/api/v1/mails/{id}", "oa" },
    { "POST", "/api/v1/mail/test", "oa" },
    { "POST", "/api/v1/orders", "*" },
    { "GET", "/privacidad.json", "*" },
    { "GET", "/api/v1/products", "*" },
    { "GET", "/api/v1/orders", "voa" },
    { "POST", "/api/v1/orders/find", "oa" },
    { "GET", "/api/v1/orders/waits", "voa" },
    { "GET", "/api/v1/orders/{id}", "*" },
    { "GET", "/api/v1/orders/{id}/stream", "*" },
    { "POST", "/api/v1/orders/{id}/cancel", "*" },
    { "POST", "/api/v1/orders/{id}/assign", "oa" },
    { "POST", "/api/v1/orders/{id}/release", "oa" },
    { "POST", "/api/v1/orders/{id}/hold", "oa" },
    { "GET", "/api/v1/dead-letters", "voa" },
    { "POST", "/api/v1/dead-letters/{partition}/{offset}/retry", "oa" },
    { "GET", "/api/v1/set-aside", "voa" },
    { "POST", "/api/v1/set-aside/{id}/accept", "oa" },
    { "POST", "/api/v1/set-aside/{id}/drop", "oa" },
    { "POST", "/api/v1/imports", "oa" },
    { "POST", "/api/v1/simulations", "oa" },
    { "GET", "/api/v1/simulations/{id}", "voa" },
    { "GET", "/", "*" },
    { "GET", "/pedir", "*" },
    { "POST", "/pedir", "*" },
    { "GET", "/privacidad", "*" },
    { "GET", "/pedidos/{id}", "*" },
    { "GET", "/console/config.json", "voast" },
    { "GET", "/console/{file}", "*" },
    { "GET", "/console/lib/{file}", "*" },
    { "GET", "/console/lib/images/{file}", "*" },
    { "GET", "/api/v1/trace/{cart}/{epoch}/{receipt}", "voa" },
    { "POST", "/pub", "oat" },
    { "POST", "/pub/", "oat" },
    { "GET", "/api/0/version", "voa" },
    { "GET", "/api/0/list", "voa" },
    { "GET", "/api/0/last", "voa" },
    { "GET", "/api/0/locations", "voa" },
    { "GET", "/api/v1/carts/{cart}/phones", "voa" },
    { "POST", "/api/v1/carts/{cart}/phones", "oa" },
    { "DELETE", "/api/v1/carts/{cart}/phones/{id}", "oa" },
    { "GET", "/api/v1/carts/{cart}/otrc", "oa" },
    { "GET", "/healthz", "*" },
    { "GET", "/readyz", "*" },
    { "GET", "/metrics", "*" },
    { "GET", "/openapi.json", "*" },
    { "GET", "/docs", "*" },
};

static const struct {
    enum role role;
    char letter;
} roles[] = {
    { ROLE_VIEWER, 'v' }, { ROLE_OPERATOR, 'o' }, { ROLE_ADMIN, 'a' },
    { ROLE_VENDOR, 's' }, { ROLE_TRACKER, 't' },
};

static const char *who_may(const struct route *route)
{
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (strcmp(expected[i].method, route->method) == 0 &&
            strcmp(expected[i].pattern, route->pattern) == 0)
            return expected[i].who;
    return NULL;
}

static void every_role_on_every_route(void **state)
{
    (void)state;
    const struct route *route;
    assert_null(route_at(&api_routes, sizeof expected / sizeof *expected));
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        route = route_at(&api_routes, i);
        assert_non_null(route);
        const char *who = who_may(route);
        const char *cart = strstr(route->pattern, "{cart}") != NULL ? "BBCL23" : NULL;
        struct identity nobody = { .role = ROLE_NONE };
        assert_non_null(who);
        bool open = who[0] == '*';
        assert_int_equal(access_to_route(route->roles, &nobody, cart),
                         open ? ACCESS_GRANTED : ACCESS_NEEDS_SIGN_IN);
        for (size_t r = 0; r < ROLES_COUNT; r++) {
            struct identity one = { .role = roles[r].role, .cart = "BBCL23" };
            bool may = open || strchr(who, roles[r].letter) != NULL;
            assert_int_equal(access_to_route(route->roles, &one, cart),
                             may ? ACCESS_GRANTED : ACCESS_FORBIDDEN);
        }
    }
}

static void a_vendor_sees_its_own_cart_only(void **state)
{
    struct identity vendor = { .role = ROLE_VENDOR, .cart = "BBCL23" };
    struct identity unbound = { .role = ROLE_VENDOR };
    (void)state;
    assert_int_equal(access_to_route(ROLE_VENDOR, &vendor, "BBCL23"), ACCESS_GRANTED);
    assert_int_equal(access_to_route(ROLE_VENDOR, &vendor, "bbcl23"), ACCESS_GRANTED);
    assert_int_equal(access_to_route(ROLE_VENDOR, &vendor, "bb.cl-23"), ACCESS_GRANTED);
    assert_int_equal(access_to_route(ROLE_VENDOR, &vendor, "BBCL24"), ACCESS_FORBIDDEN);
    assert_int_equal(access_to_route(ROLE_VENDOR, &unbound, "BBCL23"), ACCESS_FORBIDDEN);
    assert_int_equal(access_to_route(ROLE_VENDOR, &unbound, ""), ACCESS_FORBIDDEN);
}

static void what_only_reads_needs_no_more_than_viewer(void **state)
{
    (void)state;
    const struct route *route;
    for (size_t i = 0; (route = route_at(&api_routes, i)) != NULL; i++)
        if (strcmp(route->method, "GET") != 0 && (route->flags & ROUTE_FIND) == 0 &&
            route->roles != WHO_OPEN)
            assert_true(route->roles == WHO_SIGNED_IN || (route->roles & ROLE_VIEWER) == 0);
}

/* Whoever does not know whether his POST was heard may send it again. A position of a phone counts
 * once without a key, and a search changes nothing. */
static void every_post_is_done_once(void **state)
{
    (void)state;
    const struct route *route;
    for (size_t i = 0; (route = route_at(&api_routes, i)) != NULL; i++) {
        unsigned kinds =
            route->flags & (ROUTE_IDEMPOTENT | ROUTE_SECRET | ROUTE_BASIC | ROUTE_FIND);
        bool posts = strcmp(route->method, "POST") == 0;
        if (posts && (kinds == 0 || (kinds & (kinds - 1)) != 0))
            fail_msg("%s: neither ROUTE_IDEMPOTENT, or both", route->pattern);
        assert_true(posts || (kinds & (ROUTE_IDEMPOTENT | ROUTE_SECRET)) == 0);
    }
}

/* May one path match both? */
static bool overlap(const char *one, const char *other)
{
    while (*one == '/' && *other == '/') {
        size_t length = strcspn(++one, "/"), other_length = strcspn(++other, "/");
        bool same = length == other_length && memcmp(one, other, length) == 0;
        if (!same && *one != '{' && *other != '{')
            return false;
        one += length;
        other += other_length;
    }
    return *one == '\0' && *other == '\0';
}

static void overlaps_outside(size_t table, const struct route *route)
{
    for (size_t i = table + 1; i < api_routes.count; i++)
        for (size_t k = 0; k < api_routes.tables[i]->count; k++) {
            const struct route *other = &api_routes.tables[i]->routes[k];
            if (overlap(route->pattern, other->pattern))
                assert_string_not_equal(route->method, other->method);
        }
}

/* Of one method; so that the order of the files does not matter. */
static void no_path_matches_patterns_of_two_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_routes.count; i++)
        for (size_t k = 0; k < api_routes.tables[i]->count; k++)
            overlaps_outside(i, &api_routes.tables[i]->routes[k]);
}

static enum route_result find(const char *method, const char *target, struct route_match *match)
{
    static struct request request;
    memset(&request, 0, sizeof request);
    request.method = method;
    assert_true(request_read_target(&request, target));
    return route_find(&api_routes, &request, match);
}

static void paths_lead_to_their_routes(void **state)
{
    struct route_match match;
    (void)state;
    assert_int_equal(find("GET", "/api/v1/carts/BBCL23?x", &match), ROUTE_FOUND);
    assert_string_equal(match.route->pattern, "/api/v1/carts/{cart}");
    assert_string_equal(match.cart, "BBCL23");
    assert_int_equal(find("HEAD", "/healthz", &match), ROUTE_FOUND);
    assert_null(match.cart);
    assert_int_equal(find("GET", "/api/v1/carts/", &match), ROUTE_FOUND);
    assert_string_equal(match.cart, "");
    assert_int_equal(find("GET", "/", &match), ROUTE_FOUND);
    assert_int_equal(find("GET", "/api/v1", &match), ROUTE_FOUND);
    assert_int_equal(find("GET", "/api", &match), ROUTE_NO_PATH);
    assert_int_equal(find("POST", "/api/v1/orders/find", &match), ROUTE_FOUND);
    assert_string_equal(match.route->pattern, "/api/v1/orders/find");
    assert_int_equal(find("GET", "/api/v1/mee", &match), ROUTE_NO_PATH);
    assert_int_equal(find("GET", "/api/v1/m", &match), ROUTE_NO_PATH);
    assert_int_equal(find("GET", "/", &match), ROUTE_FOUND);
    assert_string_equal(match.route->pattern, "/");
    assert_int_equal(find("GET", "/?x=1", &match), ROUTE_FOUND);
    assert_int_equal(find("GET", "/api/v1/me/x", &match), ROUTE_NO_PATH);
    assert_int_equal(find("GET", "/api/v1/me/", &match), ROUTE_NO_PATH);
    assert_int_equal(find("GET", "//api/v1/me", &match), ROUTE_NO_PATH);
    assert_int_equal(find("DELETE", "/api/v1/me", &match), ROUTE_NO_METHOD);
    assert_string_equal(match.allow, "GET, HEAD");
    assert_int_equal(find("GET", "/api/v1/login", &match), ROUTE_NO_METHOD);
    assert_string_equal(match.allow, "POST");
}

/* As others send them on; what is for programs is taken at its word. */
static void a_link_may_end_in_one_slash_more(void **state)
{
    struct route_match match;
    (void)state;
    assert_int_equal(find("GET", "/pedir/?utm_source=x", &match), ROUTE_FOUND);
    assert_string_equal(match.route->pattern, "/pedir");
    assert_int_equal(find("GET", "/pedidos/ID/", &match), ROUTE_FOUND);
    assert_string_equal(match.route->pattern, "/pedidos/{id}");
    assert_string_equal(match.parameters[0], "ID");
    assert_int_equal(find("GET", "/pedir//", &match), ROUTE_NO_PATH);
    assert_int_equal(find("GET", "/api/v1/orders/ID/", &match), ROUTE_NO_PATH);
    assert_int_equal(find("DELETE", "/pub/", &match), ROUTE_NO_METHOD);
    assert_string_equal(match.allow, "POST");
}

static const char *bad_parameter(const char *target, bool *repeated)
{
    static struct request request;
    struct route_match match;
    memset(&request, 0, sizeof request);
    request.method = "GET";
    assert_true(request_read_target(&request, target));
    assert_int_equal(route_find(&api_routes, &request, &match), ROUTE_FOUND);
    return route_bad_parameter(match.route, &request, repeated);
}

static void parameters_are_known_and_single(void **state)
{
    bool repeated = true;
    (void)state;
    assert_null(bad_parameter("/api/v1/sales?cart=A&from=&to=&limit=1&cursor=&format=csv&dialect=",
                              &repeated));
    assert_string_equal(bad_parameter("/api/v1/sales?cart=A&day=1", &repeated), "day");
    assert_false(repeated);
    assert_string_equal(bad_parameter("/api/v1/sales?cart=A&cart=A", &repeated), "cart");
    assert_true(repeated);
    assert_string_equal(bad_parameter("/api/v1/audit?format=csv", &repeated), "format");
    assert_string_equal(bad_parameter("/api/v1/me?limit=1", &repeated), "limit");
    assert_string_equal(bad_parameter("/api/v1/me?=1", &repeated), "");
}

static bool is_malformed(const char *target)
{
    static struct request request;
    struct route_match match;
    memset(&request, 0, sizeof request);
    request.method = "GET";
    assert_true(request_read_target(&request, target));
    assert_int_equal(route_find(&api_routes, &request, &match), ROUTE_FOUND);
    return route_query_is_malformed(match.route, &request);
}

static void others_may_extend_addresses_outside_the_api(void **state)
{
    static const char *const targets[] = { "/?utm_source=x",    "/pedir?fbclid=IwAR0abc",
                                           "/pedidos/ID?a=",    "/healthz?=1",
                                           "/readyz?t=1&t=2",   "/metrics?collect[]=cpu",
                                           "/docs?a=%F1",       "/console/app.js?v=2&v=3",
                                           "/openapi.json?a=%", "/api/0/last?tid=x&a=%F1" };
    bool repeated = false;
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        assert_null(bad_parameter(targets[i], &repeated));
        assert_false(is_malformed(targets[i]));
    }
    assert_true(is_malformed("/api/0/last?device=%F1"));
    assert_true(is_malformed("/api/v1/carts?utm_source=%F1"));
    assert_true(is_malformed("/api/v1/carts?%"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "every role on every route, and nobody", every_role_on_every_route, NULL, NULL, NULL },
        { "a vendor sees its own cart only", a_vendor_sees_its_own_cart_only, NULL, NULL, NULL },
        { "a viewer can act nowhere", what_only_reads_needs_no_more_than_viewer, NULL, NULL, NULL },
        { "every POST is done once", every_post_is_done_once, NULL, NULL, NULL },
        { "no path matches patterns of two files", no_path_matches_patterns_of_two_files, NULL,
          NULL, NULL },
        { "paths lead to their routes", paths_lead_to_their_routes, NULL, NULL, NULL },
        { "a link may end in one slash more", a_link_may_end_in_one_slash_more, NULL, NULL, NULL },
        { "query parameters are known and single", parameters_are_known_and_single, NULL, NULL,
          NULL },
        { "others may extend addresses outside the API",
          others_may_extend_addresses_outside_the_api, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
