/* The simulated walk: legs and stops of random length from one seed. */
#include "agent/walk.h"

#include "common/backoff.h"

#include <math.h>

#define CENTRE_LAT   (-33.44)
#define CENTRE_LON   (-70.65)
#define CENTRE_ALT_M 570
#define DEGREE_M     111195.0 /* metres per degree of latitude */
#define RADIANS      (3.14159265358979323846 / 180)
#define START_M      1000 /* the walk starts this near to the centre */
#define AWAY_M       2000 /* from here it turns back */
#define ACCURACY_M   5

/* A whole number from `from` to `to`. */
static int pick(struct walk *walk, int from, int to)
{
    return from + (int)(random_next(&walk->random) % (uint64_t)(to - from + 1));
}

static void next_leg(struct walk *walk)
{
    if (walk->speed_kmh > 0 && pick(walk, 0, 2) == 0) {
        walk->speed_kmh = 0;
        walk->left_s = pick(walk, 30, 240);
        return;
    }
    walk->speed_kmh = pick(walk, 20, 50) / 10.0;
    walk->left_s = pick(walk, 30, 120);
    walk->course = fmod(walk->course + 90 * pick(walk, 0, 3) + pick(walk, 0, 10), 360);
    if (hypot(walk->north_m, walk->east_m) > AWAY_M)
        walk->course = fmod(atan2(-walk->east_m, -walk->north_m) / RADIANS + 360, 360);
}

void walk_init(struct walk *walk, uint64_t seed)
{
    *walk = (struct walk){ .random = seed };
    walk->north_m = pick(walk, -START_M, START_M);
    walk->east_m = pick(walk, -START_M, START_M);
    next_leg(walk);
}

void walk_step(struct walk *walk, struct fix *fix)
{
    if (walk->left_s-- <= 0)
        next_leg(walk);
    walk->north_m += walk->speed_kmh / 3.6 * cos(walk->course * RADIANS);
    walk->east_m += walk->speed_kmh / 3.6 * sin(walk->course * RADIANS);
    fix_clear(fix);
    fix->lat = CENTRE_LAT + walk->north_m / DEGREE_M;
    fix->lon = CENTRE_LON + walk->east_m / (DEGREE_M * cos(CENTRE_LAT * RADIANS));
    fix->acc = ACCURACY_M;
    fix->alt = CENTRE_ALT_M;
    fix->vel = walk->speed_kmh;
    fix->cog = walk->course;
    fix->mode = FIX_3D;
}
