/* json_read_object: what it accepts has none of what cJSON lets pass, and cJSON's own print of it
 * is accepted too. */
#include "common/json_read.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

#define BYTES_MAX 65536
#define DEPTH_MAX 8

/* No key twice among siblings, no number that is not finite, no deeper than was allowed. */
static void claim_clean(const cJSON *value, unsigned depth)
{
    const cJSON *child;

    CLAIM(!cJSON_IsNumber(value) || isfinite(value->valuedouble));
    if (!cJSON_IsObject(value) && !cJSON_IsArray(value))
        return;
    CLAIM(depth <= DEPTH_MAX);
    cJSON_ArrayForEach(child, value)
    {
        for (const cJSON *other = child->next; other && child->string; other = other->next)
            CLAIM(strcmp(child->string, other->string) != 0);
        claim_clean(child, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_reason why;
    cJSON *object = json_read_object((const char *)data, size, BYTES_MAX, DEPTH_MAX, &why), *again;
    char *printed;

    if (!object) {
        CLAIM(why.text[0] != '\0');
        return 0;
    }
    CLAIM(size <= BYTES_MAX && utf8_is_valid((const char *)data, size));
    CLAIM(memchr(data, '\0', size) == NULL);
    CLAIM(cJSON_IsObject(object));
    claim_clean(object, 1);
    printed = cJSON_PrintUnformatted(object);
    CLAIM(printed != NULL);
    if (strlen(printed) <= BYTES_MAX) {
        again = json_read_object(printed, strlen(printed), BYTES_MAX, DEPTH_MAX, &why);
        CLAIM(again != NULL);
        cJSON_Delete(again);
    }
    cJSON_free(printed);
    cJSON_Delete(object);
    return 0;
}
