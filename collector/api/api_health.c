/* For supervisors: alive, ready, and the metrics. Open, and without a cart, a client or an address
 * in them. */
#include "collector/api/api_call.h"
#include "common/metrics.h"

#include "api_health_sql.h"

void health_alive(struct api_call *call)
{
    call_plain(call, 200, "alive\n");
}

static bool store_answers(struct api *api)
{
    struct store *store = api_store(api);
    if (store == NULL)
        return false;
    bool answers = store_has(store, SQL_HEALTH_STORE, "");
    if (store_status(store) != STORE_OK)
        store_rollback(store);
    return answers;
}

void health_ready(struct api_call *call)
{
    const struct api_options *options = api_options(call->api);
    const char *waiting = options->waiting != NULL ? options->waiting(options->owner) : NULL;
    if (!store_answers(call->api))
        waiting = "the store does not answer";
    call_plain(call, waiting == NULL ? 200 : 503, waiting == NULL ? "ready" : waiting);
    buffer_text(&call->response->body, "\n");
}

void health_metrics(struct api_call *call)
{
    struct store *store = api_store(call->api);
    if (store != NULL)
        alerts_count(store);
    call->response->status = 200;
    call->response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_write(&call->response->body);
}
