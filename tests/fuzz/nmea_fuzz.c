/* nmea_next and nmea_take, as a receiver's recording is read: a report has a position that a map
 * can show, or says that it has none. */
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
    size_t at = 0, before = 0;
    struct nmea_span sentence;
    struct nmea nmea;
    struct fix fix;

    nmea_init(&nmea);
    while (nmea_next(text, size, &at, &sentence)) {
        CLAIM(at > before && at <= size && sentence.at + sentence.length == text + at);
        CLAIM(sentence.length <= NMEA_SENTENCE_MAX && *sentence.at == '$');
        before = at;
        if (nmea_take(&nmea, sentence, &fix))
            check(&fix);
    }
    if (nmea_finish(&nmea, &fix))
        check(&fix);
    free(text);
    return 0;
}
