/* The filter between the receiver's second-by-second reports and what is recorded. */
#include "agent/position.h"
#include "agent/course.h"

#include <math.h>
#include <stddef.h>

#define STANDING_MS     (POSITION_STANDING_S * INT64_C(1000))
#define JUMP_GAP_MS_MIN 1000 /* nearer reports may differ by the way of a second */
#define EARLY_MS        250  /* reports come each second, give or take: 9.9 s are 10 */

void position_init(struct position_filter *filter, int interval_s)
{
    *filter = (struct position_filter){ .interval_ms = (int64_t)interval_s * 1000 };
    fix_clear(&filter->anchor);
    fix_clear(&filter->good);
    fix_clear(&filter->jump);
}

bool position_good(const struct fix *fix)
{
    /* A comparison with NAN is false, so these refuse it too. */
    return (fix->mode == FIX_2D || fix->mode == FIX_3D) && fabs(fix->lat) <= 90 &&
           fabs(fix->lon) <= 180 && (fix->lat != 0 || fix->lon != 0);
}

static double distance_m(const struct fix *a, const struct fix *b)
{
    const struct place from = { a->lat, a->lon }, to = { b->lat, b->lon };

    return course_distance_m(&from, &to);
}

static bool is_reachable(const struct fix *from, int64_t from_ms, const struct fix *to,
                         int64_t to_ms)
{
    int64_t gap_ms = to_ms - from_ms;

    /* After the clock was set back the gap is unknown; a second is the careful answer. */
    if (gap_ms < JUMP_GAP_MS_MIN)
        gap_ms = JUMP_GAP_MS_MIN;
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

/* Follows whether the cart moves; true when it starts to. */
static bool starts_to_move(struct position_filter *filter, const struct fix *fix, int64_t wall_ms)
{
    bool was_moving = filter->moving;

    if (!filter->has_anchor || has_moved(&filter->anchor, fix)) {
        filter->moving = filter->has_anchor;
        filter->anchor = *fix;
        filter->anchor_ms = wall_ms;
        filter->has_anchor = true;
    } else if (wall_ms < filter->anchor_ms || wall_ms - filter->anchor_ms >= STANDING_MS) {
        filter->moving = false;
    }
    return filter->moving && !was_moving;
}

static bool is_due(const struct position_filter *filter, int64_t wall_ms)
{
    int64_t since_ms = wall_ms - filter->recorded_ms;
    int64_t wait_ms = filter->interval_ms;

    if (!filter->has_recorded || since_ms < 0)
        return true; /* the first one, or the clock was set back */
    if (filter->locate_interval_ms > 0)
        wait_ms = filter->locate_interval_ms;
    else if (!filter->moving && wait_ms < STANDING_MS)
        wait_ms = STANDING_MS;
    return since_ms >= wait_ms - EARLY_MS;
}

bool position_take(struct position_filter *filter, const struct fix *fix, int64_t wall_ms)
{
    if (!position_good(fix) || !believe(filter, fix, wall_ms))
        return false;
    bool starts = starts_to_move(filter, fix, wall_ms);
    if (!starts && !is_due(filter, wall_ms))
        return false;
    filter->recorded_ms = wall_ms;
    filter->has_recorded = true;
    return true;
}

const struct fix *position_last(const struct position_filter *filter, int64_t *wall_ms)
{
    if (!filter->has_good)
        return NULL;
    *wall_ms = filter->good_ms;
    return &filter->good;
}

void position_locate(struct position_filter *filter, int interval_s)
{
    filter->locate_interval_ms = (int64_t)interval_s * 1000;
    filter->has_recorded = false; /* the next good fix at once */
}

void position_locate_end(struct position_filter *filter)
{
    filter->locate_interval_ms = 0;
}
