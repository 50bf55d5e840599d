/* NMEA 0183 as recorded from receivers: the sentences RMC, GGA and GSA, of any talker. Pure.
 *
 * A receiver says each second's report in several sentences, in an order of its own. They are put
 * together here by their time of day; a sentence of another time completes the report before it.
 * The layout of the sentences is that of Eric Raymond's "NMEA Revealed" (gpsd.io/NMEA.html). */
#ifndef CARRITO_NMEA_H
#define CARRITO_NMEA_H

#include "agent/fix.h"

#include <stdbool.h>
#include <stddef.h>

#define NMEA_SENTENCE_MAX 120 /* the standard says 82, receivers exceed it; longer is refused */
#define NMEA_CENTURY_YEAR 80  /* two-digit years: from here 19xx, under it 20xx (GPS: 1980) */
#define NMEA_METERS_HDOP  5.0 /* metres of accuracy per unit of HDOP, of a common receiver */

struct nmea {
    struct fix report;   /* what is being put together */
    int64_t time_of_day; /* its ms since midnight UTC, -1: nothing is being put together */
    int gsa_mode;        /* the last GSA's, 0 before the first */
    bool refused;        /* a sentence of the report says that it has no position */
};

void nmea_init(struct nmea *nmea);

/* Takes one line, with or without its line end. Lines that are no sentences, have no checksum or
 * a wrong one, and sentences of other kinds change nothing. True: `*fix` is the report before
 * this line, complete now; of mode FIX_NONE and without a position where the receiver had none
 * (RMC status V, GGA quality 0, GSA mode 1) or said exactly 0/0. */
bool nmea_take(struct nmea *nmea, const char *line, size_t length, struct fix *fix);

/* At the end of a recording: the report that no line completed. */
bool nmea_finish(struct nmea *nmea, struct fix *fix);

/* Is the line a sentence with a right checksum? */
bool nmea_is_sentence(const char *line, size_t length);

#endif
