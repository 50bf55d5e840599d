/* enrolment_read: what it takes is whole, has no NUL and no second key, and what it refuses it says
 * why. */
#include "agent/enrolment.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct enrolment enrolment = { .cart = "" };
    char why[ENROLMENT_WHY_MAX] = "";
    char *text = fuzz_text(data, size);
    bool read = enrolment_read(text, size, &enrolment, why);

    CLAIM(read || why[0] != '\0');
    CLAIM(!read || cart_is_valid(enrolment.cart));
    CLAIM(enrolment.settings.count <= ENROLMENT_SETTINGS_MAX);
    for (size_t i = 0; i < ENROLMENT_PARTS; i++) {
        const struct buffer *part = &enrolment.parts[i];
        CLAIM(!read || part->length > 0 || i == ENROLMENT_CLIENTS);
        CLAIM(part->length == 0 || strlen(part->bytes) == part->length);
        CLAIM(part->length <= size + 1);
    }
    enrolment_free(&enrolment);
    free(text);
    return 0;
}
