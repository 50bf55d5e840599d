/* The day rule. */
#include "collector/sales/sales_day.h"

#include "common/day.h"

int32_t sales_day_at(struct day_cache *cache, int64_t when_ms)
{
    size_t count;
    const struct day_start *starts = day_starts(&count);

    if (when_ms < cache->start_ms || when_ms >= cache->end_ms || starts != cache->starts) {
        cache->starts = starts;
        cache->day = day_of_ms(when_ms);
        cache->start_ms = day_start_ms(cache->day);
        cache->end_ms = day_start_ms(cache->day + 1);
    }
    return cache->day;
}

int32_t sales_day_over(int64_t grace_s, int64_t time_ms)
{
    return day_of_ms(time_ms - grace_s * 1000) - 1;
}
