/* Judges fixes by speed. */
#include "collector/location/fix_filter.h"
#include "collector/base/geo.h"

#include <math.h>

static bool is_place(const struct fix *fix)
{
    /* A comparison with NAN is false, so these refuse it too. */
    return fabs(fix->lat) <= 90 && fabs(fix->lon) <= 180 && (fix->lat != 0 || fix->lon != 0);
}

static double distance_m(const struct fix *from, const struct fix *to)
{
    return geo_distance_m(from->lat, from->lon, to->lat, to->lon);
}

static bool is_reachable(const struct fix *from, const struct fix *to, double speed)
{
    int64_t gap_ms = to->time_ms - from->time_ms;

    if (from->dated || to->dated)
        return true;
    if (gap_ms < FIX_GAP_MS_MIN)
        gap_ms = FIX_GAP_MS_MIN;
    return distance_m(from, to) <= speed * (double)gap_ms / 1000;
}

/* A claim and the next: near each other, or further on the same way, as on a lorry's bed. What
 * jumps to and fro is at last no further from where the cart was. */
static bool agrees(const struct fix *last, const struct fix *claim, const struct fix *fix)
{
    return is_reachable(claim, fix, FIX_SPEED_MAX) ||
           (is_reachable(claim, fix, FIX_SPEED_CARRIED) &&
            distance_m(last, fix) > distance_m(last, claim));
}

/* `agreed`: how many claims agreed with it, itself counted; 0: it is none. */
static enum fix_verdict believe(struct fix_filter *filter, const struct fix *fix, int64_t agreed)
{
    filter->has_last = true;
    filter->last = *fix;
    filter->claim = *fix;
    filter->claim_count = agreed;
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
    if (!filter->has_last || is_reachable(&filter->last, fix, FIX_SPEED_MAX))
        return believe(filter, fix, 0);
    /* Claims were believed last: the cart is carried, and goes on as fast. */
    if (filter->claim_count >= FIX_AGREE && is_reachable(&filter->last, fix, FIX_SPEED_CARRIED))
        return believe(filter, fix, FIX_AGREE);
    if (filter->claim_count >= FIX_AGREE)
        filter->claim_count = 0;
    /* The same fix once more, in a sale or sent again, agrees with nothing but itself. */
    if (filter->claim_count > 0 && fix->time_ms <= filter->claim.time_ms)
        return FIX_CLAIMED;
    bool agree = filter->claim_count > 0 && agrees(&filter->last, &filter->claim, fix);
    filter->claim = *fix;
    filter->claim_count = agree ? filter->claim_count + 1 : 1;
    return filter->claim_count >= FIX_AGREE ? believe(filter, fix, FIX_AGREE) : FIX_CLAIMED;
}
