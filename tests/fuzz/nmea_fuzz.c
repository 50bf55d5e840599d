/* nmea_take, line by line as a receiver's recording is read: a report has a position that a map can
 * show, or says that it has none. */
#include "agent/nmea.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

static void check(const struct fix *fix)
{
    if (fix->mode < FIX_2D)
        return;
    CLAIM(isfinite(fix->lat) && fabs(fix->lat) <= 90);
    CLAIM(isfinite(fix->lon) && fabs(fix->lon) <= 180);
    CLAIM(fix->lat != 0 || fix->lon != 0);
    CLAIM(fix->time_ms >= FIX_TIME_ABSENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    const char *at = text, *end = text + size;
    struct nmea nmea;
    struct fix fix;

    nmea_init(&nmea);
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline != NULL ? newline : end) - at);
        if (nmea_take(&nmea, at, length, &fix))
            check(&fix);
        at += length + 1;
    }
    if (nmea_finish(&nmea, &fix))
        check(&fix);
    free(text);
    return 0;
}
