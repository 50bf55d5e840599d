/* A track as GPX 1.1 (https://www.topografix.com/GPX/1/1/), into an answer. */
#ifndef CARRITO_COLLECTOR_GPX_H
#define CARRITO_COLLECTOR_GPX_H

#include "collector/call/call.h"

/* Begins the answer. Then its places, and its end. */
struct buffer *gpx_begin(struct api_call *call);
/* WGS 84 degrees; wall clock. */
void gpx_place(struct buffer *out, double lat, double lon, int64_t time_ms);
void gpx_end(struct buffer *out);

#endif
