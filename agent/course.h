/* From one place to another on the Earth, taken as a ball: good to 0.5 %. Pure; degrees, WGS 84. */
#ifndef CARRITO_AGENT_COURSE_H
#define CARRITO_AGENT_COURSE_H

struct place {
    double lat, lon;
};

/* Metres; the haversine formula. */
double course_distance_m(const struct place *from, const struct place *to);
/* Where it lies: degrees from north over east, 0 to less than 360. */
double course_bearing_deg(const struct place *from, const struct place *to);

#endif
