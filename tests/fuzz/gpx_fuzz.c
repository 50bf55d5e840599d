/* gpx_next over the whole text: every point is on the map, and the reading ends. */
#include "agent/gpx.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct gpx *gpx = gpx_open(text, size);
    unsigned long line;
    struct fix fix;
    size_t points = 0;

    CLAIM(gpx != NULL);
    gpx_is(text, size);
    while (gpx_next(gpx, &fix)) {
        CLAIM(++points <= size);
        CLAIM(isfinite(fix.lat) && fabs(fix.lat) <= 90);
        CLAIM(isfinite(fix.lon) && fabs(fix.lon) <= 180);
        CLAIM(fix.mode == FIX_2D || fix.mode == FIX_3D);
    }
    CLAIM(!gpx_next(gpx, &fix));
    gpx_error(gpx, &line);
    gpx_close(gpx);
    free(text);
    return 0;
}
