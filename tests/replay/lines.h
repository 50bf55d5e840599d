/* What the programs share that a test drives by lines of JSON: {"command":argument}. A line that is
 * wrong ends the program: the script on the other side is. */
#ifndef CARRITO_TESTS_LINES_H
#define CARRITO_TESTS_LINES_H

#include <cjson/cJSON.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Each program's own. */
struct replay;

struct line_command {
    const char *name;
    void (*run)(struct replay *replay, const cJSON *argument);
};

/* The first command opens what the others need. */
struct line_commands {
    const struct line_command *all;
    size_t count;
    bool (*is_open)(const struct replay *replay);
};

static inline void run_line(const struct line_commands *commands, struct replay *replay,
                            const char *line)
{
    cJSON *json = cJSON_Parse(line);
    size_t i = 0;

    if (json == NULL || json->child == NULL)
        die("no command", line);
    while (i < commands->count && strcmp(commands->all[i].name, json->child->string) != 0)
        i++;
    if (i == commands->count || (i != 0 && !commands->is_open(replay)))
        die("no such command, or nothing is open", json->child->string);
    commands->all[i].run(replay, json->child);
    fflush(stdout);
    cJSON_Delete(json);
}

#endif
