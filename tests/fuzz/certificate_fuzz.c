/* certificate_ends over the whole text: the reading stays in it, and the first end is not after the
 * last. */
#include "common/certificate.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct certificate_ends ends;

    if (certificate_ends(text, size, &ends))
        CLAIM(ends.first_ms <= ends.last_ms);
    free(text);
    return 0;
}
