/* day_from_text and time_from_text: an accepted date is written back as it came; an accepted time
 * keeps its instant on the way through our own form. */
#include "common/day.h"
#include "tests/fuzz/fuzz.h"

/* time_text writes years of four digits; an offset or a leap second may lead just past them. */
#define YEAR_0_MS     -62167219200000
#define YEAR_10000_MS 253402300800000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), day_again[DAY_TEXT_SIZE], time_again[TIME_TEXT_SIZE];
    int64_t wall_ms, wall_again_ms;
    int32_t day;

    if (day_from_text(text, &day)) {
        day_text(day, day_again);
        CLAIM(strcmp(text, day_again) == 0);
    }
    if (time_from_text(text, &wall_ms) && wall_ms >= YEAR_0_MS && wall_ms < YEAR_10000_MS) {
        time_text(wall_ms, time_again);
        CLAIM(time_from_text(time_again, &wall_again_ms));
        CLAIM(wall_ms == wall_again_ms);
    }
    free(text);
    return 0;
}
