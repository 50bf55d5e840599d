/* The console and the other pages that are files of the program, with the headers that keep a
 * browser from running or loading anything else. */
#include "collector/api/api_parts.h"
#include "collector/base/settings.h"
#include "collector/http/files.h"
#include "common/day.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE   128
#define ORIGIN_SIZE 64 /* with the rest of the policy it fits a header */

/* Scheme and host of the tiles' address, which browsers want to know by name; "" for none. */
static void tiles_origin(const struct api_call *call, char origin[ORIGIN_SIZE])
{
    const char *tiles = api_options(api_of(call->frame))->settings->tiles;
    const char *host = tiles != NULL ? strstr(tiles, "://") : NULL;

    origin[0] = '\0';
    if (host == NULL)
        return;
    size_t length = (size_t)(host + 3 - tiles) + strcspn(host + 3, "/;, ");
    if (strncmp(host + 3, "{s}.", 4) == 0)
        snprintf(origin, ORIGIN_SIZE, "%.*s*.%.*s", (int)(host + 3 - tiles), tiles,
                 (int)(length - (size_t)(host + 7 - tiles)), host + 7);
    else if (length < ORIGIN_SIZE)
        snprintf(origin, ORIGIN_SIZE, "%.*s", (int)length, tiles);
}

void page_policy(struct api_call *call, const char *form_action)
{
    char origin[ORIGIN_SIZE], policy[256];

    tiles_origin(call, origin);
    snprintf(policy, sizeof policy,
             "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
             "img-src 'self' data: %s; base-uri 'none'; form-action %s; frame-ancestors 'none'",
             origin, form_action);
    response_header(call->response, "Content-Security-Policy", policy);
}

static void answer_file(struct api_call *call, const char *name)
{
    const struct file *file = file_find(name);

    if (file == NULL) {
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    page_policy(call, "'none'");
    /* A new version of the program is seen at once; the same one is not sent again. */
    response_header(call->response, "Cache-Control", "no-cache");
    response_header(call->response, "ETag", file->etag);
    if (call->request->if_none_match != NULL &&
        strstr(call->request->if_none_match, file->etag) != NULL) {
        call->response->status = 304;
        return;
    }
    call->response->status = 200;
    call->response->content_type = file_content_type(name);
    buffer_append(&call->response->body, file->bytes, (size_t)(file->end - file->bytes));
}

static void files_console(struct api_call *call)
{
    answer_file(call, "index.html");
}

static void files_privacy(struct api_call *call)
{
    answer_file(call, "privacidad.html");
}

static void files_openapi(struct api_call *call)
{
    answer_file(call, "openapi.json");
}

static void files_docs(struct api_call *call)
{
    answer_file(call, "docs.html");
}

/* How days begin, and from which one on; days before the first begin as it says. */
static void write_day_starts(struct json_writer *json)
{
    size_t count;
    const struct day_start *starts = day_starts(&count);

    json_array_begin(json, "day_starts");
    for (size_t i = 0; i < count; i++) {
        char day[DAY_TEXT_SIZE], text[DAY_START_TEXT_SIZE];
        day_text(starts[i].first_day, day);
        day_start_text(starts[i].minutes, text);
        json_object_begin(json, NULL);
        json_text(json, "from", i > 0 ? day : NULL);
        json_text(json, "start", text);
        json_object_end(json);
    }
    json_array_end(json);
}

/* The guild's zone and days, and whose tiles: their address often has the key of an account in it,
 * so it is for who has signed in. */
static void files_config(struct api_call *call)
{
    const struct settings *settings = api_options(api_of(call->frame))->settings;
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_text(&json, "zone", settings->tz);
    write_day_starts(&json);
    json_text(&json, "tiles", settings->tiles);
    json_object_end(&json);
}

/* /console/{file}, /console/lib/{file} and so on: the names that the build gave. */
static void files_one(struct api_call *call)
{
    const struct request *request = call->request;
    char name[NAME_SIZE] = "";

    for (size_t i = 1; i < request->segment_count; i++) {
        size_t length = strlen(name);
        snprintf(name + length, sizeof name - length, "%s%s", length > 0 ? "/" : "",
                 request->segments[i]);
    }
    answer_file(call, name);
}

static const struct route routes[] = {
    { "GET", "/", WHO_OPEN, ROUTE_NO_STORE, NULL, files_console },
    { "GET", "/privacidad", WHO_OPEN, ROUTE_NO_STORE, NULL, files_privacy },
    { "GET", "/console/config.json", WHO_SIGNED_IN, 0, NULL, files_config },
    { "GET", "/console/{file}", WHO_OPEN, ROUTE_NO_STORE, NULL, files_one },
    { "GET", "/console/lib/{file}", WHO_OPEN, ROUTE_NO_STORE, NULL, files_one },
    { "GET", "/console/lib/images/{file}", WHO_OPEN, ROUTE_NO_STORE, NULL, files_one },
    { "GET", "/openapi.json", WHO_OPEN, ROUTE_NO_STORE, NULL, files_openapi },
    { "GET", "/docs", WHO_OPEN, ROUTE_NO_STORE, NULL, files_docs },
};
const struct route_table files_routes = ROUTE_TABLE_OF(routes);
