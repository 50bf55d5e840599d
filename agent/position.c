/* The filter between a receiver's reports and the outbox. */
#include "agent/position.h"

#include <math.h>
#include <stddef.h>

#define EARTH_M        6371008.8 /* mean radius, IUGG */
#define DEGREE         (3.14159265358979323846 / 180.0)
#define STANDING_MS    (POSITION_STANDING_S * 1000LL)
#define ACCURACY_M_MAX 100.0 /* a worse one does not make a cart stand still for ever */

void position_init(struct position_filter *filter, int interval_s)
{
    *filter = (struct position_filter){ .interval_ms = interval_s * 1000LL };
}

bool position_good(const struct fix *fix)
{
    return fix->mode >= FIX_2D && isfinite(fix->lat) && isfinite(fix->lon) &&
           fabs(fix->lat) <= 90 && fabs(fix->lon) <= 180 && !(fix->lat == 0 && fix->lon == 0);
}

/* Metres between two positions, on the plane that touches the earth there: right to a thousandth
 * over the few kilometres that a cart moves. */
static double distance_m(const struct fix *a, const struct fix *b)
{
    double east = (b->lon - a->lon) * cos((a->lat + b->lat) / 2 * DEGREE);

    return hypot(b->lat - a->lat, east) * DEGREE * EARTH_M;
}

/* Could a cart have come from there to here in this time? */
static bool is_reachable(const struct fix *from, const struct fix *to, int64_t elapsed_ms)
{
    if (elapsed_ms < 1000)
        elapsed_ms = 1000;
    return distance_m(from, to) <= POSITION_SPEED_MAX * (double)elapsed_ms / 1000.0;
}

/* A jump is believed when POSITION_AGREE fixes in a row are near each other. */
static bool jump_is_believed(struct position_filter *filter, const struct fix *fix, int64_t wall_ms)
{
    bool agrees = filter->jumps > 0 && is_reachable(&filter->jump, fix, wall_ms - filter->jump_ms);

    filter->jumps = agrees ? filter->jumps + 1 : 1;
    filter->jump = *fix;
    filter->jump_ms = wall_ms;
    return filter->jumps >= POSITION_AGREE;
}

static bool is_believed(struct position_filter *filter, const struct fix *fix, int64_t wall_ms)
{
    if (filter->has_good && !is_reachable(&filter->good, fix, wall_ms - filter->good_ms) &&
        !jump_is_believed(filter, fix, wall_ms))
        return false;
    filter->jumps = 0;
    filter->good = *fix;
    filter->good_ms = wall_ms;
    filter->has_good = true;
    return true;
}

/* What the accuracies of both ends explain is no movement. */
static double noise_m(const struct fix *a, const struct fix *b)
{
    double sum = (isfinite(a->acc) ? a->acc : 0) + (isfinite(b->acc) ? b->acc : 0);

    if (sum > ACCURACY_M_MAX)
        sum = ACCURACY_M_MAX;
    return sum > POSITION_STANDING_M ? sum : POSITION_STANDING_M;
}

static bool is_due(const struct position_filter *filter, bool moved, int64_t wall_ms)
{
    int64_t since_ms = wall_ms - filter->recorded_ms;

    if (!filter->has_recorded || since_ms < 0)
        return true;
    if (wall_ms < filter->locate_until_ms)
        return since_ms >= filter->locate_interval_ms;
    if (moved)
        return filter->standing || since_ms >= filter->interval_ms;
    int64_t standing_ms = filter->interval_ms > STANDING_MS ? filter->interval_ms : STANDING_MS;
    /* The first record after a stop tells where it stopped. */
    return since_ms >= (filter->standing ? standing_ms : filter->interval_ms);
}

bool position_take(struct position_filter *filter, const struct fix *fix, int64_t wall_ms)
{
    if (!position_good(fix) || !is_believed(filter, fix, wall_ms))
        return false;
    bool moved = filter->has_recorded &&
                 distance_m(&filter->recorded, fix) > noise_m(&filter->recorded, fix);
    if (!is_due(filter, moved, wall_ms))
        return false;
    filter->standing = filter->has_recorded && !moved;
    filter->recorded = *fix;
    filter->recorded_ms = wall_ms;
    filter->has_recorded = true;
    return true;
}

const struct fix *position_last(const struct position_filter *filter, int64_t *wall_ms)
{
    *wall_ms = filter->good_ms;
    return filter->has_good ? &filter->good : NULL;
}

void position_locate(struct position_filter *filter, int interval_s, int64_t until_wall_ms)
{
    filter->locate_interval_ms = interval_s * 1000LL;
    filter->locate_until_ms = until_wall_ms;
    filter->has_recorded = false; /* the next good fix at once */
}
