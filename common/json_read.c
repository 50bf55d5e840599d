/* Checks the bytes of a JSON text by the grammar of RFC 8259, then lets cJSON build the tree.
 *
 * The check is strict so that cJSON's leniency (see the header) never shows. */
#include "common/json_read.h"
#include "common/json_scan.h"
#include "common/protocol.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 1000 /* more than 4 KiB can hold */

/* Takes off the piece of a character with which a limit on bytes may have left a text. */
static void end_whole(char *text)
{
    size_t length = strlen(text), last = length;

    while (last > 0 && ((unsigned char)text[last - 1] & 0xc0) == 0x80)
        last--;
    if (last > 0 && !utf8_is_valid(text + last - 1, length - last + 1))
        text[last - 1] = '\0';
}

bool json_refuse(struct json_reason *why, const char *field, const char *format, ...)
{
    va_list arguments;

    snprintf(why->field, sizeof why->field, "%s", field);
    end_whole(why->field);
    va_start(arguments, format);
    vsnprintf(why->text, sizeof why->text, format, arguments);
    va_end(arguments);
    end_whole(why->text);
    return false;
}

/* Duplicate keys, by comparing each key with those before it: they are few. The reason has the key
 * as `field` has it, in whole characters. */
static bool check_keys(const cJSON *object, struct json_reason *why)
{
    size_t count = 0;

    for (const cJSON *member = object->child; member != NULL; member = member->next) {
        if (++count > KEYS_MAX)
            return json_refuse(why, "", "more than %d keys in an object", KEYS_MAX);
        for (const cJSON *other = object->child; other != member; other = other->next)
            if (member->string[0] == other->string[0] && strcmp(member->string, other->string) == 0)
                return json_refuse(why, member->string, "the key %s stands twice", why->field);
    }
    return true;
}

bool json_tree_is_good(const cJSON *node, struct json_reason *why)
{
    if (cJSON_IsObject(node) && !check_keys(node, why))
        return false;
    for (const cJSON *child = node->child; child != NULL; child = child->next) {
        if (cJSON_IsNumber(child) && !isfinite(child->valuedouble))
            return json_refuse(why, child->string != NULL ? child->string : "",
                               "a number that is not finite");
        if (child->child != NULL && !json_tree_is_good(child, why))
            return false;
    }
    return true;
}

cJSON *json_read_object(const char *bytes, size_t length, size_t bytes_max, unsigned depth_max,
                        struct json_reason *why)
{
    struct json_scan scan = { .depth_max = depth_max };

    if (!json_scan_object(bytes, length, bytes_max, &scan, why))
        return NULL;
    cJSON *object = cJSON_ParseWithLength(bytes, length);
    if (object == NULL) {
        json_refuse(why, "", "not JSON");
        return NULL;
    }
    if (json_tree_is_good(object, why))
        return object;
    cJSON_Delete(object);
    return NULL;
}

static const cJSON *find(const cJSON *object, const char *key, enum json_presence presence,
                         struct json_reason *why)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);

    if (member == NULL && presence == JSON_REQUIRED)
        json_refuse(why, key, "%s is missing", key);
    return member;
}

bool json_get_int(const cJSON *object, const char *key, enum json_presence presence, int64_t min,
                  int64_t max, int64_t *value, struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsNumber(member) || member->valuedouble != floor(member->valuedouble) ||
        fabs(member->valuedouble) > (double)INTEGER_MAX)
        return json_refuse(why, key, "%s must be an integer", key);
    int64_t number = (int64_t)member->valuedouble;
    if (number < min || number > max)
        return json_refuse(why, key, "%s must be from %lld to %lld", key, (long long)min,
                           (long long)max);
    *value = number;
    return true;
}

bool json_get_number(const cJSON *object, const char *key, enum json_presence presence, double min,
                     double max, double *value, struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsNumber(member))
        return json_refuse(why, key, "%s must be a number", key);
    if (!(member->valuedouble >= min && member->valuedouble <= max))
        return json_refuse(why, key, "%s must be from %g to %g", key, min, max);
    *value = member->valuedouble;
    return true;
}

bool json_get_text(const cJSON *object, const char *key, enum json_presence presence,
                   size_t code_points_min, size_t code_points_max, const char **value,
                   struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsString(member))
        return json_refuse(why, key, "%s must be a string", key);
    size_t length = utf8_code_points(member->valuestring);
    if (length < code_points_min || length > code_points_max)
        return json_refuse(why, key, "%s must have %zu to %zu characters", key, code_points_min,
                           code_points_max);
    *value = member->valuestring;
    return true;
}

bool json_get_bool(const cJSON *object, const char *key, enum json_presence presence, bool *value,
                   struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsBool(member))
        return json_refuse(why, key, "%s must be true or false", key);
    *value = cJSON_IsTrue(member);
    return true;
}
