/* For supervisors: alive, ready, and the metrics. Open, and without a cart, a client or an address
 * in them. */
#include "collector/api/api_parts.h"
#include "collector/store/backup_record.h"
#include "common/metrics.h"

#include "api_health_sql.h"

#include <stdio.h>

static struct metric last_backup = {
    .name = "carrito_collector_backup_timestamp_seconds",
    .help = "When the last good backup of the store was made; 0: none yet.",
    .type = METRIC_GAUGE,
};

void health_register_metrics(void)
{
    metric_register(&last_backup);
}

static void measure_backup(struct store *store)
{
    struct backup_age age = backup_age_read(store, NULL);
    if (store_status(store) == STORE_OK)
        /* analysis: bugprone-integer-division: whole seconds are meant. */
        metric_set(&last_backup, (double)(age.last_ms / 1000));
    else
        store_rollback(store);
}

static void health_alive(struct api_call *call)
{
    call_plain(call, 200, "alive\n");
}

/* Where it does not, `text` says why, in the database's own words. */
static bool store_answers(struct frame *frame, char *text, size_t size)
{
    struct store *store = frame_store(frame);
    if (store == NULL) {
        snprintf(text, size, "the store does not answer");
        return false;
    }
    bool answers = store_has(store, SQL_HEALTH_STORE, "");
    if (!answers)
        snprintf(text, size, "the store does not answer: %s", store_failure(store));
    if (store_status(store) != STORE_OK)
        store_rollback(store);
    return answers;
}

static void health_ready(struct api_call *call)
{
    const struct api_options *options = api_options(api_of(call->frame));
    char text[512] = "ready";
    bool waits =
        (options->waiting != NULL && options->waiting(options->owner, text, sizeof text)) ||
        !store_answers(call->frame, text, sizeof text);
    call_plain(call, waits ? 503 : 200, text);
    buffer_text(&call->response->body, "\n");
}

static void health_metrics(struct api_call *call)
{
    struct store *store = frame_store(call->frame);
    if (store != NULL) {
        alerts_count(store);
        measure_backup(store);
    }
    call->response->status = 200;
    call->response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_write(&call->response->body);
}

static const struct route routes[] = {
    { "GET", "/healthz", WHO_OPEN, ROUTE_NO_STORE, NULL, health_alive },
    { "GET", "/readyz", WHO_OPEN, ROUTE_NO_STORE, NULL, health_ready },
    { "GET", "/metrics", WHO_OPEN, ROUTE_NO_STORE, NULL, health_metrics },
};
const struct route_table health_routes = ROUTE_TABLE_OF(routes);
