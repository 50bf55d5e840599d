/* A report with nothing in it. */
#include "agent/fix.h"

#include <math.h>

void fix_clear(struct fix *fix)
{
    *fix = (struct fix){ .lat = NAN,
                         .lon = NAN,
                         .acc = NAN,
                         .alt = NAN,
                         .vel = NAN,
                         .cog = NAN,
                         .time_ms = FIX_TIME_ABSENT,
                         .mode = FIX_UNKNOWN };
}
