/* A configuration's file: its lines are taken one by one, and the one at fault is shown. */
#include "common/config_file.h"

#include "common/config.h"
#include "common/ini.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (1024 * 1024)
#define SHOWN_MAX      200 /* bytes of a line at fault */

struct reading {
    struct config_file *file;
    char *section; /* "" before the first */
    int number;    /* of the line, from 1 */
    bool secret;   /* the last pair's value is none to be shown */
};

static char *copy(struct ini_span span)
{
    char *text = strndup(span.at, span.length);

    if (text == NULL)
        abort();
    return text;
}

/* NULL, or what is wrong with the pair. */
static const char *take_pair(struct reading *reading, const struct ini_line *line)
{
    struct config_file *file = reading->file;
    char *value = copy(line->value);
    char *name = NULL;

    if (asprintf(&name, "%s%s%.*s", reading->section, reading->section[0] != '\0' ? "." : "",
                 (int)line->key.length, line->key.at) < 0)
        abort();
    reading->secret = config_is_secret(name);
    if (ini_old_comment(value) != NULL)
        file->semicolons_line = reading->number;
    const char *wrong = file->take(file->user, name, value);
    free(name);
    config_free_secret(value);
    return wrong;
}

static const char *take_line(struct reading *reading, struct ini_span text)
{
    struct ini_line line = ini_read(text, reading->section);

    if (line.kind == INI_WRONG)
        return "neither key=value, a [section] nor a comment";
    if (line.kind == INI_SECTION) {
        free(reading->section);
        reading->section = copy(line.key);
    }
    return line.kind == INI_PAIR ? take_pair(reading, &line) : NULL;
}

/* Of a secret the key only, as errors end up in logs and letters. A line that is no pair may be the
 * rest of the secret of the line before. */
static void print_line(const struct reading *reading, struct ini_span line)
{
    char text[SHOWN_MAX + 1];

    snprintf(text, sizeof text, "%.*s", (int)line.length, line.at);
    text[strcspn(text, "\r")] = '\0';
    bool names_secret = config_is_secret(text);
    if (names_secret)
        text[strspn(text, " \t") + strcspn(text + strspn(text, " \t"), "=: \t")] = '\0';
    else if (reading->secret)
        text[0] = '\0';
    fprintf(stderr, "    %s%s\n", text, names_secret || reading->secret ? "=(not shown)" : "");
}

static bool take_text(struct reading *reading, struct ini_span text)
{
    const struct config_file *file = reading->file;
    const char *at = text.at + ini_mark(text.at, text.length), *end = text.at + text.length;

    for (reading->number = 1; at < end; reading->number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct ini_span line = { at, (size_t)((newline != NULL ? newline : end) - at) };
        const char *wrong = take_line(reading, line);
        if (wrong != NULL) {
            fprintf(stderr, "%s: %s, line %d: %s%s\n", file->program, file->path, reading->number,
                    wrong,
                    file->semicolons_line == reading->number
                        ? " (a comment stands on a line of its own)"
                        : "");
            print_line(reading, line);
            return false;
        }
        at = newline != NULL ? newline + 1 : end;
    }
    return true;
}

bool config_file_load(struct config_file *file)
{
    struct reading reading = { .file = file, .section = copy((struct ini_span){ "", 0 }) };
    char *text = malloc(FILE_BYTES_MAX + 1);
    FILE *stream = fopen(file->path, "r");
    size_t length = text != NULL && stream != NULL ? fread(text, 1, FILE_BYTES_MAX + 1, stream) : 0;
    bool loaded = false;

    if (text == NULL || stream == NULL || ferror(stream) != 0)
        fprintf(stderr, "%s: %s: %s\n", file->program, file->path, strerror(errno));
    else if (length > FILE_BYTES_MAX)
        fprintf(stderr, "%s: %s: larger than a configuration may be (%d bytes)\n", file->program,
                file->path, FILE_BYTES_MAX);
    else
        loaded = take_text(&reading, (struct ini_span){ text, length });
    if (stream != NULL)
        fclose(stream);
    if (text != NULL)
        explicit_bzero(text, length); /* secrets too */
    free(text);
    free(reading.section);
    return loaded;
}
