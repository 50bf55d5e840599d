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
    int64_t completed;   /* the same of the last report that was complete */
    int gsa_mode;        /* FIX_2D or FIX_3D of the last GSA; else, or where none was, 0 */
};

/* One sentence with its '$' and its checksum, which was right; it points into the text. */
struct nmea_span {
    const char *at;
    size_t length;
};

void nmea_init(struct nmea *nmea);

/* The next sentence with a right checksum from `*at`, which is moved behind it; begin with 0. It
 * begins at its '$', wherever that is: behind the time that a logger wrote, another '$', a sentence
 * that was cut off or a whole one. It ends with its checksum; what has none is passed over.
 * False: no more. */
bool nmea_next(const char *text, size_t length, size_t *at, struct nmea_span *sentence);

/* Takes a sentence of nmea_next(). Those of other kinds change nothing. True: `*fix` is the report
 * before this sentence, complete now. The newest word on the fix counts: RMC of status V, GGA of
 * quality 0, GSA of mode 1 and a place that is none (0/0 too) take the position away, an RMC or GGA
 * after them may bring one. A report without is of mode FIX_NONE. */
bool nmea_take(struct nmea *nmea, struct nmea_span sentence, struct fix *fix);

/* At the end of a recording: the report that no sentence completed. */
bool nmea_finish(struct nmea *nmea, struct fix *fix);

#endif
