/* The live stream as an endpoint. It ends with its token: by its time, or because somebody ended
 * the token or its user, who must then not hear the day to its end. */
#include "collector/access/users.h"
#include "collector/api/api_parts.h"
#include "collector/api/stream.h"
#include "collector/base/tokens.h"
#include "collector/call/admit.h"
#include "collector/http/http.h"
#include "collector/store/store.h"

#include "positions_sql.h"

#include "common/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_S  "5"
#define CHECK_MS 1000 /* so old may be what we know of a token when something is told */

struct listener {
    struct stream_client *client;
    struct frame *frame;
    enum role role; /* as it was when it joined */
    char token[TOKEN_SIZE];
    int64_t checked_ms; /* monotonic */
};

static void suspend(void *owner)
{
    http_suspend(owner);
}

static void resume(void *owner)
{
    http_resume(owner);
}

/* A store that is away ends nothing: the token was good a moment ago. */
static bool is_ended(struct listener *listener)
{
    int64_t mono_ms = clock_mono_ms();
    if (mono_ms < listener->checked_ms + CHECK_MS)
        return false;
    listener->checked_ms = mono_ms;
    struct store *store = frame_store(listener->frame);
    struct identity who = { .role = ROLE_NONE };
    if (store == NULL)
        return false;
    token_read(store, listener->token, clock_wall_ms(), &who);
    if (store_status(store) == STORE_OK)
        return who.role != listener->role;
    frame_forget_store(listener->frame);
    return false;
}

static enum response_piece listen_on(void *source, struct buffer *out)
{
    struct listener *listener = source;
    return is_ended(listener) ? RESPONSE_END : stream_read(listener->client, out);
}

static void leave(void *source)
{
    struct listener *listener = source;
    stream_leave(listener->client);
    free(listener);
}

static struct listener *make_listener(struct api_call *call, struct stream_client *client)
{
    struct listener *listener = calloc(1, sizeof *listener);
    if (listener == NULL)
        abort();
    *listener = (struct listener){ .client = client,
                                   .frame = call->frame,
                                   .role = call->who.role,
                                   .checked_ms = clock_mono_ms() };
    snprintf(listener->token, sizeof listener->token, "%s", request_bearer(call->request));
    return listener;
}

static void stream_get(struct api_call *call)
{
    struct stream *stream = api_stream(api_of(call->frame));
    struct stream_waiting waiting = { suspend, resume, call->exchange };
    /* A token without an end has 0 or the largest time. */
    int64_t expires_ms = call->who.expires_ms > 0 ? call->who.expires_ms : INT64_MAX;
    struct stream_listener who = { call->request->last_event_id, expires_ms, call->who.role };
    struct stream_client *client = stream != NULL ? stream_join(stream, &who, &waiting) : NULL;

    if (client == NULL) {
        call_problem(call, PROBLEM_BUSY, NULL, NULL);
        response_header(call->response, "Retry-After", RETRY_S);
        return;
    }
    call->response->status = 200;
    call->response->content_type = "text/event-stream; charset=utf-8";
    call->response->more = listen_on;
    call->response->drop = leave;
    call->response->source = make_listener(call, client);
    response_header(call->response, "X-Accel-Buffering", "no"); /* nginx would hold it back */
}

void stream_roles(void *owner, struct buffer *out)
{
    const struct api_options *options = api_options(owner);
    struct api_role roles[API_ROLES_MAX];
    size_t count =
        options->roles != NULL ? options->roles(options->owner, roles, API_ROLES_MAX) : 0;
    struct json_writer json = json_write_to(out);

    json_array_begin(&json, NULL);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(&json, NULL);
        json_text(&json, "role", roles[i].name);
        json_bool(&json, "running", roles[i].running);
        json_number(&json, "rate", roles[i].rate);
        json_object_end(&json);
    }
    json_array_end(&json);
}

bool stream_record_is_applied(void *owner, const struct stream_place *place)
{
    struct frame *frame = api_frame(owner);
    struct store *store = frame_store(frame);

    if (store == NULL)
        return false;
    bool waits = store_has(store, SQL_POSITION_WAITS, "tii", place->topic,
                           (int64_t)place->partition, place->offset);
    if (store_status(store) == STORE_OK)
        return !waits;
    frame_forget_store(frame);
    return false;
}

static const struct route routes[] = {
    { "GET", API "/stream", WHO_READS, ROUTE_NO_STORE, NULL, stream_get },
};
const struct route_table stream_routes = ROUTE_TABLE_OF(routes);
