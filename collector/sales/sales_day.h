/* The local day of a time. Pure. */
#ifndef CARRITO_COLLECTOR_SALES_DAY_H
#define CARRITO_COLLECTOR_SALES_DAY_H

#include "common/day.h"

#include <stdint.h>

/* The bounds of the last day asked for, since nearly every event is of today. Zero: empty. */
struct day_cache {
    int64_t start_ms, end_ms;
    int32_t day;
    const struct day_start *starts; /* by which they were found */
};

/* The local day of an instant. */
int32_t sales_day_at(struct day_cache *cache, int64_t when_ms);

/* The last day whose midnight and grace are over at this time. */
int32_t sales_day_over(int64_t grace_s, int64_t time_ms);

#endif
