/* What the programs share that a test drives by lines of JSON: {"command":argument}. A line that is
 * wrong ends the program: the script on the other side is. */
#ifndef CARRITO_TESTS_LINES_H
#define CARRITO_TESTS_LINES_H

#include <cjson/cJSON.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline _Noreturn void die(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, detail);
    exit(1);
}

static inline const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, name);

    if (found == NULL)
        die("a member is missing", name);
    return found;
}

static inline int64_t optional_int(const cJSON *object, const char *name, int64_t absent)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsNumber(found) ? (int64_t)found->valuedouble : absent;
}

static inline const char *optional_text(const cJSON *object, const char *name, const char *absent)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(found) ? found->valuestring : absent;
}

#endif
