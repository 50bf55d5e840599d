/* Registers and sets the metrics of a role. */
#include "collector/engine/role_metrics.h"

#include "common/metrics.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOPICS_MAX 4

struct role_metrics {
    struct metric events;
    char events_labels[48];
    size_t topic_count;
    const char *topics[TOPICS_MAX];
    struct metric lag[TOPICS_MAX];
    char lag_labels[TOPICS_MAX][128];
    int64_t lag_sum[TOPICS_MAX];
};

static const double commit_bounds[] = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                        0.05,   0.1,   0.25,   0.5,   1,    0 };

/* All roles together: the contract's family has no role. */
static struct metric commit_seconds = {
    .name = "carrito_collector_commit_seconds",
    .help = "Time to apply and commit one batch.",
    .type = METRIC_HISTOGRAM,
    .bounds = commit_bounds,
};
static pthread_once_t commit_once = PTHREAD_ONCE_INIT;

static void register_commit(void)
{
    metric_register(&commit_seconds);
}

struct role_metrics *role_metrics_open(const char *role, const char *const *topics)
{
    struct role_metrics *metrics = calloc(1, sizeof *metrics);

    if (metrics == NULL)
        abort();
    pthread_once(&commit_once, register_commit);
    snprintf(metrics->events_labels, sizeof metrics->events_labels, "role=\"%s\"", role);
    metrics->events = (struct metric){ .name = "carrito_collector_events_total",
                                       .help = "Records applied.",
                                       .type = METRIC_COUNTER,
                                       .labels = metrics->events_labels };
    metric_register(&metrics->events);
    for (; metrics->topic_count < TOPICS_MAX && topics[metrics->topic_count] != NULL;
         metrics->topic_count++) {
        size_t i = metrics->topic_count;
        metrics->topics[i] = topics[i];
        snprintf(metrics->lag_labels[i], sizeof metrics->lag_labels[i], "role=\"%s\",topic=\"%s\"",
                 role, topics[i]);
        metrics->lag[i] = (struct metric){ .name = "carrito_collector_lag_messages",
                                           .help = "Records in Kafka that are not applied yet.",
                                           .type = METRIC_GAUGE,
                                           .labels = metrics->lag_labels[i] };
        metric_register(&metrics->lag[i]);
    }
    return metrics;
}

void role_metrics_batch(struct role_metrics *metrics, int64_t records, double seconds)
{
    metric_add(&metrics->events, records);
    metric_observe(&commit_seconds, seconds);
}

void role_metrics_lag_begin(struct role_metrics *metrics)
{
    memset(metrics->lag_sum, 0, sizeof metrics->lag_sum);
}

void role_metrics_lag(struct role_metrics *metrics, const char *topic, int64_t records)
{
    for (size_t i = 0; i < metrics->topic_count; i++)
        if (records > 0 && strcmp(metrics->topics[i], topic) == 0)
            metrics->lag_sum[i] += records;
}

void role_metrics_lag_end(struct role_metrics *metrics)
{
    for (size_t i = 0; i < metrics->topic_count; i++)
        metric_set(&metrics->lag[i], (double)metrics->lag_sum[i]);
}
