/* The points of a GPX track (GPX 1.0 and 1.1, topografix.com), read by expat as XML demands:
 * namespaces and prefixes, comments, CDATA, encodings. Of the elements only trk points count, with
 * their own <ele> and <time>; what is in <extensions> or of another namespace does not.
 *
 * A hostile file can be no more than wrong: no other file is opened, and entities that stand for
 * other entities or for more than 64 bytes, or elements 64 within each other, end the reading. */
#ifndef CARRITO_GPX_H
#define CARRITO_GPX_H

#include "agent/fix.h"

#include <stdbool.h>
#include <stddef.h>

struct gpx;

/* Does it begin as XML does (UTF-8 or UTF-16, a mark and blanks before it allowed)? */
bool gpx_is(const char *text, size_t length);

/* Begins with the first point. The text is borrowed until the end. NULL: memory ran out. */
struct gpx *gpx_open(const char *text, size_t length);
void gpx_close(struct gpx *gpx);

/* Reads the next point. Points out of range, exactly 0/0 or with unreadable coordinates are passed
 * over. False: no more points that can be read. The point is of mode FIX_2D, or FIX_3D with a
 * height; `time_ms` is -1 where there is no time. */
bool gpx_next(struct gpx *gpx, struct fix *fix);

/* After the last point: why the reading ended before the end of the text, at `*line`, or NULL. The
 * points before that are right. */
const char *gpx_error(const struct gpx *gpx, unsigned long *line);

#endif
