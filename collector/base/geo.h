/* Distances on the Earth. Pure. */
#ifndef CARRITO_COLLECTOR_GEO_H
#define CARRITO_COLLECTOR_GEO_H

/* Metres between two places in degrees (WGS 84), as if the Earth were a ball of its mean radius
 * (IUGG: 6371008.8 m): right to 0.5 %. The haversine formula, which keeps its digits at short
 * distances: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), p. 159. */
double geo_distance_m(double lat_a, double lon_a, double lat_b, double lon_b);

/* The direction at `a` in which the great circle to `b` begins: degrees from north over east, 0 up
 * to but not 360. 0 where both are one place. The forward azimuth of a sphere; any book of
 * navigation.
 */
double geo_bearing_deg(double lat_a, double lon_a, double lat_b, double lon_b);

/* Half the height, and half the width at this latitude, in degrees, of a box that holds every place
 * within so many metres. */
double geo_box_lat(double metres);
double geo_box_lon(double metres, double lat);

#endif
