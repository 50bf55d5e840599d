/* Where everything is: for who looks at the API for the first time, and for programs that ask what
 * their token may. */
#include "collector/api/api_parts.h"

#include <string.h>

static bool is_for(const struct route *route, enum role role)
{
    return strncmp(route->pattern, API "/", sizeof API) == 0 &&
           (route->roles == WHO_OPEN || (route->roles & (unsigned)role) != 0);
}

/* What whoever asks may ask for. */
static void write_links(struct api_call *call, struct json_writer *json)
{
    const struct route_set *routes = &frame_options(call->frame)->routes;
    const struct route *route;

    json_array_begin(json, "links");
    for (size_t i = 0; (route = route_at(routes, i)) != NULL; i++) {
        if (!is_for(route, call->who.role))
            continue;
        json_object_begin(json, NULL);
        json_text(json, "method", route->method);
        json_text(json, "path", route->pattern);
        json_object_end(json);
    }
    json_array_end(json);
}

static void index_show(struct api_call *call)
{
    enum role role = call->who.role;
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_text(&json, "version", CARRITO_VERSION);
    json_text(&json, "openapi", "/openapi.json");
    json_text(&json, "docs", "/docs");
    json_text(&json, "role", role != ROLE_NONE ? role_name(role) : NULL);
    write_links(call, &json);
    json_object_end(&json);
}

static const struct route routes[] = {
    { "GET", API, WHO_OPEN, ROUTE_NO_STORE | ROUTE_WHO, NULL, index_show },
};
const struct route_table index_routes = ROUTE_TABLE_OF(routes);
