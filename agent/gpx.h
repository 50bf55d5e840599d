/* The points of a GPX track: a tolerant scan for <trkpt lat="" lon=""> and the <ele> and <time>
 * within it. Pure. It is no XML parser: it expands no entities, opens no files and looks at
 * nothing else, so that a hostile file can be no more than wrong. (GPX 1.1, topografix.com.) */
#ifndef CARRITO_GPX_H
#define CARRITO_GPX_H

#include "agent/fix.h"

#include <stdbool.h>
#include <stddef.h>

/* Looks like GPX: "<gpx" in the first 1,024 bytes. */
bool gpx_is(const char *text, size_t length);

/* Reads the next point from `*at`, which is moved behind it; begin with 0. Points out of range,
 * exactly 0/0 or with unreadable coordinates are passed over. False: no more points. The point is
 * of mode FIX_2D, or FIX_3D with a height; `time_ms` is -1 where there is no time. */
bool gpx_next(const char *text, size_t length, size_t *at, struct fix *fix);

#endif
