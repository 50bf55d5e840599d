/* The filter between the receiver's second-by-second reports and what is recorded. */
#include "agent/position.h"

#include <math.h>
#include <stddef.h>

#define EARTH_M     6371008.8 /* mean radius (IUGG) */
#define RADIANS     (3.14159265358979323846 / 180)
#define STANDING_MS (POSITION_STANDING_S * INT64_C(1000))
#define JUMP_GAP_MS_MIN                                                                            \
    1000 /* two reports within a second differ by no more than a second's way                      \
          */

void position_init(struct position_filter *filter, int interval_s)
{
    *filter = (struct position_filter){ .interval_ms = (int64_t)interval_s * 1000 };
    fix_clear(&filter->recorded);
    fix_clear(&filter->good);
    fix_clear(&filter->jump);
}

bool position_good(const struct fix *fix)
{
    /* A comparison with NAN is false, so these refuse it too. */
    return (fix->mode == FIX_2D || fix->mode == FIX_3D) && fabs(fix->lat) <= 90 &&
           fabs(fix->lon) <= 180 && (fix->lat != 0 || fix->lon != 0);
}

/* Metres between two places; haversine, right to 0.5 % (the Earth's flattening). */
static double distance_m(const struct fix *a, const struct fix *b)
{
    double sin_lat = sin((b->lat - a->lat) * RADIANS / 2);
    double sin_lon = sin((b->lon - a->lon) * RADIANS / 2);
    double h =
        sin_lat * sin_lat + cos(a->lat * RADIANS) * cos(b->lat * RADIANS) * sin_lon * sin_lon;

    return 2 * EARTH_M * asin(sqrt(fmin(h, 1)));
}

static bool is_reachable(const struct fix *from, int64_t from_ms, const struct fix *to,
                         int64_t to_ms)
{
    int64_t gap_ms = to_ms - from_ms;

    /* After the clock was set back the gap is unknown; a second is the careful answer. */
    if (gap_ms < JUMP_GAP_MS_MIN) {
        gap_ms = JUMP_GAP_MS_MIN;
    }
    return distance_m(from, to) <= POSITION_SPEED_MAX * (double)gap_ms / 1000;
}

/* Is the fix within reach of the last good one, or the third in a row at a new place? */
static bool believe(struct position_filter *filter, const struct fix *fix, int64_t wall_ms)
{
    bool believed = !filter->has_good || is_reachable(&filter->good, filter->good_ms, fix, wall_ms);

    if (!believed) {
        bool agrees =
            filter->jumps > 0 && is_reachable(&filter->jump, filter->jump_ms, fix, wall_ms);
        filter->jumps = agrees ? filter->jumps + 1 : 1;
        filter->jump = *fix;
        filter->jump_ms = wall_ms;
        believed = filter->jumps >= POSITION_AGREE;
    }
    if (believed) {
        filter->jumps = 0;
        filter->good = *fix;
        filter->good_ms = wall_ms;
        filter->has_good = true;
    }
    return believed;
}

static bool has_moved(const struct fix *from, const struct fix *to)
{
    double noise_m = POSITION_STANDING_M;

    /* fmax leaves NAN out: a receiver that tells no accuracy is taken at the 15 m. */
    noise_m = fmax(noise_m, fmax(from->acc, to->acc));
    return distance_m(from, to) > noise_m;
}

static bool is_due(const struct position_filter *filter, int64_t wall_ms, bool moved)
{
    int64_t since_ms = wall_ms - filter->recorded_ms;

    if (!filter->has_recorded || since_ms < 0) {
        return true; /* the first one, or the clock was set back */
    }
    if (wall_ms < filter->locate_until_ms) {
        return since_ms >= filter->locate_interval_ms;
    }
    if (moved) {
        return filter->standing || since_ms >= filter->interval_ms;
    }
    return since_ms >= (filter->interval_ms > STANDING_MS ? filter->interval_ms : STANDING_MS);
}

bool position_take(struct position_filter *filter, const struct fix *fix, int64_t wall_ms)
{
    if (!position_good(fix) || !believe(filter, fix, wall_ms)) {
        return false;
    }
    bool moved = filter->has_recorded && has_moved(&filter->recorded, fix);
    if (!moved && filter->has_recorded && wall_ms - filter->recorded_ms >= filter->interval_ms) {
        filter->standing = true;
    }
    if (!is_due(filter, wall_ms, moved)) {
        return false;
    }
    filter->standing = !moved;
    filter->recorded = *fix;
    filter->recorded_ms = wall_ms;
    filter->has_recorded = true;
    return true;
}

const struct fix *position_last(const struct position_filter *filter, int64_t *wall_ms)
{
    if (!filter->has_good) {
        return NULL;
    }
    *wall_ms = filter->good_ms;
    return &filter->good;
}

void position_locate(struct position_filter *filter, int interval_s, int64_t until_wall_ms)
{
    filter->locate_interval_ms = (int64_t)interval_s * 1000;
    filter->locate_until_ms = until_wall_ms;
    filter->has_recorded = false; /* the next good fix at once */
}
