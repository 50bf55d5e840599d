/* NMEA 0183 as recorded from receivers: the sentences RMC, GGA and GSA, of any talker. Pure.
 *
 * A receiver says each second's report in several sentences. They are put together here: RMC
 * opens a report (it alone has the date), GGA of the same second adds height, GSA the mode. The
 * layout of the sentences is that of Eric Raymond's "NMEA Revealed" (gpsd.io/NMEA.html). */
#ifndef CARRITO_NMEA_H
#define CARRITO_NMEA_H

#include "agent/fix.h"

#include <stdbool.h>
#include <stddef.h>

#define NMEA_SENTENCE_MAX 120 /* the standard says 82; receivers exceed it; longer is refused */

struct nmea {
    struct fix report;  /* what is being put together */
    int64_t day_ms;     /* second of the day of `report`, in ms */
    double hdop;        /* of the last GGA of that second, NAN where absent */
    bool open;          /* `report` has an RMC */
    int gsa_mode;       /* the last GSA's, 0 before the first */
    double alt;         /* of a GGA that came before its RMC */
    int64_t alt_day_ms; /* its time of day, -1 where there is none */
    bool gga_without_fix;
};

void nmea_init(struct nmea *nmea);

/* Takes one line, without or with its line end; `length` bytes, no NUL needed. Lines that are not
 * sentences, have no checksum or a wrong one, and sentences of other kinds change nothing. True:
 * `*fix` is the report that this line completes: the one before it. */
bool nmea_take(struct nmea *nmea, const char *line, size_t length, struct fix *fix);

/* At the end of a recording: the report that no line completed. */
bool nmea_finish(struct nmea *nmea, struct fix *fix);

/* Is the line a sentence with a right checksum? */
bool nmea_is_sentence(const char *line, size_t length);

#endif
