/* The live stream as an endpoint. */
#include "collector/api/api_call.h"
#include "collector/api/stream.h"
#include "collector/http/http.h"

#include <string.h>

#define RETRY_S "5"

static void suspend(void *owner)
{
    http_suspend(owner);
}

static void resume(void *owner)
{
    http_resume(owner);
}

void stream_get(struct api_call *call)
{
    struct stream *stream = api_stream(call->api);
    struct stream_waiting waiting = { suspend, resume, call->exchange };
    /* A token without an end has 0 or the largest time. */
    int64_t expires_ms = call->who.expires_ms > 0 ? call->who.expires_ms : INT64_MAX;
    struct stream_client *client =
        stream != NULL ? stream_join(stream, call->request->last_event_id, expires_ms, &waiting)
                       : NULL;

    if (client == NULL) {
        call_problem(call, PROBLEM_BUSY, NULL, NULL);
        response_header(call->response, "Retry-After", RETRY_S);
        return;
    }
    call->response->status = 200;
    call->response->content_type = "text/event-stream; charset=utf-8";
    call->response->more = stream_read;
    call->response->drop = stream_leave;
    call->response->source = client;
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
