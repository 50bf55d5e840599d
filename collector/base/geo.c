/* The haversine formula. */
#include "collector/base/geo.h"

#include <math.h>

#define EARTH_M 6371008.8
#define RADIANS (3.14159265358979323846 / 180)

double geo_distance_m(double lat_a, double lon_a, double lat_b, double lon_b)
{
    double sin_lat = sin((lat_b - lat_a) * RADIANS / 2);
    double sin_lon = sin((lon_b - lon_a) * RADIANS / 2);
    double h = sin_lat * sin_lat + cos(lat_a * RADIANS) * cos(lat_b * RADIANS) * sin_lon * sin_lon;

    return 2 * EARTH_M * asin(sqrt(fmin(h, 1)));
}

double geo_bearing_deg(double lat_a, double lon_a, double lat_b, double lon_b)
{
    double east = (lon_b - lon_a) * RADIANS;
    double y = sin(east) * cos(lat_b * RADIANS);
    double x = cos(lat_a * RADIANS) * sin(lat_b * RADIANS) -
               sin(lat_a * RADIANS) * cos(lat_b * RADIANS) * cos(east);
    double degrees = atan2(y, x) / RADIANS;

    return degrees < 0 ? fmod(degrees + 360, 360) : degrees;
}

double geo_box_lat(double metres)
{
    /* A little more than needed: the distance decides, the box only looks things up. */
    return metres / EARTH_M / RADIANS * 1.01;
}

double geo_box_lon(double metres, double lat)
{
    double width = cos(fmin(fabs(lat) + geo_box_lat(metres), 90) * RADIANS);

    return width > 1e-6 ? fmin(geo_box_lat(metres) / width, 360) : 360;
}
