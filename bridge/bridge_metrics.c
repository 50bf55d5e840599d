/* Names and series of the bridge's metrics. */
#include "bridge/bridge_metrics.h"
#include "common/metrics.h"

enum result {
    RESULT_OK,
    RESULT_REJECTED,
    RESULT_RETAINED,
    RESULT_IGNORED,
    RESULT_PUT_OFF,
    RESULTS
};

static const char messages_help[] =
    "MQTT messages: all kept, something refused (dead letters), retained and kept, ignored, or put "
    "off: left with their cart while a partition waits.";

static struct metric messages[RESULTS] = {
    [RESULT_OK] = { .labels = "result=\"ok\"" },
    [RESULT_REJECTED] = { .labels = "result=\"rejected\"" },
    [RESULT_RETAINED] = { .labels = "result=\"retained\"" },
    [RESULT_IGNORED] = { .labels = "result=\"ignored\"" },
    [RESULT_PUT_OFF] = { .labels = "result=\"put-off\"" },
};

static const char records_help[] = "Records made of MQTT messages: kept, or dead letters.";

static struct metric records[] = {
    { .labels = "result=\"ok\"" },
    { .labels = "result=\"rejected\"" },
};

static const double ack_bounds[] = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                     0.25,   0.5,   1,      2.5,   5,    10,    0 };

static struct metric ack_seconds = {
    .name = "carrito_bridge_ack_seconds",
    .help = "From an MQTT message to its acknowledgement, Kafka's confirmation between.",
    .type = METRIC_HISTOGRAM,
    .bounds = ack_bounds,
};

static struct metric queue = {
    .name = "carrito_bridge_kafka_queue_messages",
    .help = "Records that Kafka has not confirmed yet.",
    .type = METRIC_GAUGE,
};

static struct metric waiting = {
    .name = "carrito_bridge_waiting_partitions",
    .help = "Partitions that confirm nothing while others do: only their carts wait.",
    .type = METRIC_GAUGE,
};

static struct metric connected_now = {
    .name = "carrito_mqtt_connected",
    .help = "1 while connected to the MQTT broker.",
    .type = METRIC_GAUGE,
};

static struct metric replaced = {
    .name = "carrito_bridge_producers_replaced",
    .help = "Kafka producers that were replaced after a fatal error.",
    .type = METRIC_GAUGE,
};

static void register_series(struct metric *series, size_t count, const char *name, const char *help)
{
    for (size_t i = 0; i < count; i++) {
        series[i].name = name;
        series[i].help = help;
        series[i].type = METRIC_COUNTER;
        metric_register(&series[i]);
    }
}

void bridge_metrics_register(void)
{
    metrics_register_build("bridge");
    register_series(messages, RESULTS, "carrito_bridge_messages_total", messages_help);
    register_series(records, 2, "carrito_bridge_records_total", records_help);
    metric_register(&ack_seconds);
    metric_register(&queue);
    metric_register(&waiting);
    metric_register(&connected_now);
    metric_register(&replaced);
}

void bridge_metrics_count(const struct batch *batch)
{
    enum result result = batch->record_count == 0 ? RESULT_IGNORED
                         : batch->rejected > 0    ? RESULT_REJECTED
                         : batch->retained        ? RESULT_RETAINED
                                                  : RESULT_OK;

    metric_add(&messages[result], 1);
    metric_add(&records[0], (int64_t)(batch->record_count - batch->rejected));
    if (batch->rejected > 0)
        metric_add(&records[1], (int64_t)batch->rejected);
}

void bridge_metrics_answered(int64_t waited_us)
{
    metric_observe(&ack_seconds, (double)waited_us / 1e6);
}

void bridge_metrics_connected(bool connected)
{
    metric_set(&connected_now, connected ? 1 : 0);
}

void bridge_metrics_queue(size_t unconfirmed)
{
    metric_set(&queue, (double)unconfirmed);
}

void bridge_metrics_put_off(void)
{
    metric_add(&messages[RESULT_PUT_OFF], 1);
}

void bridge_metrics_waiting(size_t partitions)
{
    metric_set(&waiting, (double)partitions);
}

void bridge_metrics_replaced(unsigned producers)
{
    metric_set(&replaced, producers);
}
