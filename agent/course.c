/* Great circles. */
#include "agent/course.h"

#include <math.h>

#define EARTH_M 6371008.8 /* mean radius (IUGG) */
#define RADIANS (3.14159265358979323846 / 180)

double course_distance_m(const struct place *from, const struct place *to)
{
    double sin_lat = sin((to->lat - from->lat) * RADIANS / 2);
    double sin_lon = sin((to->lon - from->lon) * RADIANS / 2);
    double h =
        sin_lat * sin_lat + cos(from->lat * RADIANS) * cos(to->lat * RADIANS) * sin_lon * sin_lon;

    return 2 * EARTH_M * asin(sqrt(fmin(h, 1)));
}

double course_bearing_deg(const struct place *from, const struct place *to)
{
    double lon = (to->lon - from->lon) * RADIANS;
    double east = sin(lon) * cos(to->lat * RADIANS);
    double north = cos(from->lat * RADIANS) * sin(to->lat * RADIANS) -
                   sin(from->lat * RADIANS) * cos(to->lat * RADIANS) * cos(lon);
    double degrees = fmod(atan2(east, north) / RADIANS + 360, 360);

    return degrees < 360 ? degrees : 0;
}
