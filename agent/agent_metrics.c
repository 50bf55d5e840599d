/* Sets the gauges from the outbox and the uplink. */
#include "agent/agent_metrics.h"

#include "common/metrics.h"

#define LOOK_MS 1000

static struct metric events = {
    .name = "carrito_agent_outbox_events",
    .help = "Events that wait for the centre, those of former outboxes too.",
    .type = METRIC_GAUGE,
};
static struct metric oldest = {
    .name = "carrito_agent_outbox_oldest_timestamp_seconds",
    .help = "Time of the oldest event that waits; 0 where none does.",
    .type = METRIC_GAUGE,
};
static struct metric written = {
    .name = "carrito_agent_outbox_written_bytes_total",
    .help = "Bytes written to the outbox's database.",
    .type = METRIC_COUNTER,
};
static struct metric connected = {
    .name = "carrito_mqtt_connected",
    .help = "1 while the broker is connected.",
    .type = METRIC_GAUGE,
};

void agent_metrics_register(void)
{
    metrics_register_build("agent");
    metric_register(&events);
    metric_register(&oldest);
    metric_register(&written);
    metric_register(&connected);
}

static int64_t oldest_ms(struct outbox *outbox, const struct formers *formers)
{
    int64_t own = outbox_oldest_waiting_ms(outbox), former = formers_oldest_ms(formers);

    return former > 0 && (own == 0 || former < own) ? former : own;
}

void agent_metrics_update(struct agent_metrics *metrics, struct outbox *outbox,
                          const struct uplink *uplink, int64_t mono_ms)
{
    const struct outbox_head *head = outbox_head(outbox);
    int64_t written_bytes = outbox_written_bytes(outbox);
    struct uplink_status status;

    if (metrics->looked_ms != 0 && mono_ms - metrics->looked_ms < LOOK_MS)
        return;
    metrics->looked_ms = mono_ms;
    uplink_status(uplink, &status);
    metric_set(&connected, status.connected);
    metric_set(&events,
               (double)(head->last_seq - head->acked_seq + formers_waiting(metrics->formers)));
    metric_set(&oldest, (double)oldest_ms(outbox, metrics->formers) / 1000.0);
    metric_add(&written, written_bytes - metrics->written_bytes);
    metrics->written_bytes = written_bytes;
}

const char *agent_metrics_ready(void *owner)
{
    (void)owner;
    return NULL;
}
