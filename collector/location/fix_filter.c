/* Judges fixes by speed. */
#include "collector/location/fix_filter.h"
#include "collector/location/geo.h"

#include <math.h>

static bool is_place(const struct fix *fix)
{
    /* A comparison with NAN is false, so these refuse it too. */
    return fabs(fix->lat) <= 90 && fabs(fix->lon) <= 180 && (fix->lat != 0 || fix->lon != 0);
}

static bool is_reachable(const struct fix *from, const struct fix *to)
{
    int64_t gap_ms = to->time_ms - from->time_ms;

    if (from->dated || to->dated)
        return true;
    if (gap_ms < FIX_GAP_MS_MIN)
        gap_ms = FIX_GAP_MS_MIN;
    return geo_distance_m(from->lat, from->lon, to->lat, to->lon) <=
           FIX_SPEED_MAX * (double)gap_ms / 1000;
}

static enum fix_verdict believe(struct fix_filter *filter, const struct fix *fix)
{
    filter->has_last = true;
    filter->last = *fix;
    filter->claim_count = 0;
    return FIX_BELIEVED;
}

enum fix_verdict fix_filter_judge(struct fix_filter *filter, const struct fix *fix)
{
    if (!is_place(fix))
        return FIX_IMPOSSIBLE;
    /* At the same time the later record counts: a cart without a clock is dated by Kafka, and the
     * positions of one batch alike. */
    if (filter->has_last && fix->time_ms < filter->last.time_ms)
        return FIX_OLD;
    if (!filter->has_last || is_reachable(&filter->last, fix))
        return believe(filter, fix);
    /* The same fix once more, in a sale or sent again, agrees with nothing but itself. */
    if (filter->claim_count > 0 && fix->time_ms <= filter->claim.time_ms)
        return FIX_CLAIMED;
    bool agrees = filter->claim_count > 0 && is_reachable(&filter->claim, fix);
    filter->claim = *fix;
    filter->claim_count = agrees ? filter->claim_count + 1 : 1;
    return filter->claim_count >= FIX_AGREE ? believe(filter, fix) : FIX_CLAIMED;
}
