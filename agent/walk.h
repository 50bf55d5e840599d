/* A simulated cart's walk around Santiago's centre, for `sim:SEED`: pure and deterministic, one
 * step is one second. It walks at 2 to 5 km/h for some minutes, stands for some, turns at corners
 * and comes back when it is 2 km away. */
#ifndef CARRITO_WALK_H
#define CARRITO_WALK_H

#include "agent/fix.h"

struct walk {
    uint64_t random;
    double north_m, east_m; /* from the middle of the city */
    double speed_kmh;       /* 0: standing */
    double course;          /* degrees from north */
    int left_s;             /* seconds until the next change */
};

void walk_init(struct walk *walk, uint64_t seed);

/* One second on. All of the fix is set but its time. */
void walk_step(struct walk *walk, struct fix *fix);

#endif
