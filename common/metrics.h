/* Counters, gauges and histograms, written as Prometheus text (version 0.0.4).
 *
 * A program has one static const table of families and one array of series. Updates are atomic and
 * lock-free: any thread. No label holds a cart, a client or an address. */
#ifndef CARRITO_METRICS_H
#define CARRITO_METRICS_H

#include "common/buffer.h"

#include <stdint.h>

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

#define METRIC_BUCKETS_MAX 16

/* A family and its one series; a family with labels is several of these with the same name.
 * Registered at start, before threads; lives until the process ends. */
struct metric {
    const char *name; /* "carrito_bridge_messages_total" */
    const char *help;
    enum metric_type type;
    const char *labels;   /* "result=\"ok\"", or NULL */
    const double *bounds; /* histogram: upper bounds, ascending, ends with 0 */
    /* What follows is the registry's own. */
    _Atomic int64_t value; /* counter: count; gauge: value in thousandths */
    _Atomic int64_t buckets[METRIC_BUCKETS_MAX + 1];
    _Atomic int64_t sum_micros; /* histogram: sum in millionths */
    struct metric *next;
};

/* Again is harmless. */
void metric_register(struct metric *metric);
void metric_add(struct metric *metric, int64_t by);
void metric_set(struct metric *metric, double value);
void metric_observe(struct metric *metric, double value);

/* Everything registered, and the process_* family (prometheus.io, "Writing client libraries"). */
void metrics_write(struct buffer *out);
/* carrito_build_info{component,version} = 1. */
void metrics_register_build(const char *component);

#endif
