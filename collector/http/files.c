/* Finds embedded files. */
#include "collector/http/files.h"

#include <string.h>

static const struct {
    const char *ending, *content_type;
} content_types[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".json", "application/json" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
};

const struct file *file_find(const char *name)
{
    for (size_t i = 0; i < file_count; i++)
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

const char *file_content_type(const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < sizeof content_types / sizeof *content_types; i++) {
        size_t ending = strlen(content_types[i].ending);
        if (length > ending && strcmp(name + length - ending, content_types[i].ending) == 0)
            return content_types[i].content_type;
    }
    return "application/octet-stream";
}
