/* The metrics of one role: events, commit times, and lag by topic (contract, section 8). */
#ifndef CARRITO_COLLECTOR_ROLE_METRICS_H
#define CARRITO_COLLECTOR_ROLE_METRICS_H

#include <stdint.h>

struct role_metrics;

/* Registers them; they live until the process ends. */
struct role_metrics *role_metrics_open(const char *role, const char *const *topics);
/* A committed batch. */
void role_metrics_batch(struct role_metrics *metrics, int64_t records, double seconds);
/* The lag of each partition between begin and end; below 0 where it is not known. */
void role_metrics_lag_begin(struct role_metrics *metrics);
void role_metrics_lag(struct role_metrics *metrics, const char *topic, int64_t records);
void role_metrics_lag_end(struct role_metrics *metrics);

#endif
