/* gpx_next over the whole text: every point is on the map, and the reading ends. */
#include "agent/gpx.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    size_t at = 0, before = 0;
    struct fix fix;

    gpx_is(text, size);
    while (gpx_next(text, size, &at, &fix)) {
        CLAIM(at > before && at <= size);
        before = at;
        CLAIM(isfinite(fix.lat) && fabs(fix.lat) <= 90);
        CLAIM(isfinite(fix.lon) && fabs(fix.lon) <= 180);
        CLAIM(fix.mode == FIX_2D || fix.mode == FIX_3D);
    }
    free(text);
    return 0;
}
