/* One report of a GPS receiver: what travels from a source to the outbox.
 *
 * Units are the event's (contract, section 2), so that nothing is converted on the way. */
#ifndef CARRITO_FIX_H
#define CARRITO_FIX_H

#include <stdint.h>

/* The modes as gpsd and NMEA's GSA count them; 0 and 1 both mean that there is no position. */
enum fix_mode { FIX_UNKNOWN, FIX_NONE, FIX_2D, FIX_3D };

#define FIX_TIME_ABSENT (-1)

struct fix {
    double lat, lon; /* degrees, WGS 84; NAN where absent, as all numbers here */
    double acc;      /* horizontal, metres */
    double alt;      /* metres above the sea */
    double vel;      /* km/h */
    double cog;      /* degrees from true north */
    int64_t time_ms; /* the receiver's own time, ms since 1970 (it may err by years), or -1 */
    int mode;        /* enum fix_mode */
};

/* Everything absent. */
void fix_clear(struct fix *fix);

#endif
