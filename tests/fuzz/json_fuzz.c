/* json_read_object: what it accepts has none of what cJSON lets pass, and cJSON's own print of it
 * is accepted too. json_flat_read: says of the same bytes the same. */
#include "common/json_flat.h"
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

static void claim_same(const struct json_member *member, const cJSON *value)
{
    CLAIM(strcmp(member->key, value->string) == 0);
    CLAIM((member->text != NULL) == cJSON_IsString(value));
    CLAIM(member->text == NULL || strcmp(member->text, value->valuestring) == 0);
    CLAIM(isnan(member->number) == !cJSON_IsNumber(value));
    CLAIM(isnan(member->number) || member->number == value->valuedouble);
}

static void claim_flat_agrees(const char *bytes, size_t size)
{
    struct json_reason why, of_flat;
    struct json_flat flat;
    cJSON *object = json_read_object(bytes, size, JSON_FLAT_BYTES_MAX, DEPTH_MAX, &why);
    bool read = json_flat_read(bytes, size, DEPTH_MAX, &flat, &of_flat);
    size_t i = 0;

    CLAIM(read == (object != NULL));
    if (!read)
        CLAIM(strcmp(why.text, of_flat.text) == 0 && strcmp(why.field, of_flat.field) == 0);
    for (const cJSON *value = read ? object->child : NULL; value != NULL; value = value->next) {
        CLAIM(i < flat.count);
        claim_same(&flat.members[i++], value);
    }
    CLAIM(i == flat.count || !read);
    cJSON_Delete(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_reason why;
    cJSON *object = json_read_object((const char *)data, size, BYTES_MAX, DEPTH_MAX, &why), *again;
    char *printed;

    claim_flat_agrees((const char *)data, size);
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
